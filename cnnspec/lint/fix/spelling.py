"""How a layer's call is spelled: its word, which of its arguments are given, values as the language or Keras writes them."""

from __future__ import annotations

import re

from cnnspec.elaborate.argument_binder import word_of_function
from cnnspec.layers.argument import show
from cnnspec.syntax.tree import Call, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cnnspec.layers.argument import Argument
    from cnnspec.layers.base import Layer

SETTING = re.compile(r"\b([a-z_]+)=(\(.*?\)+|[\w.]+)")
CONSTANTS = {"true": "True", "false": "False", "none": "None"}
IN_KERAS = {  # what Keras calls an argument, where the layer is not told
    "amount": "padding", "bias": "use_bias", "dilation": "dilation_rate", "kernel": "kernel_size", "stride": "strides",
}  # fmt: skip


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


def name_in_keras(name: str, declared: Argument) -> str:
    """What Keras calls an argument: use_bias for bias; the name itself where Keras has no other for it."""
    return name if declared.keras in ("", "-") else declared.keras


def is_default(value: Any, declared: Any) -> bool:
    """Whether a value is what an argument is when it is left out."""
    default = declared.record_default
    return not isinstance(value, Raw) and (value == default or value == "linear" and default is None)


def spell_as_keras(message: str, layers: Iterable[Layer]) -> str:
    """A message with the arguments in it as Keras spells those of some layers: use_bias=False for bias=false."""
    arguments = {name: argument for layer in layers for name, argument in layer.arguments.items()}

    def respell(found: re.Match[str]) -> str:
        name, value = found.groups()
        label = name_in_keras(name, arguments[name]) if name in arguments else IN_KERAS.get(name, name)
        return f"{label}={spell_value(value)}"

    return SETTING.sub(respell, message)


def spell_value(text: str) -> str:
    """A value of the language as Python writes it: "same" in quotes, (3, 3) for 3x3."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if re.fullmatch(r"\d+(x\d+)+", text):
        return f"({text.replace('x', ', ')})"
    return f'"{text}"' if text[:1].isalpha() and text not in CONSTANTS.values() else text
