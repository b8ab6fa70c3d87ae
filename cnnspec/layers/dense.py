"""Dense: every output is a weighted sum of all channels."""

from __future__ import annotations

from cnnspec.layers.activation import applied
from cnnspec.layers.argument import Term, argument, count
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.convolution_base import (
    ACTIVATION,
    ACTIVITY_REGULARIZER,
    BIAS,
    BIAS_INITIALIZER,
    CONSTRAINT,
    KERNEL_INITIALIZER,
    REGULARIZER,
    kernel_and_bias,
)
from cnnspec.layers.operation import INPUT, PRODUCT, Operation
from cnnspec.layers.shape import Shape, product
from cnnspec.layers.spectral import SPECTRAL_NORM, spectral
from cnnspec.layers.weight import BIAS_VALUES, OF_UNITS, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import TorchCall
    from cnnspec.layers.weight import Values


class Dense(Layer):
    """Fully connected layer: units sums, each over all channels of its input.

    On a map it acts at every position alone, as a 1x1 convolution does. Parameters: (Cin + 1) * units.
    """

    channels_from: ClassVar[str] = "units"
    names: ClassVar[tuple[str, ...]] = ("dense", "fc", "fullyconnected", "fully_connected", "linear_layer")
    example: ClassVar[str] = "input 9216\ndense(128, relu)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 5x4x6\ndense(3, bias=false, kernel_constraint=max_norm(2))",
        "input 6\ndense(3, spectral_norm=2) as judge",
    )
    counted: ClassVar[str] = "Cin for each output value"

    units: int = argument(count, "number of outputs", aliases=("filters", "features"))
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
    kernel_values: Values | None = values("the factors: for each unit one for each of its inputs")
    bias_values: Values | None = BIAS_VALUES

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*inputs[0][:-1], self.units)

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        units = Weight("kernel", (inputs[0][-1], self.units), drawn=OF_UNITS)
        return kernel_and_bias(units, self.units, self.bias, self.spectral_norm)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim:
        return product(inputs[0]) * self.units

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        work = self.operation(
            inputs, kind=PRODUCT, macs=self.macs(inputs), taps=inputs[0][-1], channels=self.units, bias=self.bias,
            keeps=INPUT,
        )  # fmt: skip
        return (work, *applied(self.activation, self.output(inputs)))

    def ends_in(self) -> str | None:
        return self.activation or "linear"

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (spectral(KerasCall("Dense", self.keras_arguments() | self.keras_values(inputs)), self.spectral_norm),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_windows

        return torch_windows.weigh(self, inputs[0])
