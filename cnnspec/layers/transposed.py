"""Transposed convolution and upsampling: layers whose output is larger than their input."""

from __future__ import annotations

from math import prod

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.activation import applied
from cnnspec.layers.argument import Term, argument, choice, optional, padding, per_axis, shortest, show
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight, Working
from cnnspec.layers.convolving import (
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
    Convolution,
    on_each_axis,
)
from cnnspec.layers.operation import INPUT, INTERPOLATION, MOVE, TRANSPOSED, Operation
from cnnspec.layers.resampling import RADIUS, interpolated
from cnnspec.layers.reshaping import Crop
from cnnspec.layers.shape import Shape, axes_problem, needs_space, product, show_shape
from cnnspec.layers.spectral import SPECTRAL_NORM, spectral, with_vector
from cnnspec.layers.window import Reach, along, halved
from cnnspec.layers.windowed import keras_padding, numeric_padding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.trial import Trial
    from cnnspec.layers.window import Window


class ConvTranspose(Convolution):
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
    )
    counted: ClassVar[str] = "kh * kw * filters for each input value"

    filters: int = FILTERS
    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = argument(
        padding("valid", "same"), "rows and columns cut off around the output", "valid", "-", ("pad", "p")
    )
    output_padding: Any = argument(optional(per_axis(0)), "rows and columns added at the output's end", None)
    dilation: Any = DILATION
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

    def joined(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        if not isinstance(behind, Crop) or shortest(self.arguments["padding"], self.padding) != "valid":
            return None
        made = self.replace(padding=tuple(behind.sides(len(inputs[0]) - 1)))
        return made if made.problem(inputs) is None else None

    def _axis(self, rank: int, axis: int) -> tuple[int, int, int, int | None, Any]:
        """kernel extent, stride, dilation, output padding and padding of one axis."""
        kernel, stride, dilation = (along(v, rank, axis) for v in (self.kernel, self.stride, self.dilation))
        return (
            dilation * (kernel - 1) + 1,
            stride,
            dilation,
            along(self.output_padding, rank, axis),
            along(self.padding, rank, axis),
        )

    def _length(self, rank: int, axis: int, n: Dim) -> Dim:
        """Positions before a numeric padding is cut off."""
        extent, stride, _, extra, _ = self._axis(rank, axis)
        if extra is None:
            return n * stride if self.padding == "same" else (n - 1) * stride + max(extent, stride)
        if self.padding == "same":
            return (n - 1) * stride + extent - 2 * (extent // 2) + extra
        return (n - 1) * stride + extent + extra

    def _cut(self, rank: int, axis: int) -> tuple[int, int]:
        amount = along(self.padding, rank, axis)
        return (0, 0) if isinstance(amount, str) else amount if isinstance(amount, tuple) else (amount, amount)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        found = needs_space(inputs, "conv_transpose")
        if found:
            return found
        rank = len(inputs[0]) - 1
        names = ("kernel", "stride", "dilation", "output_padding", "padding")
        if found := axes_problem({name: getattr(self, name) for name in names}, inputs[0]):
            return found
        if found := self.strided_and_dilated(rank):
            return found
        for axis in range(rank):
            _, stride, _, extra, _ = self._axis(rank, axis)
            if extra is not None and extra >= stride:
                message = f"output_padding {extra} must be less than the stride {stride}"
                return Problem("E108", message, "output_padding", self._other_output_padding(rank))
            if extra is not None and not self._gives_back(rank, axis, extra):
                message = f"output_padding {extra} with padding=same does not give back {show_shape((inputs[0][axis],))} positions at stride {stride}"
                return Problem("E108", message, "output_padding", self._other_output_padding(rank))
            n = inputs[0][axis]
            left = self._length(rank, axis, n) - sum(self._cut(rank, axis))
            if isinstance(left, int) and left < 1:
                message = (
                    f"padding {sum(self._cut(rank, axis))} cuts off all {left + sum(self._cut(rank, axis))} positions"
                )
                return Problem("E101", message, "padding", "cut off less")
        return None

    def _gives_back(self, rank: int, axis: int, extra: int) -> bool:
        """Whether an output padding makes padding=same give back as many positions as a stride takes."""
        extent, stride, *_ = self._axis(rank, axis)
        return self.padding != "same" or -(-(extent % 2 + extra - stride) // stride) == 0

    def _other_output_padding(self, rank: int) -> str:
        """What to write for an output padding: the largest that holds on every axis, or none."""
        windows = [self._axis(rank, axis) for axis in range(rank)]
        most = min([stride - 1 for _, stride, *_ in windows])
        if self.padding == "same":  # which gives back from 1 - extent % 2 up to stride - extent % 2
            most = min([most, *[stride - extent % 2 for extent, stride, *_ in windows]])
        return "write " + " or ".join([*[f"output_padding={most}"] * (most > 0), "output_padding=none"])

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rank = len(inputs[0]) - 1
        spatial = [self._length(rank, axis, inputs[0][axis]) - sum(self._cut(rank, axis)) for axis in range(rank)]
        return (*spatial, self.filters)

    def working(self, inputs: tuple[Shape, ...]) -> tuple[Working, ...]:
        rank = len(inputs[0]) - 1
        windows = [self._axis(rank, axis) for axis in range(rank)]
        return tuple([Working("effective kernel" if w[2] > 1 else "", axis, w[0]) for axis, w in enumerate(windows)])

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (*self.kernel_shape(len(inputs[0]) - 1), self.filters, inputs[0][-1]))
        return with_vector((kernel, Weight("bias", (self.filters,))) if self.bias else (kernel,), self.spectral_norm)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        return product(inputs[0]) * self.kernel_area(len(inputs[0]) - 1) * self.filters

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        rank, output = len(inputs[0]) - 1, self.output(inputs)
        whole = product(tuple([self._length(rank, axis, inputs[0][axis]) for axis in range(rank)])) * self.filters
        work = self.operation(
            inputs, kind=TRANSPOSED, outputs=whole, macs=self.macs(inputs), channels=self.filters, bias=self.bias,
            taps=self.kernel_area(rank) * inputs[0][-1],
            step=prod([along(self.stride, rank, axis) for axis in range(rank)]), keeps=INPUT,
        )  # fmt: skip
        cut = (Operation(MOVE, whole, product(output), rank=rank),) if whole != product(output) else ()
        return (work, *cut, *applied(self.activation, output))

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...]:
        """None: it paints windows into its output, and slides none over its input."""
        return ()

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        rank, reaches = len(inputs[0]) - 1, []
        for axis in range(rank):
            extent, stride, dilation, _, _ = self._axis(rank, axis)
            n = inputs[0][axis]
            overhang = (n - 1) * stride + extent - self._length(rank, axis, n)
            assert isinstance(overhang, int)  # n cancels
            cut = (
                max(overhang, 0) // 2 + self._cut(rank, axis)[0] if self.padding == "same" else self._cut(rank, axis)[0]
            )
            reaches.append(Reach(1, stride, cut - extent + stride, cut, dilation))
        return tuple(reaches)

    def one_after_the_other(self, rank: int) -> str:
        kept = [n for n in self.arguments if n not in ("filters", "kernel", "stride", "padding", "output_padding")]
        given = [f"{n}={show(v)}" for n in kept if (v := getattr(self, n)) != self.arguments[n].record_default]
        conv = ", ".join([str(self.filters), show(self.kernel), "padding=same", *given])
        return f"write upsample({on_each_axis(self.stride, rank)}) -> conv({conv}) in its place"

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        """With kernels that are multiples of the stride, and as long an output."""
        rank, outputs = len(inputs[0]) - 1, self.output(inputs)
        axes = [(along(self.kernel, rank, axis), along(self.stride, rank, axis)) for axis in range(rank)]
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
        given = self.given()
        if self.padding == "same":
            given["padding"] = "same"
        call = spectral(KerasCall(f"Conv{rank}DTranspose", given), self.spectral_norm)
        if isinstance(self.padding, str) or self.padding == 0:
            return (call,)
        return (call, KerasCall(f"Cropping{rank}D", {"cropping": keras_padding(self.padding, rank)}, "crop"))

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        from cnnspec.layers.trial import dilated_transposed

        rank = len(inputs[0]) - 1
        dilated = any([along(self.dilation, rank, axis) > 1 for axis in range(rank)])
        return (dilated_transposed(rank),) if dilated else ()

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; a Cropping behind it is its numeric padding."""
        call, *after = calls
        amount = call.arguments.get("padding", "valid")
        if not cls.called(call) or any(not c.name.startswith("Cropping") or amount != "valid" for c in after):
            return None
        return cls.of_call(call, padding=numeric_padding(after[0], "cropping") if after else cls.own_padding(call))


class Upsample(Layer):
    """Upsampling: every row and column repeated (nearest), or interpolated (bilinear).

    1-, 2- or 3-dimensional by its input; interpolation other than nearest in two dimensions only.
    """

    names: ClassVar[tuple[str, ...]] = ("upsample", "upsampling1d", "upsampling2d", "upsampling3d", "upsampling")
    example: ClassVar[str] = "input 7x7x8\nupsample(2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x6x3\nupsample(2x3, interpolation=bilinear)",
        "input 7x3\nupsample(3)",
        "input 3x4x5x2\nupsample(2)",
    )

    spreads: ClassVar[tuple[str, ...]] = ("size",)

    size: Any = argument(per_axis(1), "how many times larger", 2, aliases=("factor", "scale"))
    interpolation: str = argument(choice(*RADIUS), "how new values come about", "nearest")

    kind: ClassVar[str] = INTERPOLATION

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return interpolated(self, self.interpolation, inputs)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, "upsample"):
            return found
        rank = len(inputs[0]) - 1
        if found := axes_problem({"size": self.size}, inputs[0]):
            return found
        if self.interpolation != "nearest" and rank != 2:
            return Problem(
                "E011", f"{self.interpolation} interpolation is for two dimensions", "interpolation", "use nearest"
            )
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rank = len(inputs[0]) - 1
        return (*(inputs[0][axis] * along(self.size, rank, axis) for axis in range(rank)), inputs[0][-1])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        rank, reaches = len(inputs[0]) - 1, []
        for axis in range(rank):
            factor = along(self.size, rank, axis)
            # pixel i has its centre at (i + 1/2)/f - 1/2; an interpolation of radius r reads r positions to each side
            radius = RADIUS[self.interpolation]
            if radius == 0 or factor == 1:
                reaches.append(Reach(1, factor, 0, 0))
            else:
                widening = (radius - 1) * 2 * factor
                reaches.append(Reach(2, 2 * factor, 1 - factor - widening, factor + widening))
        return tuple(reaches)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.output(inputs) == inputs[0]

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        given: dict[str, Any] = {"size": along(self.size, 1, 0) if rank == 1 else self.size}
        if self.interpolation != "nearest":
            given["interpolation"] = self.interpolation
        return (KerasCall(f"UpSampling{rank}D", given),)
