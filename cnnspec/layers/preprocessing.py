"""Layers that prepare an input: rescaling."""

from __future__ import annotations

from cnnspec.layers.argument import argument, number
from cnnspec.layers.base import KerasCall, Layer, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


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
