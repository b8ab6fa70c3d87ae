"""What convolutions share, the transposed ones and dense layers too: arguments, weights, what Keras cannot compute."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.layers.activation import activation
from cnnspec.layers.argument import argument, count, flag, optional, padding, per_axis, same_on_every_axis, show
from cnnspec.layers.base import KerasCall, Layer, Weight
from cnnspec.layers.shape import write_remedies
from cnnspec.layers.sliding_window import SlidingWindow
from cnnspec.layers.spectral import spectral, with_vector
from cnnspec.layers.weight import GLOROT, ZEROS
from cnnspec.layers.window import along
from cnnspec.layers.windowed_base import Windowed
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.shape import Shape


FILTERS = argument(count, "number of output channels")
KERNEL = argument(per_axis(1), "size of the window", keras="kernel_size", aliases=("k", "size"))
STRIDE = argument(per_axis(1), "step of the window", 1, "strides", ("s",))
PADDING = argument(padding("valid", "same"), "zeros around the input", "valid", "-", ("pad", "p"))
PADDING_OR_CAUSAL = argument(padding("valid", "same", "causal"), "zeros around the input", "valid", "-", ("pad", "p"))
DILATION = argument(per_axis(1), "distance between two taps of the kernel", 1, "dilation_rate", ("d",))
ACTIVATION = argument(activation, "applied to the output", None, aliases=("act",))
BIAS = argument(flag, "whether a bias is added", True, "use_bias")
KERNEL_INITIALIZER = argument(initializer, "how the kernel begins", GLOROT)
BIAS_INITIALIZER = argument(initializer, "how the bias begins", ZEROS)
REGULARIZER = argument(optional(regularizer), "penalty on the weights, added to the loss", None)
ACTIVITY_REGULARIZER = argument(optional(regularizer), "penalty on the output, added to the loss", None)
CONSTRAINT = argument(optional(constraint), "projection of the weights after every update", None)


class Convolving(Windowed):
    """A layer that sums what its window sees, each value with a factor, and ends in an activation. Subclasses have these
    arguments, each in its place."""

    def sliding(self) -> SlidingWindow:
        layer: Any = self
        return SlidingWindow(layer.kernel, layer.stride, layer.dilation, layer.padding)

    def ends_in(self) -> str | None:
        layer: Any = self
        return layer.activation or "linear"

    def call_keras(self, name: str, inputs: tuple[Shape, ...], iterations: int | None = None) -> tuple[KerasCall, ...]:
        """Keras's layer of that name, which has one for each rank, and perhaps a padding before it."""
        rank = len(inputs[0]) - 1
        call = KerasCall(f"{name}{rank}D", self.keras_arguments() | self.keras_values(inputs))
        return self.sliding().pad_call(spectral(call, iterations), rank)


def kernel_and_bias(kernel: Weight, outputs: Dim, bias: bool, power_iterations: int | None) -> tuple[Weight, ...]:
    """The weights of a layer with one kernel, in Keras's order."""
    return with_vector((kernel, Weight("bias", (outputs,))) if bias else (kernel,), power_iterations)


def stride_problem(stride: Any, dilation: Any, rank: int, both: Callable[[int], Remedy]) -> Problem | None:
    """Keras takes a stride or a dilation, not both; `both` says how to have both by other layers."""
    if largest(stride) > 1 and largest(dilation) > 1:
        message = f"Keras refuses stride {show(stride)} together with dilation {show(dilation)}"
        remedies = (both(rank), Remedy((("dilation", 1),)), Remedy((("stride", 1),)))
        return Problem("E104", message, "dilation", write_remedies(remedies), None, remedies)
    return None


def volume_problem(
    inputs: tuple[Shape, ...], name: str, kernel: Any, in_groups: Callable[[Dim, int], str]
) -> Problem | None:
    """Keras filters the channels of a sequence and of an image apart; those of a volume by groups."""
    if len(inputs[0]) != 4:
        return None
    size = same_on_every_axis(kernel)
    remedies = () if isinstance(size, tuple) else (Remedy(instead=in_groups(inputs[0][-1], size)),)
    help = write_remedies(remedies) or "a convolution whose groups are the channels does the same"
    return Problem("E116", f"Keras has no {name} for DxHxWxC", "", help, None, remedies)


def uneven_stride(stride: Any) -> Problem | None:
    """TensorFlow's depthwise kernels take one stride for both axes (on a GPU, and on a CPU without oneDNN)."""
    if isinstance(stride, tuple) and len(set(stride)) > 1:
        message = f"TensorFlow refuses stride {show(stride)}, which differs by axis"
        remedies = tuple([Remedy((("stride", step),)) for step in sorted(set(stride), reverse=True)])
        return Problem("E116", message, "stride", write_remedies(remedies), None, remedies)
    return None


def changed_arguments(layer: Layer, *names: str) -> list[str]:
    """Those of some arguments that differ from their defaults, as they are written."""
    values = {name: same_on_every_axis(getattr(layer, name)) for name in names}
    return [f"{name}={show(v)}" for name, v in values.items() if v != layer.arguments[name].record_default]


def on_each_axis(value: Any, rank: int) -> str:
    """A per-axis argument with its number for each axis: 2x2, and 2 where there is one."""
    return "x".join([str(along(value, rank, axis)) for axis in range(rank)])


def largest(value: int | tuple[int, ...]) -> int:
    return max(value) if isinstance(value, tuple) else value
