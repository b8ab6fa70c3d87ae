"""Layers that act while training only: the dropouts, the noises, activity_regularization."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Unfit, argument, from_zero, natural, optional, rate, shape, share
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import INPUT, NOISE, NOTHING, Keeps, Operation
from cnnspec.layers.shape import Shape, needs_space, show_shape
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self

    from cnnspec.layers.torch_call import NoTorch, TorchCall


NOISE_SHAPE = argument(optional(shape), "where values are drawn apart; 1 on the other axes", None)
RATE = argument(rate, "share of the values that become 0", aliases=("p",))
SEED = argument(optional(natural), "of the random numbers", None)


def noise_problem(noise_shape: tuple[int, ...] | None, entering: Shape) -> Problem | None:
    """The problem of a noise shape that cannot be spread over the input."""
    if noise_shape is None:
        return None
    pairs = list(zip(noise_shape, entering, strict=False))
    if len(noise_shape) != len(entering) or any(noise not in (1, n) for noise, n in pairs):
        message = f"noise_shape {show_shape(noise_shape)} does not spread over {show_shape(entering)}"
        return Problem("E011", message, "noise_shape", "write 1, or the input's own size, for each axis")
    return None


def keras_noise(noise_shape: tuple[int, ...] | None) -> dict[str, Any]:
    """A noise shape as Keras takes it: with the batch, drawn apart for each example."""
    return {} if noise_shape is None else {"noise_shape": (None, *noise_shape)}


def drops_whole_examples(noise_shape: tuple[int, ...] | None) -> bool:
    """Whether all values of an example live or die together."""
    return noise_shape is not None and all(n == 1 for n in noise_shape)


class Spread(Layer):
    """A dropout with a noise shape, which Keras gives with the batch."""

    passes: ClassVar[bool] = True

    @classmethod
    def of_call(cls, call: KerasCall, **values: Any) -> Self:
        noise = call.arguments.get("noise_shape")
        if not isinstance(noise, (list, tuple)):
            return super().of_call(call, **values)
        if not noise or noise[0] is not None:
            raise Unfit("noise_shape must begin with None, so that every example is drawn apart")
        return super().of_call(call, noise_shape=from_saved(noise[1:], shape, "noise_shape"), **values)


class Dropout(Spread):
    """Dropout: while training, each value becomes 0 with probability rate, the others grow by 1/(1 - rate).

    The rate is the share that is dropped, not the share that is kept. Along an axis where noise_shape is 1, all
    values live or die together: dropout(0.2, noise_shape=1x1x1) drops whole examples, as stochastic depth does.
    """

    names: ClassVar[tuple[str, ...]] = ("dropout", "do")
    kind: ClassVar[str] = NOISE
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 128\ndense(64, relu) -> dropout(0.5)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 8x8x4\nadd(in, conv(4, 3x3, padding=same) -> dropout(0.2, noise_shape=1x1x1))",
    )

    rate: float = RATE
    noise_shape: tuple[int, ...] | None = NOISE_SHAPE
    seed: int | None = SEED

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self.replace(noise_shape=None) if inputs is not None and self.noise_shape == inputs[0] else self

    def drops(self) -> float:
        return 0 if drops_whole_examples(self.noise_shape) else self.rate

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return noise_problem(self.noise_shape, inputs[0])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        return (self.operation(inputs, keeps=NOTHING if self.noise_shape else Keeps(flags=1)),)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.rate == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        noise = keras_noise(self.noise_shape)
        return (KerasCall("Dropout", {"rate": self.rate, **noise, **self.keras_arguments("seed")}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_noise

        return torch_noise.drop(self.rate, self.noise_shape)


class SpatialDropout(Layer):
    """Spatial dropout: while training, whole channels become 0 with probability rate, the others grow by 1/(1 - rate).

    1-, 2- or 3-dimensional by its input.
    """

    passes: ClassVar[bool] = True
    names: ClassVar[tuple[str, ...]] = (
        "spatial_dropout",
        "spatialdropout1d",
        "spatialdropout2d",
        "spatialdropout3d",
        "spatialdropout",
    )
    kind: ClassVar[str] = NOISE
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> spatial_dropout(0.2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 9x4\nspatial_dropout(0.1)",
        "input 3x4x5x2\nspatial_dropout(0.1, seed=1)",
    )

    rate: float = RATE
    seed: int | None = SEED

    def drops(self) -> float:
        return self.rate

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, "spatial_dropout")

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.rate == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        name = f"SpatialDropout{len(inputs[0]) - 1}D"
        return (KerasCall(name, {"rate": self.rate, **self.keras_arguments("seed")}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import TorchCall

        return (TorchCall(f"Dropout{len(inputs[0]) - 1}d", {"p": self.rate}),)


class AlphaDropout(Spread):
    """Dropout that keeps mean and variance of its input; made for selu."""

    names: ClassVar[tuple[str, ...]] = ("alpha_dropout", "alphadropout")
    kind: ClassVar[str] = NOISE
    keeps: ClassVar[Keeps] = Keeps(inside=1)
    in_place: ClassVar[bool] = True
    keeps_moments: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 128\ndense(64, selu) -> alpha_dropout(0.1)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 8x8x4\nalpha_dropout(0.1, noise_shape=1x1x4)",)

    rate: float = RATE
    noise_shape: tuple[int, ...] | None = NOISE_SHAPE
    seed: int | None = SEED

    def drops(self) -> float:
        return 0 if drops_whole_examples(self.noise_shape) else self.rate

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return noise_problem(self.noise_shape, inputs[0])

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.rate == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        noise = keras_noise(self.noise_shape)
        return (KerasCall("AlphaDropout", {"rate": self.rate, **noise, **self.keras_arguments("seed")}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_noise

        return torch_noise.drop_to_alpha(self.rate, self.noise_shape)


class GaussianDropout(Layer):
    """While training, each value is multiplied by noise of mean 1 and variance rate/(1 - rate)."""

    passes: ClassVar[bool] = True
    names: ClassVar[tuple[str, ...]] = ("gaussian_dropout", "gaussiandropout")
    kind: ClassVar[str] = NOISE
    keeps: ClassVar[Keeps] = Keeps(inside=1)
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> gaussian_dropout(0.2)"

    rate: float = RATE
    seed: int | None = SEED

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.rate == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("GaussianDropout", {"rate": self.rate, **self.keras_arguments("seed")}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import KEEPS, TorchCall

        return (TorchCall("GaussianDropout", {"p": self.rate}, (), "", KEEPS),)


class GaussianNoise(Layer):
    """While training, noise of mean 0 is added to each value."""

    passes: ClassVar[bool] = True
    names: ClassVar[tuple[str, ...]] = ("gaussian_noise", "gaussiannoise")
    kind: ClassVar[str] = NOISE
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\ngaussian_noise(0.1) -> conv(8, 3x3)"

    stddev: float = argument(share, "standard deviation of the noise, at most 1", aliases=("std",))
    seed: int | None = SEED

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.stddev == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("GaussianNoise", {"stddev": self.stddev, **self.keras_arguments("seed")}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers.torch_call import KEEPS, TorchCall

        return (TorchCall("GaussianNoise", {"stddev": self.stddev}, (), "", KEEPS),)


class ActivityRegularization(Layer):
    """Its input as it is; while training, a penalty on its size is added to the loss: l1 |x| + l2 x^2, summed.

    For the output of any layer. conv, dense and their kin take activity_regularizer=l2(1e-4), which is the same.
    """

    passes: ClassVar[bool] = True
    names: ClassVar[tuple[str, ...]] = ("activity_regularization", "activityregularization")
    keeps: ClassVar[Keeps] = INPUT
    in_place: ClassVar[bool] = True
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> bn -> activity_regularization(l2=1e-4)"

    l1: float = argument(from_zero, "factor of the sum of absolute values", 0)
    l2: float = argument(from_zero, "factor of the sum of squares", 0)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return self.l1 == self.l2 == 0

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("ActivityRegularization", self.keras_arguments()),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        return ()
