"""Tensors side by side along an axis of their own: stack."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.agreement import may_agree
from cnnspec.layers.argument import argument, integer
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.merging import simplest
from cnnspec.layers.shape import Shape, show_shape
from cnnspec.layers.window import UNTRACED, Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from cnnspec.base.size import Dim
    from cnnspec.layers.torch_call import TorchCall


class Stack(Layer):
    """Tensors of one shape side by side along a new axis, the last unless given; axes count the batch as 0, as in Keras."""

    names: ClassVar[tuple[str, ...]] = ("stack",)
    merges: ClassVar[bool] = True
    most_calls: ClassVar[int] = 2
    becomes: ClassVar[tuple[str, ...]] = ("ops.stack",)
    example: ClassVar[str] = "input 8x8x4\nstack(in, relu, axis=1)"
    more_examples: ClassVar[tuple[str, ...]] = ("input 5\nstack(in, dense(5), dense(5))",)

    axis: int = argument(integer, "the new axis, as the output counts it", -1, "-")

    def _place(self, rank: int) -> int:
        """The new axis among those of the output, from 0 without the batch."""
        return self.axis - 1 if self.axis > 0 else self.axis + rank + 1

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if len(inputs) < 2:
            message = f"stack takes at least 2 tensors, got {len(inputs)}"
            return Problem("E011", message, help="write stack(in, …), with one branch an argument")
        first = inputs[0]
        if not 0 <= self._place(len(first)) <= len(first) or self.axis == 0:
            message = f"axis {self.axis} cannot be: a stack of {show_shape(first)} has axes 1 to {len(first) + 1}"
            return Problem("E011", message, "axis", "-1 is the last")
        for number, other in enumerate(inputs[1:], 2):
            if len(first) != len(other) or not all([may_agree(x, y) for x, y in zip(first, other, strict=True)]):
                message = f"stack of {show_shape(first)} and {show_shape(other)}: the shapes differ"
                return Problem("E102", message, f"#{number}", "bring both to one shape")
        return None

    def agreements(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Dim, Dim], ...]:
        return tuple([(column[0], other) for column in zip(*inputs, strict=True) for other in column[1:]])

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        sizes = [simplest(list(column)) for column in zip(*inputs, strict=True)]
        place = self._place(len(sizes))
        return (*sizes[:place], len(inputs), *sizes[place:])

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        return self if inputs is None else self.replace(axis=self._place(len(inputs[0])) + 1)

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return UNTRACED

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall("ops.stack", {"axis": self._place(len(inputs[0])) + 1}, "stack"), KerasCall("Identity", {}))

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_reshaping

        rank = len(inputs[0])
        return torch_reshaping.stack(self._place(rank), rank)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        return cls(calls[0].arguments["axis"]) if calls[0].name == "ops.stack" else None
