"""How a layer's call is spelled: its word, which of its arguments are given, values as the language or Keras writes them."""

from __future__ import annotations

from cnnspec.elaborate.argument_binder import word_of_function
from cnnspec.layers.argument import show
from cnnspec.syntax.tree import Call, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Raw(str):
    """A value as it is to be written: an expression of the text itself."""

    __slots__ = ()


def is_pasted(call: Node) -> bool:
    """Whether a call is spelled as Keras spells it."""
    word = word_of_function(call.function if isinstance(call, Call) else call) or ""
    return word not in (word.lower(), word.upper())


def spell(value: Any, pasted: bool, quote: str = "'") -> str:
    """A value as the language writes it, or as Python does."""
    if not pasted:
        return show(value)
    if isinstance(value, tuple):
        return "(" + ", ".join([spell(v, True) for v in value]) + ("," if len(value) == 1 else "") + ")"
    return f"{quote}{value}{quote}" if isinstance(value, str) else repr(value)


def is_default(value: Any, declared: Any) -> bool:
    """Whether a value is what an argument is when it is left out."""
    default = declared.record_default
    return not isinstance(value, Raw) and (value == default or value == "linear" and default is None)
