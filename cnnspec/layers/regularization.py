"""Layers that act while training only: dropout, spatial_dropout."""

from __future__ import annotations

from cnnspec.layers.argument import argument, natural, optional, rate
from cnnspec.layers.base import KerasCall, Layer, Problem, Shape, needs_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

RATE = argument(rate, "share of the values that become 0", aliases=("p",))
SEED = argument(optional(natural), "of the random numbers", None)


class Dropout(Layer):
    """Dropout: while training, each value becomes 0 with probability rate, the others grow by 1/(1 - rate).

    The rate is the share that is dropped, not the share that is kept.
    """

    names: ClassVar[tuple[str, ...]] = ("dropout", "do")
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 128\ndense(64, relu) -> dropout(0.5)"

    rate: float = RATE
    seed: int | None = SEED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("Dropout", {"rate": self.rate, **self.given("seed")}),)


class SpatialDropout(Layer):
    """Spatial dropout: while training, whole channels become 0 with probability rate, the others grow by 1/(1 - rate).

    1-, 2- or 3-dimensional by its input.
    """

    names: ClassVar[tuple[str, ...]] = (
        "spatial_dropout",
        "spatialdropout1d",
        "spatialdropout2d",
        "spatialdropout3d",
        "spatialdropout",
    )
    in_place: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\nconv(8, 3x3) -> spatial_dropout(0.2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 9x4\nspatial_dropout(0.1)",
        "input 3x4x5x2\nspatial_dropout(0.1, seed=1)",
    )

    rate: float = RATE
    seed: int | None = SEED

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, "spatial_dropout")

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        name = f"SpatialDropout{len(inputs[0]) - 1}D"
        return (KerasCall(name, {"rate": self.rate, **self.given("seed")}),)
