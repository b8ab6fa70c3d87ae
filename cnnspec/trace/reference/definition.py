"""What a definition of a layer is: functions for its output and for the gradients of what it is computed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnspec.base.record import Record

Array = Any  # of NumPy; its values are floats, or Fractions (then its type is object)


class Gradients(Record):
    """The gradients of a loss for a layer's inputs, in order, and for its weights, by name. Of an input whose values are
    positions (a word's number) there is none: None."""

    inputs: tuple[Array | None, ...]
    weights: dict[str, Array]


def gradients(*inputs: Array | None, **weights: Array) -> Gradients:
    """Gradients, written as the call of the layer's function is: gradients(dx, kernel=dw, bias=db)."""
    return Gradients(inputs, weights)


class Definition(Record):
    """`forward(layer, *inputs, **weights)` is the output; `backward(layer, gradient, *inputs, **weights)` the Gradients.

    `training`: the definition of the same layer while training, where that is another. If it `draws` random numbers, its
    functions also take `drawn`: what was drawn.
    `update(layer, *inputs, **weights)`: the new values of weights that training changes without a gradient.
    `sums`: the two functions of the part, before an activation, that adds up its inputs' values by factors that do not depend
    on them; None where there is no such part. `largest`: each output value is the largest of those that it reads. `joins`: it is
    the "product" of one value of each input, or what a function ("max") makes of them.
    """

    forward: Callable[..., Array]
    backward: Callable[..., Gradients]
    training: Definition | None = None
    update: Callable[..., dict[str, Array]] | None = None
    draws: bool = False
    sums: tuple[Callable[..., Array], Callable[..., Gradients]] | None = None
    largest: bool = False
    joins: str = ""


def define_sum(
    forward: Callable[..., Array], backward: Callable[..., Gradients], training: Definition | None = None, **more: Any
) -> Definition:
    """The definition of a layer that adds up its inputs' values by factors that do not depend on them."""
    return Definition(forward, backward, training, sums=(forward, backward), **more)
