"""Transposed convolution: a convolution the other way round, whose output is larger than its input."""

from __future__ import annotations

from math import prod

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.base.record import Record
from cnnspec.layers.activation import applied
from cnnspec.layers.argument import Term, argument, count, optional, padding, per_axis, shortest, show
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.convolution_base import (
    ACTIVATION,
    ACTIVITY_REGULARIZER,
    BIAS,
    BIAS_INITIALIZER,
    CONSTRAINT,
    DILATION,
    FILTERS,
    KERNEL,
    KERNEL_INITIALIZER,
    REGULARIZER,
    STRIDE,
    kernel_and_bias,
    on_each_axis,
    stride_problem,
)
from cnnspec.layers.edges import Crop
from cnnspec.layers.operation import INPUT, MOVE, TRANSPOSED, Operation
from cnnspec.layers.shape import (
    Shape,
    groups_problem,
    needs_space,
    per_axis_problem,
    product,
    show_shape,
    write_remedies,
)
from cnnspec.layers.sliding_window import SlidingWindow, keras_padding, read_padding
from cnnspec.layers.spectral import SPECTRAL_NORM, spectral
from cnnspec.layers.weight import BIAS_VALUES, KERNEL_VALUES, OF_PAINTED_FILTERS
from cnnspec.layers.window import Reach, Working, along, halved
from cnnspec.layers.windowed_base import stated_padding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.kernel_trial import Trial
    from cnnspec.layers.torch_call import TorchCall
    from cnnspec.layers.weight import Values
    from cnnspec.layers.window import Window


class PaintedAxis(Record):
    """One axis of a transposed convolution: every input paints a kernel, a stride behind the one before. `extra` is the
    output padding, `same` whether padding=same trims the output, `cut` what a numeric padding cuts off at both ends."""

    kernel: int
    stride: int
    dilation: int
    extra: int | None
    same: bool
    cut: tuple[int, int]

    @property
    def extent(self) -> int:
        """Positions from the first tap to the last: d(k - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def painted(self, n: Dim) -> Dim:
        """Positions before a numeric padding is cut off."""
        if self.extra is None:
            return n * self.stride if self.same else (n - 1) * self.stride + max(self.extent, self.stride)
        trimmed = 2 * (self.extent // 2) if self.same else 0
        return (n - 1) * self.stride + self.extent - trimmed + self.extra

    def output(self, n: Dim) -> Dim:
        return self.painted(n) - sum(self.cut)

    def gives_back(self) -> bool:
        """Whether padding=same with an output padding gives as many positions as a stride takes."""
        if self.extra is None or not self.same:
            return True
        return -(-(self.extent % 2 + self.extra - self.stride) // self.stride) == 0

    def reach(self, n: Dim) -> Reach:
        overhang = (n - 1) * self.stride + self.extent - self.painted(n)
        assert isinstance(overhang, int)  # n cancels
        cut = self.cut[0] + (max(overhang, 0) // 2 if self.same else 0)
        return Reach(1, self.stride, cut - self.extent + self.stride, cut, self.dilation)


class ConvTranspose(Layer):
    """Transposed convolution: every input value paints a kernel into a larger output.

    1-, 2- or 3-dimensional by its input. Along each axis, F the kernel's extent d(k-1) + 1 and P a numeric padding:
    valid gives (N-1)S + max(F, S) positions, same gives N * S, a number (N-1)S + max(F, S) - 2P; with output_padding
    O, valid gives (N-1)S + F + O. A kernel that is no multiple of the stride overlaps unevenly (checkerboards).
    """

    channels_from: ClassVar[str] = "filters"
    names: ClassVar[tuple[str, ...]] = (
        "conv_transpose", "conv1dtranspose", "conv2dtranspose", "conv3dtranspose", "convtranspose", "deconv",
        "convtranspose1d", "convtranspose2d", "convtranspose3d", "convolution2dtranspose", "tconv",
    )  # fmt: skip
    example: ClassVar[str] = "input 7x7x8\nconv_transpose(4, 2x2, stride=2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x9x3\nconv_transpose(4, 3x3, stride=2, padding=same, bias=false)",
        "input 7x9x3\nconv_transpose(4, 4x4, stride=2, padding=1)",
        "input 7x6x3\nconv_transpose(4, 3x3, stride=2, output_padding=1)",
        "input 7x2\nconv_transpose(4, 3, dilation=2)",
        "input 7x7x3\nconv_transpose(4, 4x4, stride=2, padding=1, spectral_norm=1)",
        "input 4x5x6x2\nconv_transpose(3, 1, stride=2)",
        "input 7x7x8\nconv_transpose(4, 4x4, stride=2, padding=1, groups=2)",
    )
    counted: ClassVar[str] = "kh * kw * filters/groups for each input value"
    most_calls: ClassVar[int] = 2
    spreads: ClassVar[tuple[str, ...]] = ("stride", "dilation", "output_padding")

    filters: int = FILTERS
    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = argument(
        padding("valid", "same"), "rows and columns cut off around the output", "valid", "-", ("pad", "p")
    )
    output_padding: Any = argument(optional(per_axis(0)), "rows and columns added at the output's end", None)
    dilation: Any = DILATION
    groups: int = argument(count, "groups of channels that do not mix; Keras has 1", 1, "-")
    activation: str | None = ACTIVATION
    bias: bool = BIAS
    kernel_initializer: Term = KERNEL_INITIALIZER
    bias_initializer: Term = BIAS_INITIALIZER
    kernel_regularizer: Term | None = REGULARIZER
    bias_regularizer: Term | None = REGULARIZER
    activity_regularizer: Term | None = ACTIVITY_REGULARIZER
    kernel_constraint: Term | None = CONSTRAINT
    bias_constraint: Term | None = CONSTRAINT
    spectral_norm: int | None = SPECTRAL_NORM
    trainable: bool = TRAINABLE
    kernel_values: Values | None = KERNEL_VALUES
    bias_values: Values | None = BIAS_VALUES

    def axes(self, rank: int) -> tuple[PaintedAxis, ...]:
        made = []
        for axis in range(rank):
            kernel, stride, dilation = (along(v, rank, axis) for v in (self.kernel, self.stride, self.dilation))
            extra, cut = along(self.output_padding, rank, axis), along(self.padding, rank, axis)
            sides = (0, 0) if isinstance(cut, str) else cut if isinstance(cut, tuple) else (cut, cut)
            made.append(PaintedAxis(kernel, stride, dilation, extra, self.padding == "same", sides))
        return tuple(made)

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        made = super().canonical(inputs)
        assert isinstance(made, ConvTranspose)
        sliding = SlidingWindow(made.kernel, made.stride, made.dilation, made.padding)
        return made.replace(padding=sliding.simplest_padding())

    def joined(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        if not isinstance(behind, Crop) or shortest(self.arguments["padding"], self.padding) != "valid":
            return None
        made = self.replace(padding=tuple(behind.sides(len(inputs[0]) - 1)))
        return made if made.problem(inputs) is None else None

    def written_window(self) -> tuple[Any, Any, Any]:
        return self.kernel, self.stride, self.dilation

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        found = needs_space(inputs, "conv_transpose")
        if found:
            return found
        rank = len(inputs[0]) - 1
        names = ("kernel", "stride", "dilation", "output_padding", "padding")
        if found := per_axis_problem({name: getattr(self, name) for name in names}, inputs[0]):
            return found
        for n, axis in zip(inputs[0], self.axes(rank), strict=False):
            if axis.extra is not None and axis.extra >= axis.stride:
                message = f"output_padding {axis.extra} must be less than the stride {axis.stride}"
                return self._output_padding_problem(message, rank)
            if not axis.gives_back():
                message = f"output_padding {axis.extra} with padding=same does not give back {show_shape((n,))} positions at stride {axis.stride}"
                return self._output_padding_problem(message, rank)
            left = axis.output(n)
            if isinstance(left, int) and left < 1:
                whole = left + sum(axis.cut)
                message = f"padding {sum(axis.cut)} cuts off all {whole} position{'s' * (whole != 1)}"
                remedies = self.find_remedies(inputs, {"padding": "valid"})
                return Problem("E101", message, "padding", write_remedies(remedies) or "cut off less", None, remedies)
        return groups_problem(self.groups, (inputs[0][-1], "the input's channels ({})"), (self.filters, "filters ({})"))

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.groups != 1:
            message = f"conv_transpose in {self.groups} groups becomes no Keras layer: Keras's has none"
            remedies = self.find_remedies(inputs, {"groups": 1})
            return Problem("E116", message, "groups", write_remedies(remedies), None, remedies)
        return stride_problem(self.stride, self.dilation, len(inputs[0]) - 1, self.upsampled_before)

    def _output_padding_problem(self, message: str, rank: int) -> Problem:
        """The problem of an output padding; what mends it is the largest that holds on every axis, or none."""
        most = min([axis.stride - 1 for axis in self.axes(rank)])
        if self.padding == "same":  # which gives back from 1 - extent % 2 up to stride - extent % 2
            most = min([most, *[axis.stride - axis.extent % 2 for axis in self.axes(rank)]])
        remedies = tuple([Remedy((("output_padding", n),)) for n in ([most] if most > 0 else []) + [None]])
        return Problem("E108", message, "output_padding", write_remedies(remedies), None, remedies)

    def upsampled_before(self, rank: int) -> Remedy:
        """How to have both the stride and the dilation: an upsampling, and a convolution behind it."""
        kept = [n for n in self.arguments if n not in ("filters", "kernel", "stride", "padding", "output_padding")]
        given = [f"{n}={show(v)}" for n in kept if (v := getattr(self, n)) != self.arguments[n].record_default]
        conv = ", ".join([str(self.filters), show(self.kernel), "padding=same", *given])
        return Remedy(instead=f"upsample({on_each_axis(self.stride, rank)}) -> conv({conv})")

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        axes = self.axes(len(inputs[0]) - 1)
        return (*[axis.output(n) for n, axis in zip(inputs[0], axes, strict=False)], self.filters)

    def working(self, inputs: tuple[Shape, ...]) -> tuple[Working, ...]:
        axes = enumerate(self.axes(len(inputs[0]) - 1))
        return tuple([Working("effective kernel" if a.dilation > 1 else "", axis, a.extent) for axis, a in axes])

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        kernel = (*[axis.kernel for axis in self.axes(len(inputs[0]) - 1)], self._of_group(self.filters), inputs[0][-1])
        painted = Weight("kernel", kernel, drawn=OF_PAINTED_FILTERS)
        return kernel_and_bias(painted, self.filters, self.bias, self.spectral_norm)

    def _of_group(self, channels: Dim) -> Dim:
        """The channels of one group; with one group no division stands in the formulas."""
        return channels if self.groups == 1 else channels // self.groups

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        kernel = prod([axis.kernel for axis in self.axes(len(inputs[0]) - 1)])
        return product(inputs[0]) * kernel * self._of_group(self.filters)

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        axes, output = self.axes(len(inputs[0]) - 1), self.output(inputs)
        whole = product(tuple([axis.painted(n) for n, axis in zip(inputs[0], axes, strict=False)])) * self.filters
        work = self.operation(
            inputs, kind=TRANSPOSED, outputs=whole, macs=self.macs(inputs), channels=self.filters, bias=self.bias,
            taps=prod([axis.kernel for axis in axes]) * self._of_group(inputs[0][-1]), groups=self.groups, step=prod([axis.stride for axis in axes]),
            keeps=INPUT,
        )  # fmt: skip
        cut = (Operation(MOVE, whole, product(output), rank=len(axes)),) if whole != product(output) else ()
        return (work, *cut, *applied(self.activation, output))

    def ends_in(self) -> str | None:
        return self.activation or "linear"

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        """None at all: the layer paints windows into its output, and slides none over its input."""
        return ()

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        axes = self.axes(len(inputs[0]) - 1)
        return tuple([axis.reach(n) for n, axis in zip(inputs[0], axes, strict=False)])

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        """With kernels that are multiples of the stride, and as long an output."""
        rank, outputs = len(inputs[0]) - 1, self.output(inputs)
        axes = [(axis.kernel, axis.stride) for axis in self.axes(rank)]
        found: list[Layer] = []
        for kernel in (tuple([-(-k // s) * s for k, s in axes]), tuple([max(1, k // s) * s for k, s in axes])):
            made = self.replace(kernel=kernel if rank > 1 else kernel[0], output_padding=None)
            if self.padding != "same":
                painted = made.replace(padding="valid").output(inputs)
                cut = tuple([halved(n - m) for n, m in zip(painted[:-1], outputs[:-1], strict=True)])
                if not all([isinstance(n, int) and n >= 0 for sides in cut for n in sides]):
                    continue
                made = made.replace(padding=shortest(self.arguments["padding"], cut))
            found.append(made)
        return tuple(found)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        given = self.keras_arguments() | self.keras_values(inputs)
        if self.padding == "same":
            given["padding"] = "same"
        call = spectral(KerasCall(f"Conv{rank}DTranspose", given), self.spectral_norm)
        if isinstance(self.padding, str) or self.padding == 0:
            return (call,)
        return (call, KerasCall(f"Cropping{rank}D", {"cropping": keras_padding(self.padding, rank)}, "crop"))

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_windows

        return torch_windows.paint(self, inputs[0])

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        from cnnspec.layers.kernel_trial import dilated_transposed, sparse_conv_3d

        rank = len(inputs[0]) - 1
        axes = self.axes(rank)
        dilated = any([axis.dilation > 1 for axis in axes])
        sparse = rank == 3 and any([axis.same and axis.stride - axis.extent > 1 for axis in axes])
        return (*([dilated_transposed(rank)] if dilated else []), *([sparse_conv_3d(back=True)] if sparse else []))

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; a Cropping behind it is its numeric padding."""
        call, *after = calls
        amount = call.arguments.get("padding", "valid")
        if not cls.called(call) or any(not c.name.startswith("Cropping") or amount != "valid" for c in after):
            return None
        return cls.of_call(call, padding=read_padding(after[0], "cropping") if after else stated_padding(cls, call))
