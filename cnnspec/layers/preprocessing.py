"""Layers that prepare an input: rescaling, normalization, embedding."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import Term, Unfit, argument, count, flag, number, optional, same_on_every_axis
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Weight
from cnnspec.layers.operation import INPUT, SCALING, Keeps
from cnnspec.layers.shape import Shape, show_shape
from cnnspec.layers.spectral import SPECTRAL_NORM, spectral, with_vector
from cnnspec.layers.weight import ONES, ZEROS, values
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import NoTorch, TorchCall
    from cnnspec.layers.weight import Values
    from cnnspec.layers.window import Reach


def per_channel(value: Any) -> tuple[float, ...]:
    """A number for each channel: [0.5, 0.5, 0.5]; one number stands for one channel."""
    if isinstance(value, (list, tuple)):
        if not value:
            raise Unfit("a number for each channel")
        return tuple([number(v) for v in value])
    return (number(value),)


def number_or_channels(value: Any) -> Any:
    """A number, or a list of one for each channel: 1/255, [0.5, 0.5, 0.5]."""
    return per_channel(value) if isinstance(value, (list, tuple)) else number(value)


def figures_problem(layer: Layer, inputs: tuple[Shape, ...], *names: str) -> Problem | None:
    """The problem of a list of figures that has not one for each channel."""
    for name in names:
        given = getattr(layer, name)
        if isinstance(given, tuple) and len(given) != inputs[0][-1]:
            numbers, channels = f"number{'s' * (len(given) != 1)}", f"channel{'s' * (inputs[0][-1] != 1)}"
            message = f"{name} has {len(given)} {numbers}, {show_shape(inputs[0])} has {inputs[0][-1]} {channels}"
            return Problem("E011", message, name, "give one for each channel")
    return None


def listed(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as Keras takes them: a list for a tuple."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}


class Rescaling(Layer):
    """x * scale + offset: rescaling(1/255) brings pixels to 0 … 1. Either may be a list with a number for each channel."""

    names: ClassVar[tuple[str, ...]] = ("rescaling", "rescale")
    kind: ClassVar[str] = SCALING
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x1\nrescaling(1/255)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 5x5x3\nrescaling(2/255, offset=-1)",
        "input 5x5x3\nrescaling([0.5, 1, 2], offset=[0, 1, 0])",
    )

    scale: Any = argument(number_or_channels, "factor")
    offset: Any = argument(number_or_channels, "added after scaling", 0)

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self.replace(scale=same_on_every_axis(self.scale), offset=same_on_every_axis(self.offset))

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return figures_problem(self, inputs, "scale", "offset")

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Rescaling", listed({"scale": self.scale, **self.keras_arguments("offset")})),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_preprocessing

        return torch_preprocessing.rescale(self.scale, self.offset, len(inputs[0]))


class Normalization(Layer):
    """(x - mean) / sqrt(variance) with given figures of each channel, as ImageNet's recipes have it.

    Without figures it has them as frozen parameters, which Keras's adapt() gathers from the data before training:
    mean and variance of each channel, and the count of examples. For figures that are gathered while training, see bn.
    """

    names: ClassVar[tuple[str, ...]] = ("normalization", "normalize")
    kind: ClassVar[str] = SCALING
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nnormalization(mean=[0.485, 0.456, 0.406], variance=[0.052, 0.05, 0.051])"
    more_examples: ClassVar[tuple[str, ...]] = ("input 8x8x3\nrescaling(1/255) -> normalization",)

    mean: tuple[float, ...] | None = argument(optional(per_channel), "of each channel", None)
    variance: tuple[float, ...] | None = argument(optional(per_channel), "of each channel", None)
    invert: bool = argument(flag, "whether it is undone instead", False)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if (self.mean is None) != (self.variance is None):
            missing = "mean" if self.mean is None else "variance"
            return Problem("E011", f"normalization has no {missing}", help="give mean and variance, or neither")
        return figures_problem(self, inputs, "mean", "variance")

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        channels = inputs[0][-1:]
        return (
            Weight("mean", channels, False, begins=ZEROS),
            Weight("variance", channels, False, begins=ONES),
            Weight("count", (), False, begins=ZEROS),
        )

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Normalization", listed(self.keras_arguments())),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_preprocessing

        return torch_preprocessing.normalise(self.mean, self.variance, self.invert, inputs[0])


class Embedding(Layer):
    """A learned vector for each word number: a text of L numbers becomes Lxdim, ready for 1-D convolutions.

    Parameters: words * dim.
    """

    names: ClassVar[tuple[str, ...]] = ("embedding",)
    indexes: ClassVar[bool] = True
    example: ClassVar[str] = (
        "input 100\nembedding(5000, 64) -> conv(32, 5, activation=relu) -> gmp -> dense(2, softmax)"
    )

    keeps: ClassVar[Keeps] = INPUT

    words: int = argument(count, "how many different numbers there are", keras="input_dim")
    dim: int = argument(count, "length of a vector", keras="output_dim")
    embeddings_initializer: Term = argument(
        initializer, "how the vectors begin", Term("RandomUniform", module="initializers")
    )
    embeddings_regularizer: Term | None = argument(optional(regularizer), "penalty on the vectors", None)
    embeddings_constraint: Term | None = argument(optional(constraint), "projection of the vectors", None)
    mask_zero: bool = argument(flag, "whether 0 marks what is no word", False)
    spectral_norm: int | None = SPECTRAL_NORM
    trainable: bool = TRAINABLE
    embeddings_values: Values | None = values("the vectors, one for each word number")

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*inputs[0], self.dim)

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return with_vector((Weight("embeddings", (self.words, self.dim)),), self.spectral_norm)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (
            spectral(KerasCall("Embedding", self.keras_arguments() | self.keras_values(inputs)), self.spectral_norm),
        )

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_preprocessing

        return torch_preprocessing.embed(self, inputs[0])
