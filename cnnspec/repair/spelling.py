"""How a layer's call is spelled: its word, which of its arguments are given, values as the language or Keras writes them."""

from __future__ import annotations

from cnnspec.elaborate.bind import argument_name
from cnnspec.layers.argument import show
from cnnspec.syntax.tree import Argument, Attribute, Call, Name, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.base import Layer


class Raw(str):
    """A value as it is to be written: an expression of the text itself."""

    __slots__ = ()


def word_of_function(function: Node) -> str | None:
    """The word of a call: conv of conv(8), Conv2D of layers.Conv2D(8)."""
    if isinstance(function, Attribute):
        return function.name.text
    return function.text if isinstance(function, Name) else None


def is_pasted(call: Node) -> bool:
    """Whether a call is spelled as Keras spells it."""
    word = word_of_function(call.function if isinstance(call, Call) else call) or ""
    return word not in (word.lower(), word.upper())


def given_arguments(call: Call, layer: Layer) -> dict[str, Argument]:
    """The arguments of a layer's call by their canonical names."""
    word, cls = word_of_function(call.function) or "", type(layer)
    preset = cls.presets.get(word) or cls.presets.get(word.lower(), {})
    free = iter([name for name in cls.arguments if name not in preset] if not cls.merges else [])
    found = {}
    for argument in call.arguments:
        name = next(free, "") if argument.name is None else argument_name(cls, argument.name.text)
        if name:
            found[name] = argument
    return found


def spelled(value: Any, pasted: bool, quote: str = "'") -> str:
    """A value as the language writes it, or as Python does."""
    if not pasted:
        return show(value)
    if isinstance(value, tuple):
        return "(" + ", ".join([spelled(v, True) for v in value]) + ("," if len(value) == 1 else "") + ")"
    return f"{quote}{value}{quote}" if isinstance(value, str) else repr(value)


def is_default(value: Any, declared: Any) -> bool:
    """Whether a value is what an argument is when it is left out."""
    default = declared.record_default
    return not isinstance(value, Raw) and (value == default or value == "linear" and default is None)
