"""Pooling: maxpool, and what it has in common with avgpool."""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem
from cnnspec.layers.argument import argument, flag, optional, padding, per_axis, same_on_every_axis, show
from cnnspec.layers.base import KerasCall, Layer
from cnnspec.layers.operation import BOTH, MAX_POOL, Keeps, Operation
from cnnspec.layers.shape import Shape, needs_space, write_remedies
from cnnspec.layers.sliding_window import SlidingWindow
from cnnspec.layers.windowed_base import Windowed
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self

    from cnnspec.layers.kernel_trial import Trial

KERNEL = argument(per_axis(1), "size of the window", 2, "pool_size", ("k", "size", "pool"))
STRIDE = argument(optional(per_axis(1)), "step of the window; the kernel's size unless given", None, "strides", ("s",))
CEIL = argument(flag, "whether the last window may hang over the edge", False, "-", ("ceil_mode",))

MOST_PADDED = 64  # paddings that are tried


class Pool(Windowed):
    """What maxpool and avgpool have in common."""

    if TYPE_CHECKING:  # fields of the subclasses
        kernel: Any
        stride: Any
        padding: Any
        ceil: bool

    def sliding(self) -> SlidingWindow:
        return SlidingWindow(self.kernel, self._step(), 1, self.padding, self.ceil)

    def _step(self) -> Any:
        """The stride, the kernel's size unless given."""
        return self.kernel if self.stride is None else self.stride

    @classmethod
    def of_call(cls, call: KerasCall, **values: Any) -> Self:
        made = super().of_call(call, **values)
        same = same_on_every_axis(made.stride) == same_on_every_axis(made.kernel)
        return made.replace(stride=None) if same else made

    def completed(self, call: KerasCall, inputs: tuple[Shape, ...]) -> dict[str, Any]:
        made = super().completed(call, inputs)
        return made | {"strides": made["pool_size"]} if self.stride is None and not call.helper else made

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """With the stride written out, and ceil only where a window hangs over the end and no word means the same."""
        made = self
        if inputs is not None and self.takes_largest and not isinstance(self.padding, str):
            if not self.sliding().is_even(inputs[0]):
                made = self.rounded_up(inputs)
        if made.ceil and inputs is not None:
            down = made.replace(ceil=False)
            if made.sliding().same_is_ceil(inputs[0]):
                made = down.replace(padding="same")
            elif down.output(inputs) == made.output(inputs):
                made = down
        return super(Pool, made.replace(stride=self._step())).canonical(inputs)

    def behind_zeros(self, padding: Any, inputs: tuple[Shape, ...]) -> Layer | None:
        return None if self.takes_largest or self.ceil else super().behind_zeros(padding, inputs)

    def rounds_up(self) -> bool:
        return self.ceil or super().rounds_up()

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if self.ceil and self.padding == "same":
            return Problem("E011", "padding=same rounds sizes up by itself", "ceil", "drop ceil, or the padding")
        if found := needs_space(inputs, self.names[0]) or self.window_problem(inputs):
            return found
        if isinstance(self.padding, str):
            return None
        sliding, shape = self.sliding(), inputs[0]
        for n, window, (before, after) in zip(shape, sliding.windows(shape), sliding.paddings(shape), strict=False):
            assert isinstance(before, int) and isinstance(after, int)
            if max(before, after) >= window.extent:
                message = f"padding {max(before, after)} is no less than the kernel {window.extent}: a window would hold padding alone"
                return self._padding_problem(message, inputs)
            outputs = window.output(n)
            if isinstance(n, int) and isinstance(outputs, int) and (outputs - 1) * window.stride - before >= n:
                message = "the last window would hold padding alone"
                return self._padding_problem(message, inputs)
        return None

    def _padding_problem(self, message: str, inputs: tuple[Shape, ...]) -> Problem:
        """The problem of a padding; what mends it is the largest, up to half the kernel, that the pool takes on every
        side, or none at all."""
        most = min([window.kernel for window in self.windows(inputs)]) // 2
        less = ({"padding": amount} for amount in range(min(most, MOST_PADDED), 0, -1))
        remedies = next(filter(None, [self.find_remedies(inputs, change) for change in less]), ())
        remedies += self.find_remedies(inputs, {"padding": "valid"})
        return Problem("E109", message, "padding", write_remedies(remedies) or "pad less", None, remedies)

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        return all([w.kernel == w.stride == 1 and w.before == w.after == 0 for w in self.windows(inputs)])

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*self.sliding().output(inputs[0]), inputs[0][-1])

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...]:
        area = self.sliding().area(len(inputs[0]) - 1)
        return self.sliding().pad_first(inputs[0], self.operation(inputs, taps=area, channels=inputs[0][-1]))

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        from cnnspec.layers.kernel_trial import pool_3d, sparse_pool_3d

        names = [call.name for call in self.keras(inputs) if call.name.endswith("Pooling3D")]
        kinds = (pool_3d, sparse_pool_3d) if self.sliding().leaves_out_ends(inputs[0]) else (pool_3d,)
        return tuple([kind(name) for name in names for kind in kinds])

    def rounded_up(self, inputs: tuple[Shape, ...]) -> Self:
        """This pool with ceil=true and as much padding behind as before, where that is the same; else itself."""
        borders = self.sliding().borders(inputs[0])
        before = same_on_every_axis(tuple([low for low, _ in borders]))
        rounded = self.replace(ceil=True, padding=before or "valid")
        return rounded if rounded.sliding().borders(inputs[0]) == borders else self


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
