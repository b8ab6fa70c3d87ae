"""Convolutions: conv, depthwise_conv, separable_conv; 1-, 2- and 3-dimensional by their input."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.layers.activation import applied
from cnnspec.layers.argument import Term, argument, count, flag
from cnnspec.layers.base import TRAINABLE, KerasCall, Weight
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
    PADDING,
    PADDING_OR_CAUSAL,
    REGULARIZER,
    STRIDE,
    Convolving,
    changed_arguments,
    kernel_and_bias,
    on_each_axis,
    stride_problem,
    uneven_stride,
    volume_problem,
)
from cnnspec.layers.operation import CONVOLUTION, DEPTHWISE, GROUPED, INPUT, Operation
from cnnspec.layers.shape import Shape, groups_problem, needs_space, product, write_remedies
from cnnspec.layers.spectral import SPECTRAL_NORM
from cnnspec.layers.weight import (
    BIAS_VALUES,
    DEPTHWISE_VALUES,
    KERNEL_VALUES,
    OF_CHANNELS,
    OF_FILTERS,
    ONES,
    POINTWISE_VALUES,
)
from cnnspec.layers.window import Working

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import NoTorch, TorchCall
    from cnnspec.layers.weight import Values


class Conv(Convolving):
    """Convolution: every filter slides over the input and sums what it sees.

    1-, 2- or 3-dimensional by its input. Along each axis the output has floor((N + 2P - F)/S) + 1 positions, F the
    kernel's extent d(k-1) + 1; with padding=same it has ceil(N/S). Parameters: (kh * kw * Cin/groups + 1) * filters.
    With standardized=true each filter's kernel is brought to mean 0 and variance 1 before it is used, and with gain=true
    multiplied by a learned factor; Keras has neither.

    Sources: Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization" (2019); Brock
    et al., "Characterizing signal propagation to close the performance gap in unnormalized ResNets" (2021).
    """

    channels_from: ClassVar[str] = "filters"
    names: ClassVar[tuple[str, ...]] = (
        "conv", "conv1d", "conv2d", "conv3d", "convolution1d", "convolution2d", "convolution3d", "convolution",
    )  # fmt: skip
    example: ClassVar[str] = "input 28x28x1\nconv(32, 3x3, activation=relu)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 28x30x4\nconv(8, 3x5, stride=2, padding=same, groups=2, bias=false)",
        "input 17x4\nconv(8, 3, padding=causal, dilation=2)",
        "input 9x8x7x2\nconv(4, 3, stride=2, padding=1)",
        "input 15x15x3\nconv(4, 3x3, padding=((0, 1), (2, 0)), kernel_initializer=he_normal, kernel_regularizer=l2(0.001))",
        "input 9x9x4\nconv(8, 3x3, padding=1, spectral_norm=1) -> conv(4, 1x1, trainable=false)",
        "input 9x9x4\nconv(8, 3x3, padding=1, standardized=true, gain=true)",
        "input 6x5x2\nconv(1, 3x3, kernel_values=[box, sobel_x], bias_values=[1/3])",
    )
    counted: ClassVar[str] = "kh * kw * Cin/groups for each output value"

    filters: int = FILTERS
    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = PADDING_OR_CAUSAL
    dilation: Any = DILATION
    groups: int = argument(count, "groups of channels that do not mix", 1)
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
    standardized: bool = argument(flag, "whether each filter's kernel is brought to mean 0 and variance 1", False, "-")
    gain: bool = argument(flag, "whether each filter's kernel is multiplied by a learned factor", False, "-")
    trainable: bool = TRAINABLE
    kernel_values: Values | None = KERNEL_VALUES
    bias_values: Values | None = BIAS_VALUES

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        channels = inputs[0][-1]
        found = needs_space(inputs, "conv") or self.window_problem(inputs)
        found = found or groups_problem(
            self.groups, (channels, "the input's channels ({})"), (self.filters, "filters ({})")
        )
        if found is not None and found.code == "E103" and self.filters % self.groups:
            near = self.filters // self.groups * self.groups
            multiples = [{"filters": filters} for filters in (near, near + self.groups) if filters]
            remedies = (*self.find_remedies(inputs, *multiples), *found.remedies)
            return found.replace(help=write_remedies(remedies), remedies=remedies)
        return found

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.standardized or self.gain:
            name = "standardized" if self.standardized else "gain"
            message = f"conv with {name}=true becomes no Keras layer: Keras's kernels are used as they are"
            remedies = self.find_remedies(inputs, {"standardized": False, "gain": False})
            return Problem("E116", message, name, write_remedies(remedies), None, remedies)
        return stride_problem(self.stride, self.dilation, len(inputs[0]) - 1, self.pooled_behind)

    def pooled_behind(self, rank: int) -> Remedy:
        """How to have both the stride and the dilation: the same positions, each the largest of those skipped."""
        return Remedy((("stride", 1),), f"maxpool({on_each_axis(self.stride, rank)}, padding=same)")

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*self.sliding().output(inputs[0]), self.filters)

    def working(self, inputs: tuple[Shape, ...]) -> tuple[Working, ...]:
        group = Working("channels of a group" if self.groups > 1 else "", None, inputs[0][-1] // self.groups)
        return (*super().working(inputs), group)

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        kernel = (*self.sliding().kernel_sizes(len(inputs[0]) - 1), inputs[0][-1] // self.groups, self.filters)
        filters = Weight("kernel", kernel, drawn=OF_FILTERS)
        gain = (Weight("gain", (self.filters,), begins=ONES),) if self.gain else ()
        return (*kernel_and_bias(filters, self.filters, self.bias, self.spectral_norm), *gain)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        per_value = self.sliding().area(len(inputs[0]) - 1) * (inputs[0][-1] // self.groups)
        return product(self.output(inputs)) * per_value

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        taps = self.sliding().area(len(inputs[0]) - 1) * (inputs[0][-1] // self.groups)
        work = self.operation(
            inputs, kind=CONVOLUTION if self.groups == 1 else GROUPED, macs=self.macs(inputs), taps=taps,
            channels=self.filters, groups=self.groups, bias=self.bias, keeps=INPUT,
        )  # fmt: skip
        return (*self.sliding().pad_first(inputs[0], work), *applied(self.activation, self.output(inputs)))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return self.call_keras("Conv", inputs, self.spectral_norm)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_windows

        if self.standardized or self.gain:
            from cnnspec.layers.torch_call import NoTorch

            return NoTorch("changes its kernel before it is used, which PyTorch's layer does not")
        kernel = torch_windows.lay_out_kernel(len(inputs[0]) - 1)
        return torch_windows.convolve(self, inputs[0], self.filters, self.groups, kernel)


class DepthwiseConv(Convolving):
    """Depthwise convolution: each channel is filtered on its own, `multiplier` times.

    1-, 2- or 3-dimensional by its input; Keras has no 3-dimensional one. Output channels: Cin * multiplier. Parameters: (kh * kw + 1) * Cin * multiplier.
    """

    names: ClassVar[tuple[str, ...]] = (
        "depthwise_conv",
        "depthwiseconv1d",
        "depthwiseconv2d",
        "depthwiseconv",
        "dwconv",
    )
    example: ClassVar[str] = "input 28x28x8\ndepthwise_conv(3x3, padding=same)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 15x13x6\ndepthwise_conv(3x3, stride=2, padding=1, multiplier=2, bias=false, activation=relu)",
        "input 20x3\ndepthwise_conv(5, dilation=2)",
        "input 9x9x4\ndepthwise_conv(3x3, spectral_norm=1)",
    )
    counted: ClassVar[str] = "kh * kw for each output value"

    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = PADDING
    multiplier: int = argument(count, "outputs for each input channel", 1, "depth_multiplier")
    dilation: Any = DILATION
    activation: str | None = ACTIVATION
    bias: bool = BIAS
    depthwise_initializer: Term = KERNEL_INITIALIZER
    bias_initializer: Term = BIAS_INITIALIZER
    depthwise_regularizer: Term | None = REGULARIZER
    bias_regularizer: Term | None = REGULARIZER
    activity_regularizer: Term | None = ACTIVITY_REGULARIZER
    depthwise_constraint: Term | None = CONSTRAINT
    bias_constraint: Term | None = CONSTRAINT
    spectral_norm: int | None = SPECTRAL_NORM
    trainable: bool = TRAINABLE
    depthwise_values: Values | None = DEPTHWISE_VALUES
    bias_values: Values | None = BIAS_VALUES

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, "depthwise_conv") or self.window_problem(inputs)

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return volume_problem(inputs, "depthwise_conv", self.kernel, self.in_groups) or uneven_stride(self.stride)

    def in_groups(self, channels: Dim, kernel: int) -> str:
        """What does the same with a convolution whose groups are the channels."""
        kept = changed_arguments(self, "stride", "padding", "dilation", "activation", "bias")
        return f"conv({', '.join([str(channels * self.multiplier), str(kernel), *kept, f'groups={channels}'])})"

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*self.sliding().output(inputs[0]), inputs[0][-1] * self.multiplier)

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        kernel = (*self.sliding().kernel_sizes(len(inputs[0]) - 1), inputs[0][-1], self.multiplier)
        apart = Weight("kernel", kernel, drawn=OF_CHANNELS, prefix="depthwise")
        return kernel_and_bias(apart, inputs[0][-1] * self.multiplier, self.bias, self.spectral_norm)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        return product(self.output(inputs)) * self.sliding().area(len(inputs[0]) - 1)

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        work = self.operation(
            inputs, kind=DEPTHWISE, macs=self.macs(inputs), taps=self.sliding().area(len(inputs[0]) - 1),
            channels=inputs[0][-1] * self.multiplier, groups=inputs[0][-1], bias=self.bias, keeps=INPUT,
        )  # fmt: skip
        return (*self.sliding().pad_first(inputs[0], work), *applied(self.activation, self.output(inputs)))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return self.call_keras("DepthwiseConv", inputs, self.spectral_norm)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_windows

        sizes, channels = self.sliding().kernel_sizes(len(inputs[0]) - 1), inputs[0][-1]
        kernel = torch_windows.lay_out_depthwise(sizes, channels * self.multiplier)
        return torch_windows.convolve(self, inputs[0], channels * self.multiplier, channels, kernel)


class SeparableConv(Convolving):
    """Separable convolution: a depthwise convolution, then a 1x1 convolution that mixes the channels.

    1-, 2- or 3-dimensional by its input; Keras has no 3-dimensional one. Parameters: kh * kw * Cin * multiplier + Cin * multiplier * filters + filters.
    """

    channels_from: ClassVar[str] = "filters"
    names: ClassVar[tuple[str, ...]] = (
        "separable_conv", "separableconv1d", "separableconv2d", "separableconv", "separableconvolution2d",
    )  # fmt: skip
    example: ClassVar[str] = "input 28x28x8\nseparable_conv(16, 3x3, padding=same)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 15x13x6\nseparable_conv(10, 3x5, stride=2, padding=1, multiplier=2, bias=false)",
        "input 20x3\nseparable_conv(4, 5, padding=same, activation=tanh)",
    )
    counted: ClassVar[str] = "kh * kw for each depthwise value and Cin * multiplier for each output value"

    filters: int = FILTERS
    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = PADDING
    dilation: Any = DILATION
    multiplier: int = argument(count, "depthwise outputs for each input channel", 1, "depth_multiplier")
    activation: str | None = ACTIVATION
    bias: bool = BIAS
    depthwise_initializer: Term = KERNEL_INITIALIZER
    pointwise_initializer: Term = KERNEL_INITIALIZER
    bias_initializer: Term = BIAS_INITIALIZER
    depthwise_regularizer: Term | None = REGULARIZER
    pointwise_regularizer: Term | None = REGULARIZER
    bias_regularizer: Term | None = REGULARIZER
    activity_regularizer: Term | None = ACTIVITY_REGULARIZER
    depthwise_constraint: Term | None = CONSTRAINT
    pointwise_constraint: Term | None = CONSTRAINT
    bias_constraint: Term | None = CONSTRAINT
    trainable: bool = TRAINABLE
    depthwise_values: Values | None = DEPTHWISE_VALUES
    pointwise_values: Values | None = POINTWISE_VALUES
    bias_values: Values | None = BIAS_VALUES

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, "separable_conv") or self.window_problem(inputs)

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return volume_problem(inputs, "separable_conv", self.kernel, self.in_groups) or uneven_stride(self.stride)

    def in_groups(self, channels: Dim, kernel: int) -> str:
        """What does the same with a convolution whose groups are the channels."""
        kept = changed_arguments(self, "stride", "padding", "dilation")
        apart = ", ".join([str(channels * self.multiplier), str(kernel), *kept, f"groups={channels}", "bias=false"])
        return f"conv({apart}) -> conv({', '.join([str(self.filters), '1', *changed_arguments(self, 'activation', 'bias')])})"

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*self.sliding().output(inputs[0]), self.filters)

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        rank, channels = len(inputs[0]) - 1, inputs[0][-1]
        apart = (*self.sliding().kernel_sizes(rank), channels, self.multiplier)
        mixing = (*(1,) * rank, channels * self.multiplier, self.filters)
        kernels = (
            Weight("depthwise_kernel", apart, drawn=OF_CHANNELS, prefix="depthwise"),
            Weight("pointwise_kernel", mixing, drawn=OF_FILTERS, prefix="pointwise"),
        )
        return (*kernels, Weight("bias", (self.filters,))) if self.bias else kernels

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        spatial, middle = product(self.sliding().output(inputs[0])), inputs[0][-1] * self.multiplier
        return spatial * middle * self.sliding().area(len(inputs[0]) - 1) + spatial * middle * self.filters

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        rank, output = len(inputs[0]) - 1, self.output(inputs)
        space, area, middle = product(output[:-1]), self.sliding().area(rank), inputs[0][-1] * self.multiplier
        depthwise = Operation(
            DEPTHWISE, product(inputs[0]), space * middle, space * middle * area, area, channels=middle,
            groups=inputs[0][-1], weights=area * middle, rank=rank, keeps=INPUT,
        )  # fmt: skip
        pointwise = Operation(
            CONVOLUTION, space * middle, product(output), space * middle * self.filters, middle, channels=self.filters,
            weights=middle * self.filters + self.filters * self.bias, bias=self.bias, rank=rank, keeps=INPUT,
        )  # fmt: skip
        activated = applied(self.activation, output)
        return (*self.sliding().pad_first(inputs[0], depthwise), pointwise, *activated)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return self.call_keras("SeparableConv", inputs)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_windows

        return torch_windows.convolve_apart(self, inputs[0], inputs[0][-1] * self.multiplier)
