"""What all convolutions have in common, the transposed ones too: their arguments, their windows, what they refuse."""

from __future__ import annotations

from math import prod

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.activation import activation, applied
from cnnspec.layers.argument import Term, argument, count, flag, optional, padding, per_axis, same_on_every_axis, show
from cnnspec.layers.operation import Operation
from cnnspec.layers.shape import Shape
from cnnspec.layers.window import along
from cnnspec.layers.windowed import Windowed
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


FILTERS = argument(count, "number of output channels")
KERNEL = argument(per_axis(1), "size of the window", keras="kernel_size", aliases=("k", "size"))
STRIDE = argument(per_axis(1), "step of the window", 1, "strides", ("s",))
PADDING = argument(padding("valid", "same"), "zeros around the input", "valid", "-", ("pad", "p"))
PADDING_OR_CAUSAL = argument(padding("valid", "same", "causal"), "zeros around the input", "valid", "-", ("pad", "p"))
DILATION = argument(per_axis(1), "distance between two taps of the kernel", 1, "dilation_rate", ("d",))
ACTIVATION = argument(activation, "applied to the output", None, aliases=("act",))
BIAS = argument(flag, "whether a bias is added", True, "use_bias")
KERNEL_INITIALIZER = argument(initializer, "how the kernel begins", Term("GlorotUniform", module="initializers"))
BIAS_INITIALIZER = argument(initializer, "how the bias begins", Term("Zeros", module="initializers"))
REGULARIZER = argument(optional(regularizer), "penalty on the weights, added to the loss", None)
ACTIVITY_REGULARIZER = argument(optional(regularizer), "penalty on the output, added to the loss", None)
CONSTRAINT = argument(optional(constraint), "projection of the weights after every update", None)


class Convolution(Windowed):
    """What the convolutions have in common."""

    if TYPE_CHECKING:  # fields of the subclasses
        kernel: Any
        stride: Any
        padding: Any
        dilation: Any
        activation: str | None

    def window_arguments(self) -> dict[str, Any]:
        return {"kernel": self.kernel, "stride": self.stride, "dilation": self.dilation, "padding": self.padding}

    def kernel_area(self, rank: int) -> int:
        return prod(self.kernel_shape(rank))

    def kernel_shape(self, rank: int) -> tuple[int, ...]:
        return tuple([along(self.kernel, rank, axis) for axis in range(rank)])

    def ends_in(self) -> str | None:
        return self.activation or "linear"

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        output = self.output(inputs)
        work = self.convolution(inputs)
        return (*self.behind_padding(inputs, work), *applied(self.activation, output))

    def kept(self, *names: str) -> list[str]:
        """Those of some arguments that differ from their defaults, as they are written."""
        values = {name: same_on_every_axis(getattr(self, name)) for name in names}
        return [f"{name}={show(v)}" for name, v in values.items() if v != self.arguments[name].record_default]

    def convolution(self, inputs: tuple[Shape, ...]) -> Operation:
        """The convolution alone, without a padding before it and an activation behind it."""
        raise NotImplementedError(type(self).__name__)

    def strided_and_dilated(self, rank: int) -> Problem | None:
        if largest(self.stride) > 1 and largest(self.dilation) > 1:
            message = f"stride {show(self.stride)} with dilation {show(self.dilation)}: Keras refuses the two together"
            return Problem("E104", message, "dilation", f"write dilation=1, or {self.one_after_the_other(rank)}")
        return None

    def one_after_the_other(self, rank: int) -> str:
        """How to have both the stride and the dilation: the same positions, each the largest of those skipped."""
        return f"write stride=1 and put maxpool({on_each_axis(self.stride, rank)}, padding=same) behind it"


def on_each_axis(value: Any, rank: int) -> str:
    """A per-axis argument with its number for each axis: 2x2, and 2 where there is one."""
    return "x".join([str(along(value, rank, axis)) for axis in range(rank)])


def largest(value: int | tuple[int, ...]) -> int:
    return max(value) if isinstance(value, tuple) else value
