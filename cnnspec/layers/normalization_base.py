"""What normalisations share: their learned factors and offsets, as arguments and as weights."""

from __future__ import annotations

from cnnspec.layers.argument import argument, flag, number, optional
from cnnspec.layers.base import Layer, Weight
from cnnspec.layers.shape import axis_problem
from cnnspec.layers.weight import ONES, ZEROS, values
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.diagnostic import Problem
    from cnnspec.layers.shape import Shape

EPSILON = argument(number, "added to the variance", 0.001, aliases=("eps",))
CENTER = argument(flag, "whether a learned offset (beta) is added", True)
SCALE = argument(flag, "whether a learned factor (gamma) is applied", True)
BETA_INITIALIZER = argument(initializer, "how beta begins", ZEROS)
GAMMA_INITIALIZER = argument(initializer, "how gamma begins", ONES)
BETA_VALUES, GAMMA_VALUES = values("the offsets"), values("the factors")
REGULARIZER = argument(optional(regularizer), "penalty, added to the loss", None)
CONSTRAINT = argument(optional(constraint), "projection after every update", None)


class Normalizing(Layer):
    """A layer that brings values to a common scale, by figures that it takes over the axes of its argument `axis`."""

    in_place: ClassVar[bool] = True
    normalizes: ClassVar[bool] = True

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        layer: Any = self
        return axis_problem(layer.axis, inputs[0])


def find_channels(axis: int, shape: Shape) -> Any:
    """How many positions there are along the axis of the channels."""
    return shape[axis - 1 if axis > 0 else axis]


def scale_and_center(layer: Any, shape: Shape) -> tuple[Weight, ...]:
    made = (Weight("gamma", shape),) if layer.scale else ()
    return (*made, Weight("beta", shape)) if layer.center else made
