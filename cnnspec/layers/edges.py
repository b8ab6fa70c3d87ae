"""Layers that add to the sides of a map or cut them off: pad, crop."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem, Remedy
from cnnspec.layers.argument import AXES, Unfit, argument, choice, natural, number, padding, same_on_every_axis, show
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.shape import Shape, needs_space, per_axis_problem, write_remedies
from cnnspec.layers.sliding_window import keras_padding
from cnnspec.layers.window import UNTRACED, Reach, along, halved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import NoTorch, TorchCall


def both_ends(value: Any) -> int | tuple[int, int]:
    """A number, or one before and one behind: (0, 8)."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise Unfit("a number, or one before and one behind")
        return natural(value[0]), natural(value[1])
    return natural(value)


AXES.add(both_ends)  # a pair, which is no shape


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

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        alone = isinstance(self.amount, tuple) and len(self.amount) == 1  # of one axis: ((0, 1),) is (0, 1)
        return super(_Edge, self.replace(amount=self.amount[0]) if alone else self).canonical(inputs)

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        amount = tuple([halved(sum(sides)) for sides in self.sides(len(inputs[0]) - 1)])
        return (self.replace(amount=same_on_every_axis(amount)),)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return not any([any(sides) for sides in self.sides(len(inputs[0]) - 1)])


class Pad(_Edge):
    """Zeros around the map: pad(1), pad(1x2) for each axis, pad(((1, 2), (3, 4))) for each side.

    mode=constant has another number than 0 there. Channels of zeros are added with channels=8, or channels=(0, 8) before and
    behind, as for the shortcuts of a ResNet whose depth grows without a convolution.

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
        "input 8x9x3\npad(1x2, mode=constant, value=-1)",
        "input 8x9x3\nadd(pad(0, channels=(2, 3)), conv(8, 1x1))",
    )
    most_calls: ClassVar[int] = 2
    word: ClassVar[str] = "pad"

    amount: Any = argument(padding(), "rows and columns on every side", 1, "padding", ("padding",))
    mode: str = argument(
        choice("zeros", "constant", "reflect", "symmetric", "edge", "circular"), "what they hold", "zeros", "-"
    )
    value: float = argument(number, "the number that they hold with mode=constant", 0, "-")
    channels: Any = argument(both_ends, "channels before and behind", 0, "-")

    @property
    def plain(self) -> bool:
        """Whether it is of zeros around the map alone, which layers behind it may take for their own padding."""
        return self.mode == "zeros" and self.ends() == (0, 0)

    def ends(self) -> tuple[int, int]:
        """The channels before and behind."""
        before, behind = self.channels if isinstance(self.channels, tuple) else (self.channels, self.channels)
        return before, behind

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        zeros = self.mode == "constant" and self.value == 0
        return super(Pad, self.replace(mode="zeros") if zeros else self).canonical(inputs)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return super().idle(inputs) and self.ends() == (0, 0)

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := super().problem(inputs):
            return found
        if self.value != 0 and self.mode != "constant":
            message = f"value={show(self.value)} says nothing with mode={self.mode}"
            return Problem("E011", message, "value", "write mode=constant", None, (Remedy((("mode", "constant"),)),))
        if self.ends() != (0, 0) and self.mode not in ("zeros", "constant"):
            message = f"channels are added with numbers alone, not with mode={self.mode}"
            return Problem("E011", message, "channels", "write mode=zeros, or leave the channels as they are")
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
        return self.amount if self.plain else None

    def joined(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        sides = tuple(self.sides(len(inputs[0]) - 1))
        return behind.behind_zeros(sides, inputs) if self.plain else None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        sides = [*self.sides(len(inputs[0]) - 1), self.ends()]
        return tuple([n + sum(s) for n, s in zip(inputs[0], sides, strict=True)])

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        if self.mode not in ("zeros", "constant") and not self.idle(
            inputs
        ):  # the cells at the sides read positions inside
            return UNTRACED
        return tuple([Reach(1, 1, -before, -before) for before, _ in self.sides(len(inputs[0]) - 1)])

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        if not self.plain:
            how: dict[str, Any] = {"mode": "constant" if self.mode == "zeros" else self.mode}
            how |= {"constant_values": self.value} if self.mode == "constant" else {}
            widths = ((0, 0), *self.sides(rank), self.ends())
            return (KerasCall("ops.pad", {"pad_width": widths, **how}, "pad"), KerasCall("Identity", {}))
        return (KerasCall(f"ZeroPadding{rank}D", {"padding": keras_padding(self._amount(rank), rank)}),)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_windows

        sides = tuple(self.sides(len(inputs[0]) - 1))
        return torch_windows.pad_around(sides, self.ends(), self.mode, self.value)

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        if calls[0].name != "ops.pad":
            return super().from_keras(calls, inputs)
        given = calls[0].arguments
        mode, widths, value = given.get("mode", "constant"), given["pad_width"], given.get("constant_values", 0)
        if mode not in ("constant", "reflect", "symmetric") or len(widths) != len(inputs[0]) + 1 or any(widths[0]):
            return None
        amount, ends = same_on_every_axis(tuple([tuple(sides) for sides in widths[1:-1]])), tuple(widths[-1])
        mode = "zeros" if mode == "constant" and "constant_values" not in given else mode
        return cls(amount, mode, value, same_on_every_axis(ends))


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
