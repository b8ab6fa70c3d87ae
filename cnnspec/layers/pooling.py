"""Pooling: maxpool, avgpool."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, flag, padding, per_axis, same_on_every_axis, show
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import AVERAGE_POOL, BOTH, MAX_POOL, Keeps
from cnnspec.layers.pooling_base import CEIL, KERNEL, STRIDE, Pool
from cnnspec.layers.shape import Shape, show_shape, write_remedies
from cnnspec.layers.sliding_window import SlidingWindow, keras_padding
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.layers.torch_call import NoTorch, TorchCall
    from cnnspec.layers.window import Window


class MaxPool(Pool):
    """Maximum of each window.

    1-, 2- or 3-dimensional by its input. The stride is the kernel's size unless given. Padding never wins: it counts
    as minus infinity, also where it is given as a number. padding=same rounds sizes up (7 -> 4), valid down (7 -> 3)
    unless ceil=true: then a last window may hang over the edge (7 -> 4), as with PyTorch's ceil_mode.
    """

    names: ClassVar[tuple[str, ...]] = (
        "maxpool", "pool", "maxpooling1d", "maxpooling2d", "maxpooling3d", "maxpool1d", "maxpool2d", "maxpool3d", "maxpooling", "max_pool",
    )  # fmt: skip
    example: ClassVar[str] = "input 28x28x8\nmaxpool(2x2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 15x14x3\nmaxpool(3x3, stride=2, padding=same)",
        "input 15x14x3\nmaxpool(3x3, stride=2, padding=1)",
        "input 15x3\nmaxpool(2, stride=1)",
        "input 9x8x7x2\nmaxpool(2)",
        "input 7x8x3\nmaxpool(3x2, stride=2, padding=1x0, ceil=true)",
        "input 15x14x3\nmaxpool(3x3, stride=2, dilation=2)",
    )
    kind: ClassVar[str] = MAX_POOL
    keeps: ClassVar[Keeps] = BOTH
    takes_largest: ClassVar[bool] = True

    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = argument(
        padding("valid", "same"), "cells around the input that never win", "valid", "-", ("pad", "p")
    )
    ceil: bool = CEIL
    dilation: Any = argument(per_axis(1), "distance between two cells of the window", 1, "-", ("d",))

    def sliding(self) -> SlidingWindow:
        return super().sliding().replace(dilation=self.dilation)

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if same_on_every_axis(self.dilation) == 1:
            return None
        message = f"maxpool with dilation {show(self.dilation)} becomes no Keras layer: Keras's pools have none"
        remedies = self.find_remedies(inputs, {"dilation": 1})
        return Problem("E116", message, "dilation", write_remedies(remedies), None, remedies)

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        call = KerasCall(f"MaxPooling{rank}D", {"pool_size": self.kernel, **self.keras_arguments("stride")})
        if self.padding == "same":
            return self.sliding().pad_call(call, rank)
        pairs = self.sliding().borders(inputs[0])
        if not any(map(any, pairs)):
            return (call,)
        widths = ((0, 0), *pairs, (0, 0))
        return (KerasCall("ops.pad", {"pad_width": widths, "constant_values": float("-inf")}, "pad"), call)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...]:
        from cnnspec.layers import torch_windows

        return torch_windows.take_largest(self.sliding(), inputs[0])

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; cells of minus infinity before it are its numeric padding."""
        *before, call = calls
        if not before:
            return super().from_keras(calls, inputs)
        if not cls.called(call) or before[0].name != "ops.pad" or call.arguments.get("padding") != "valid":
            return None
        sides = before[0].arguments.get("pad_width", ())[1:-1]
        made = cls.of_call(call, padding=from_saved(sides, padding(), "pad_width", per_axis=True))
        return made if made.sliding().is_even(inputs[0]) else made.rounded_up(inputs)


class AvgPool(Pool):
    """Mean of each window.

    1-, 2- or 3-dimensional by its input. The stride is the kernel's size unless given. With padding=same the padding
    is left out of the mean, as in TensorFlow; a numeric padding is zeros that count, as in PyTorch's default, unless
    count_padding=false. With ceil=true a last window may hang over the edge (7 -> 4); the cells that hang over do not count, as in PyTorch. In
    Keras that is padding=same where this is the same, else a Rescaling behind the pool, which needs a known size; so is a mean
    that leaves out its padding.
    """

    names: ClassVar[tuple[str, ...]] = (
        "avgpool", "averagepooling1d", "averagepooling2d", "averagepooling3d", "avgpool1d", "avgpool2d", "avgpool3d", "averagepooling", "avg_pool",
    )  # fmt: skip
    affine: ClassVar[bool] = True
    example: ClassVar[str] = "input 28x28x8\navgpool(2x2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 15x14x3\navgpool(3x3, stride=1, padding=same)",
        "input 15x14x3\navgpool(3x3, stride=2, padding=1)",
        "input 9x2\navgpool(2)",
        "input 9x8x7x2\navgpool(3, padding=1)",
        "input 7x9x3\navgpool(2x2, ceil=true)",
        "input 8x9x3\navgpool(3x4, stride=3, padding=1, ceil=true)",
        "input 9x8x3\navgpool(3x3, stride=2, padding=1, count_padding=false)",
        "input 8x3\navgpool(4, stride=3, padding=1, ceil=true, count_padding=false)",
    )
    kind: ClassVar[str] = AVERAGE_POOL
    zeros: ClassVar[bool] = False  # those of a number count, those of same do not
    most_calls: ClassVar[int] = 5

    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = argument(padding("valid", "same"), "zeros around the input", "valid", "-", ("pad", "p"))
    ceil: bool = CEIL
    count_padding: bool = argument(flag, "whether zeros of a numeric padding count", True, "-", ("count_include_pad",))

    def _leaves_out_zeros(self) -> bool:
        return not self.count_padding and not isinstance(self.padding, str) and self.padding != 0

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """With a padding that does not count only where there is one, and no word means the same."""
        made = self
        if not self._leaves_out_zeros():
            made = self.replace(count_padding=True)
        elif self.sliding().is_same() and not self.ceil:
            made = self.replace(padding="same", count_padding=True)
        return super(AvgPool, made).canonical(inputs)

    def behind_zeros(self, padding: Any, inputs: tuple[Shape, ...]) -> Layer | None:
        return (
            None
            if self._leaves_out_zeros()
            else super(AvgPool, self.replace(count_padding=True)).behind_zeros(padding, inputs)
        )

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if (
            self._leaves_out_zeros()
            and not self.sliding().is_same()
            and not all([isinstance(n, int) for n in inputs[0]])
        ):
            message = f"avgpool with count_padding=false on {show_shape(inputs[0])} becomes no Keras layer: how many cells its windows count depends on the size"
            return Problem("E116", message, "count_padding", "give the input a size, or let the padding count")
        overhangs = (
            [self.sliding().overhang(inputs[0], axis) for axis in range(len(inputs[0]) - 1)] if self.ceil else []
        )
        if not all([isinstance(over, int) for over in overhangs]) and not self.sliding().same_is_ceil(inputs[0]):
            message = f"avgpool with ceil=true on {show_shape(inputs[0])} becomes no Keras layer: how many cells its last windows count depends on the size"
            return Problem("E116", message, "ceil", "give the input a size, use kernel=2, or round down")
        return None

    def leaves_out_padding(self, inputs: tuple[Shape, ...]) -> bool:
        return (self.padding == "same" or self._leaves_out_zeros()) and any(
            [w.before != 0 or w.after != 0 for w in self.windows(inputs)]
        )

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        call = KerasCall(f"AveragePooling{rank}D", {"pool_size": self.kernel, **self.keras_arguments("stride")})
        if self._leaves_out_zeros():
            if self.sliding().is_same() and not self.ceil:
                return (call.replace(arguments={**call.arguments, "padding": "same"}),)
            return self._counted(call, inputs)
        if not self.ceil:
            return self.sliding().pad_call(call, rank)
        if self.sliding().same_is_ceil(inputs[0]):
            return (call.replace(arguments={**call.arguments, "padding": "same"}),)
        return self._counted(call, inputs)

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        from cnnspec.layers import torch_windows

        return torch_windows.take_mean(self.sliding(), inputs[0], not self._leaves_out_zeros())

    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """As all layers; factors for the last positions behind it mean that it rounds up."""
        last = max([i for i, call in enumerate(calls) if cls.called(call)], default=0)
        made = super().from_keras(calls[: last + 1], inputs)
        if last + 1 == len(calls) or not isinstance(made, cls):
            return made if last + 1 == len(calls) else None
        if not all([call.name == "Rescaling" for call in calls[last + 1 :]]):
            return None
        given = [call.arguments.get("scale") for call in calls[last + 1 :]]
        for other in (made.rounded_up(inputs), made.replace(count_padding=False)):
            for tried in (other, other.replace(count_padding=False)):
                behind = tried.keras_calls(inputs)[-len(given) :] if tried.problem(inputs) is None else ()
                if [call.arguments.get("scale") for call in behind] == given:
                    return tried
        return made.rounded_up(inputs)

    def _counted(self, call: KerasCall, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        """The pool over zeros, then what the positions of each axis lost to cells that do not count, given back."""
        rank = len(inputs[0]) - 1
        calls = [call]
        borders = self.sliding().borders(inputs[0])
        if any(map(any, borders)):
            amount = keras_padding(borders, rank)
            calls.insert(0, KerasCall(f"ZeroPadding{rank}D", {"padding": amount}, "pad"))
        for axis, (outputs, window) in enumerate(zip(self.output(inputs)[:-1], self.windows(inputs), strict=True)):
            assert isinstance(outputs, int)
            cells = [self._count_cells(inputs[0], axis, window, position) for position in range(outputs)]
            if set(cells) != {window.kernel}:
                scale: Any = [window.kernel / count for count in cells]
                for _ in range(rank - axis):  # the axes behind, and the channels
                    scale = _column(scale)
                calls.append(KerasCall("Rescaling", {"scale": scale}, f"mean{axis + 1}"))
        return tuple(calls)

    def _count_cells(self, shape: Shape, axis: int, window: Window, position: int) -> int:
        """How many cells of an axis a window counts: none that hang over, and of the padding those of zeros that count."""
        n, (before, after) = shape[axis], self.sliding().paddings(shape)[axis]
        assert isinstance(n, int) and isinstance(before, int) and isinstance(after, int)
        start = position * window.stride - before
        first, last = (-before, n + after) if self.count_padding else (0, n)
        return min(start + window.kernel, last) - max(start, first)


def _column(values: list[Any]) -> list[Any]:
    """The values with an axis of size 1 behind the others."""
    return [_column(value) if isinstance(value, list) else [value] for value in values]
