"""Functions of every value that are no activations: power, abs; and gelu by its approximation."""

from __future__ import annotations

from cnnspec.layers.argument import argument, number
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import INPUT, Keeps
from cnnspec.layers.shape import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import TorchCall


class ValueFunction(Layer):
    """What the layers here have in common: each becomes a function of keras.ops, with an Identity behind it for the name."""

    in_place: ClassVar[bool] = True
    most_calls: ClassVar[int] = 2
    keeps: ClassVar[Keeps] = INPUT

    def function_call(self) -> KerasCall:
        raise NotImplementedError(type(self).__name__)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (self.function_call(), KerasCall("Identity", {}))


class Power(ValueFunction):
    """Every value to a power; square, sqrt and reciprocal are power(2), power(0.5) and power(-1)."""

    names: ClassVar[tuple[str, ...]] = ("power", "pow", "square", "sqrt", "reciprocal")
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "square": {"exponent": 2}, "sqrt": {"exponent": 0.5}, "reciprocal": {"exponent": -1},
    }  # fmt: skip
    becomes: ClassVar[tuple[str, ...]] = ("ops.power",)
    kind: ClassVar[str] = "power"
    example: ClassVar[str] = "input 8x8x4\nrelu -> power(3)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 6x4\nsquare -> rescaling(1, offset=1) -> sqrt -> reciprocal",)

    exponent: float = argument(number, "the power", keras="-")

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.exponent == 1

    def function_call(self) -> KerasCall:
        return KerasCall("ops.power", {"x2": self.exponent}, "power")

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import KEEPS, TorchCall

        return (TorchCall("torch.pow", {"exponent": self.exponent}, (), "", KEEPS),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls(calls[0].arguments["x2"]) if calls[0].name == "ops.power" else None


class Abs(ValueFunction):
    """Absolute value: |x|."""

    names: ClassVar[tuple[str, ...]] = ("abs", "absolute")
    becomes: ClassVar[tuple[str, ...]] = ("ops.abs",)
    kind: ClassVar[str] = "abs"
    example: ClassVar[str] = "input 8x8x4\nabs"

    def function_call(self) -> KerasCall:
        return KerasCall("ops.abs", {}, "abs")

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import KEEPS, TorchCall

        return (TorchCall("torch.abs", {}, (), "", KEEPS),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls() if calls[0].name == "ops.abs" else None


class TanhGelu(ValueFunction):
    """gelu by its approximation with tanh: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).

    It differs from gelu by less than 0.0005. PyTorch's GELU(approximate="tanh"), as in the first implementations.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
    """

    names: ClassVar[tuple[str, ...]] = ("gelu_tanh", "gelutanh", "approximate_gelu")
    becomes: ClassVar[tuple[str, ...]] = ("ops.gelu",)
    kind: ClassVar[str] = "gelu"
    keeps: ClassVar[Keeps] = Keeps(input=True, inside=4)
    example: ClassVar[str] = "input 8x8x4\nconv(8, 3x3) -> gelu_tanh"

    def ends_in(self) -> str | None:
        return "gelu"

    def function_call(self) -> KerasCall:
        return KerasCall("ops.gelu", {"approximate": True}, "gelu")

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import KEEPS, TorchCall

        return (TorchCall("GELU", {"approximate": "tanh"}, (), "", KEEPS),)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls() if calls[0].name == "ops.gelu" else None
