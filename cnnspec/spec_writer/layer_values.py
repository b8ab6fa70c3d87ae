"""The arguments of a layer as a person writes them."""

from __future__ import annotations

from typing import Any

from cnnspec.layers.argument import AXES, EACH_AXIS, same_on_every_axis, text
from cnnspec.layers.base import Layer, Shape
from cnnspec.spec_writer.slot_values import Axes, Quoted


def write_same(layer: Layer, inputs: tuple[Shape, ...] | None) -> Layer:
    """The layer with padding=same where its padding is that, and differs between axes: (0, 3) of a window of 1x7."""
    padding = layer.argument_values().get("padding")
    if not isinstance(padding, tuple) or inputs is None:
        return layer
    made = layer.replace(padding="same")
    return made if made.canonical(inputs) == layer.canonical(inputs) else layer


def find_values(layer: Layer, rank: int) -> tuple[Any, ...]:
    """A layer's arguments, in order. Equal numbers for all axes become one, except in a window's size (3x3). `rank` is the
    number of axes that a window slides along."""
    made: list[Any] = []
    for name, value in layer.argument_values().items():
        argument = layer.arguments[name]
        if argument.kind in AXES and isinstance(value, tuple):
            made.append(Axes(value))
        elif argument.kind is text:
            made.append(Quoted(value))
        elif argument.kind in EACH_AXIS and name == "kernel" and rank > 1 and type(value) is int:
            made.append((value,) * rank)
        elif argument.kind in EACH_AXIS and not (name == "kernel" and isinstance(value, tuple) and len(value) > 1):
            made.append(same_on_every_axis(value))
        else:
            made.append(value)
    return tuple(made)
