"""Layers that add to the sides of a map or cut them off: pad, crop."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, choice, padding, same_on_every_axis
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.shape import Shape, needs_space, per_axis_problem, write_remedies
from cnnspec.layers.sliding_window import keras_padding
from cnnspec.layers.window import UNTRACED, Reach, along, halved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import NoTorch, TorchCall


class _Edge(Layer):
    """What pad and crop have in common."""

    spreads: ClassVar[tuple[str, ...]] = ("amount",)
    word: ClassVar[str]
    if TYPE_CHECKING:  # a field of the subclasses
        amount: Any

    def _amount(self, rank: int) -> Any:
        """The amount; on one axis, two numbers are its two sides, as in Keras's 1-D layers."""
        one_axis = rank == 1 and isinstance(self.amount, tuple) and len(self.amount) == 2
        return (self.amount,) if one_axis and isinstance(self.amount[0], int) else self.amount

    def sides(self, rank: int) -> list[tuple[int, int]]:
        amounts = [along(self._amount(rank), rank, axis) for axis in range(rank)]
        return [a if isinstance(a, tuple) else (a, a) for a in amounts]

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, self.word):
            return found
        return per_axis_problem({"amount": self._amount(len(inputs[0]) - 1)}, inputs[0])

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        amount = tuple([halved(sum(sides)) for sides in self.sides(len(inputs[0]) - 1)])
        return (self.replace(amount=same_on_every_axis(amount)),)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return not any([any(sides) for sides in self.sides(len(inputs[0]) - 1)])


class Pad(_Edge):
    """Zeros around the map: pad(1), pad(1x2) for each axis, pad(((1, 2), (3, 4))) for each side.

    Or what lies inside: reflect mirrors the map at its border cells (3 2 | 1 2 3), symmetric behind them (2 1 | 1 2 3), edge
    repeats them (1 1 | 1 2 3), circular goes on at the other side (2 3 | 1 2 3). Keras has no edge and no circular.
    """

    becomes: ClassVar[tuple[str, ...]] = ("ops.pad",)
    names: ClassVar[tuple[str, ...]] = (
        "pad",
        "zeropadding1d",
        "zeropadding2d",
        "zeropadding3d",
        "zeropadding",
        "zero_pad",
    )
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\npad(1)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 8x9x3\npad(((0, 1), (2, 3)))",
        "input 8x3\npad(2) -> pad((1, 2))",
        "input 3x4x5x2\npad(1x2x0)",
        "input 8x9x3\npad(2, mode=reflect)",
        "input 8x9x3\npad(((0, 1), (2, 3)), mode=symmetric)",
        "input 8x9x3\npad(1, mode=edge) -> conv(4, 3x3)",
    )
    most_calls: ClassVar[int] = 2
    word: ClassVar[str] = "pad"

    amount: Any = argument(padding(), "rows and columns on every side", 1, "padding", ("padding",))
    mode: str = argument(choice("zeros", "reflect", "symmetric", "edge", "circular"), "what they hold", "zeros", "-")

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := super().problem(inputs):
            return found
        spare = {"reflect": 1, "symmetric": 0, "circular": 0}.get(self.mode)
        for n, amounts in zip(inputs[0], self.sides(len(inputs[0]) - 1), strict=False):
            if spare is not None and isinstance(n, int) and max(amounts) > n - spare:
                message = f"a padding of {max(amounts)} with mode={self.mode} takes more than the {n} positions that there are"
                return Problem("E101", message, "amount", f"pad {n - spare} at most, or with zeros")
        return None

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.mode not in ("edge", "circular"):
            return None
        message = f"pad with mode={self.mode} becomes no Keras layer: TensorFlow has none such"
        remedies = self.find_remedies(inputs, {"mode": "symmetric"}, {"mode": "zeros"})
        return Problem("E116", message, "mode", write_remedies(remedies), None, remedies)

    def zeros_around(self) -> Any:
        return self.amount if self.mode == "zeros" else None

    def joined(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        sides = tuple(self.sides(len(inputs[0]) - 1))
        return behind.behind_zeros(sides, inputs) if self.mode == "zeros" else None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rank = len(inputs[0]) - 1
        return (*[n + sum(s) for n, s in zip(inputs[0], self.sides(rank), strict=False)], inputs[0][-1])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        if self.mode != "zeros" and not self.idle(inputs):  # the cells at the sides read positions inside
            return UNTRACED
        return tuple([Reach(1, 1, -before, -before) for before, _ in self.sides(len(inputs[0]) - 1)])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        if self.mode != "zeros":
            widths = ((0, 0), *self.sides(rank), (0, 0))
            return (KerasCall("ops.pad", {"pad_width": widths, "mode": self.mode}, "pad"), KerasCall("Identity", {}))
        return (KerasCall(f"ZeroPadding{rank}D", {"padding": keras_padding(self._amount(rank), rank)}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_windows

        return torch_windows.pad_around(tuple(self.sides(len(inputs[0]) - 1)), self.mode)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        if calls[0].name != "ops.pad":
            return super().from_keras(calls, inputs)
        mode, widths = calls[0].arguments.get("mode"), calls[0].arguments["pad_width"]
        return (
            cls(same_on_every_axis(tuple([tuple(sides) for sides in widths[1:-1]])), mode)
            if mode in ("reflect", "symmetric")
            else None
        )


class Crop(_Edge):
    """Rows and columns cut off: crop(1), crop(1x2) for each axis, crop(((1, 2), (3, 4))) for each side."""

    names: ClassVar[tuple[str, ...]] = ("crop", "cropping1d", "cropping2d", "cropping3d", "cropping")
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x3\ncrop(2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 8x9x3\ncrop(((0, 1), (2, 3)))",
        "input 8x3\ncrop(2) -> crop((1, 2))",
        "input 6x7x5x2\ncrop(1x2x0)",
    )
    word: ClassVar[str] = "crop"

    amount: Any = argument(padding(), "rows and columns on every side", 1, "cropping", ("cropping",))

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := super().problem(inputs):
            return found
        for n, cut in zip(inputs[0], self.sides(len(inputs[0]) - 1), strict=False):
            if isinstance(n, int) and n <= sum(cut):
                return Problem(
                    "E101", f"crop cuts {sum(cut)} of {n} position{'s' * (n != 1)}", "amount", "cut off less"
                )
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        rank = len(inputs[0]) - 1
        return (*[n - sum(s) for n, s in zip(inputs[0], self.sides(rank), strict=False)], inputs[0][-1])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return tuple([Reach(1, 1, before, before) for before, _ in self.sides(len(inputs[0]) - 1)])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        return (KerasCall(f"Cropping{rank}D", {"cropping": keras_padding(self._amount(rank), rank)}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_windows

        return torch_windows.cut_off(tuple(self.sides(len(inputs[0]) - 1)))
