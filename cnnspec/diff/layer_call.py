"""A layer as the language writes it: conv(64, 3x3, padding=same)."""

from __future__ import annotations

from cnnspec.base.source import brief
from cnnspec.layers.argument import EACH_AXIS, REQUIRED, shortest, show, text
from cnnspec.layers.base import show_shape
from cnnspec.layers.weight import Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from cnnspec.graph import Node

LONG = 60  # characters of two values that stand beside each other


def write_call(node: Node, told: Collection[str] = ()) -> str:
    """The layer as a step of the language: conv(64, 3x3, padding=same); defaults are left out, but for those of the arguments
    `told`. One that the language has no word for is its class in a Keras source: MyAttention."""
    layer = node.layer
    if layer is None:
        return f"input {show_shape(node.shape)}"
    if layer.stated and node.class_name:
        return node.class_name
    word = node.label if node.label in layer.names or node.label in layer.presets else layer.names[0]
    fixed = layer.presets.get(word, {})
    parts = []
    for number, (name, value) in enumerate(layer.argument_values().items()):
        argument = layer.arguments[name]
        if argument.record_default is REQUIRED and name not in fixed:
            written = write_argument(name, value)
            parts.append(f'"{written}"' if argument.kind is text else written)
        elif name in told or shortest(argument, value) != fixed.get(name, argument.record_default):
            bare = number == 0 and argument.kind in EACH_AXIS  # pad(3), maxpool(3x3)
            parts.append(write_argument(name, value) if bare else f"{name}={write_argument(name, value)}")
    return f"{word}({', '.join(parts)})" if parts else word


def write_argument(name: str, value: Any) -> str:
    """An argument's value as the language writes it. The shape of an input may hold unknown sizes."""
    return show_shape(value) if name == "shape" and isinstance(value, tuple) else brief(show(value))


def write_change(name: str, old: Any, new: Any) -> str:
    """What becomes of an argument: 3x3 -> 5x5; of many numbers, how many are others, and the first of them."""
    whole = f"{write_argument(name, old)} -> {write_argument(name, new)}"
    if len(whole) <= LONG or type(old) is not Values or type(new) is not Values:
        return whole
    from cnnspec.layers.exact_numbers import pair_numbers, write_number

    pairs = pair_numbers(old.written, new.written) or []
    changed = [pair for pair in pairs if pair[0] != pair[1]]
    if not changed:
        return whole
    one, other = [write_number(number) for number in changed[0]]
    return f"{len(changed)} of {len(pairs)} numbers, the first {one} -> {other}"
