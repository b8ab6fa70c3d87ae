"""Layers that prepare an input: rescaling, normalization, embedding."""

from __future__ import annotations

from cnnspec.layers.argument import Term, Unfit, argument, count, flag, number, optional
from cnnspec.layers.base import TRAINABLE, KerasCall, Layer, Problem, Shape, Weight, show_shape
from cnnspec.layers.spectral import SPECTRAL_NORM, spectral, with_vector
from cnnspec.layers.words import constraint, initializer, regularizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.window import Reach


def per_channel(value: Any) -> tuple[float, ...]:
    """A number for each channel: [0.5, 0.5, 0.5]; one number stands for one channel."""
    if isinstance(value, (list, tuple)):
        if not value:
            raise Unfit("a number for each channel")
        return tuple([number(v) for v in value])
    return (number(value),)


class Rescaling(Layer):
    """x * scale + offset: rescaling(1/255) brings pixels to 0 … 1."""

    names: ClassVar[tuple[str, ...]] = ("rescaling", "rescale")
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x1\nrescaling(1/255)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 5x5x3\nrescaling(2/255, offset=-1)",)

    scale: float = argument(number, "factor")
    offset: float = argument(number, "added after scaling", 0)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Rescaling", {"scale": self.scale, **self.given("offset")}),)


class Normalization(Layer):
    """(x - mean) / sqrt(variance) with given figures of each channel, as ImageNet's recipes have it.

    For figures that are gathered while training, see bn.
    """

    names: ClassVar[tuple[str, ...]] = ("normalization", "normalize")
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nnormalization(mean=[0.485, 0.456, 0.406], variance=[0.052, 0.05, 0.051])"

    mean: tuple[float, ...] = argument(per_channel, "of each channel")
    variance: tuple[float, ...] = argument(per_channel, "of each channel")
    invert: bool = argument(flag, "whether it is undone instead", False)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        for name in ("mean", "variance"):
            given = getattr(self, name)
            if len(given) != inputs[0][-1]:
                message = f"{name} has {len(given)} numbers, {show_shape(inputs[0])} has {inputs[0][-1]} channels"
                return Problem("E011", message, name, "give one for each channel")
        return None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        figures = {"mean": list(self.mean), "variance": list(self.variance)}
        return (KerasCall("Normalization", {**figures, **self.given("invert")}),)


class Embedding(Layer):
    """A learned vector for each word number: a text of L numbers becomes Lxdim, ready for 1-D convolutions.

    Parameters: words * dim.
    """

    names: ClassVar[tuple[str, ...]] = ("embedding",)
    indexes: ClassVar[bool] = True
    example: ClassVar[str] = (
        "input 100\nembedding(5000, 64) -> conv(32, 5, activation=relu) -> gmp -> dense(2, softmax)"
    )

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

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*inputs[0], self.dim)

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return with_vector((Weight("embeddings", (self.words, self.dim)),), self.spectral_norm)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (spectral(KerasCall("Embedding", self.given()), self.spectral_norm),)
