"""Pooling: maxpool, avgpool, and over the whole map gmp, gap."""

from __future__ import annotations

from cnnspec.layers.argument import argument, flag, optional, padding, per_axis
from cnnspec.layers.base import KerasCall, Layer, Problem, Shape, needs_space
from cnnspec.layers.window import along
from cnnspec.layers.windowed import Windowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self

    from cnnspec.layers.window import Reach

KERNEL = argument(per_axis(1), "size of the window", 2, "pool_size", ("k", "size", "pool"))
STRIDE = argument(optional(per_axis(1)), "step of the window; the kernel's size unless given", None, "strides", ("s",))


class Pool(Windowed):
    """What maxpool and avgpool have in common."""

    word: ClassVar[str]
    if TYPE_CHECKING:  # fields of the subclasses
        kernel: Any
        stride: Any
        padding: Any

    def window_arguments(self) -> dict[str, Any]:
        stride = self.kernel if self.stride is None else self.stride
        return {"kernel": self.kernel, "stride": stride, "dilation": 1, "padding": self.padding}

    def shortest(self) -> Self:
        return super(Pool, self.replace(stride=self.window_arguments()["stride"])).shortest()

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        if found := needs_space(inputs, self.word) or self.window_problem(inputs, self.word):
            return found
        if isinstance(self.padding, str):
            return None
        for axis, window in enumerate(self.windows(inputs)):
            n, before, after = inputs[0][axis], window.before, window.after
            assert isinstance(before, int) and isinstance(after, int)
            if max(before, after) >= window.kernel:
                message = f"padding {max(before, after)} is no less than the kernel {window.kernel}: a window would hold padding alone"
                return Problem("E109", message, "padding", f"use {window.kernel // 2} or less")
            outputs = window.output(n)
            if isinstance(n, int) and isinstance(outputs, int) and (outputs - 1) * window.stride - before >= n:
                message = "the last window would hold padding alone"
                return Problem("E109", message, "padding", "pad less")
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        return (*self.spatial_output(inputs), inputs[0][-1])


class MaxPool(Pool):
    """Maximum of each window.

    1-, 2- or 3-dimensional by its input. The stride is the kernel's size unless given. Padding never wins: it counts
    as minus infinity, also where it is given as a number. padding=same rounds sizes up (7 -> 4), valid down (7 -> 3).
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
    )
    word: ClassVar[str] = "maxpool"

    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = argument(
        padding("valid", "same"), "cells around the input that never win", "valid", "-", ("pad", "p")
    )

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        call = KerasCall(f"MaxPooling{rank}D", {"pool_size": self.kernel, **self.given("stride")})
        if isinstance(self.padding, str):
            return self.padded(call, rank)
        amounts = [along(self.padding, rank, axis) for axis in range(rank)]
        pairs = tuple([a if isinstance(a, tuple) else (a, a) for a in amounts])
        if not any(map(any, pairs)):
            return (call,)
        widths = ((0, 0), *pairs, (0, 0))
        return (KerasCall("ops.pad", {"pad_width": widths, "constant_values": float("-inf")}, "pad"), call)


class AvgPool(Pool):
    """Mean of each window.

    1-, 2- or 3-dimensional by its input. The stride is the kernel's size unless given. With padding=same the padding
    is left out of the mean, as in TensorFlow; a numeric padding is zeros that count, as in PyTorch's default.
    """

    names: ClassVar[tuple[str, ...]] = (
        "avgpool", "averagepooling1d", "averagepooling2d", "averagepooling3d", "avgpool1d", "avgpool2d", "avgpool3d", "averagepooling", "avg_pool",
    )  # fmt: skip
    example: ClassVar[str] = "input 28x28x8\navgpool(2x2)"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 15x14x3\navgpool(3x3, stride=1, padding=same)",
        "input 15x14x3\navgpool(3x3, stride=2, padding=1)",
        "input 9x2\navgpool(2)",
        "input 9x8x7x2\navgpool(3, padding=1)",
    )
    word: ClassVar[str] = "avgpool"

    kernel: Any = KERNEL
    stride: Any = STRIDE
    padding: Any = argument(padding("valid", "same"), "zeros around the input", "valid", "-", ("pad", "p"))

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        rank = len(inputs[0]) - 1
        return self.padded(
            KerasCall(f"AveragePooling{rank}D", {"pool_size": self.kernel, **self.given("stride")}), rank
        )


class GlobalPool(Layer):
    """What gap and gmp have in common."""

    word: ClassVar[str]
    keras_name: ClassVar[str]
    if TYPE_CHECKING:  # a field of the subclasses
        keepdims: bool

    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        return needs_space(inputs, self.word)

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        channels = inputs[0][-1:]
        return ((1,) * (len(inputs[0]) - 1) if self.keepdims else ()) + channels

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        return None

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        return (KerasCall(f"{self.keras_name}{len(inputs[0]) - 1}D", self.given()),)


class GlobalAvgPool(GlobalPool):
    """Global average pooling: the mean of each channel over all positions.

    HxWxC becomes C values, or 1x1xC with keepdims=true.
    """

    names: ClassVar[tuple[str, ...]] = (
        "gap", "globalaveragepooling1d", "globalaveragepooling2d", "globalaveragepooling3d",
        "globalavgpool1d", "globalavgpool2d", "globalavgpool3d", "global_avgpool", "globalaveragepooling",
    )  # fmt: skip
    example: ClassVar[str] = "input 7x7x64\ngap"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x5x6\ngap(keepdims=true)",
        "input 9x4\ngap",
        "input 3x4x5x2\ngap",
    )
    word: ClassVar[str] = "gap"
    keras_name: ClassVar[str] = "GlobalAveragePooling"

    keepdims: bool = argument(flag, "whether the axes stay, with size 1", False)


class GlobalMaxPool(GlobalPool):
    """Global max pooling: the maximum of each channel over all positions.

    HxWxC becomes C values, or 1x1xC with keepdims=true.
    """

    names: ClassVar[tuple[str, ...]] = (
        "gmp", "globalmaxpooling1d", "globalmaxpooling2d", "globalmaxpooling3d",
        "globalmaxpool1d", "globalmaxpool2d", "globalmaxpool3d", "global_maxpool", "globalmaxpooling",
    )  # fmt: skip
    example: ClassVar[str] = "input 7x7x64\ngmp"
    more_examples: ClassVar[tuple[str, ...]] = (
        "input 7x5x6\ngmp(keepdims=true)",
        "input 9x4\ngmp",
        "input 3x4x5x2\ngmp",
    )
    word: ClassVar[str] = "gmp"
    keras_name: ClassVar[str] = "GlobalMaxPooling"

    keepdims: bool = argument(flag, "whether the axes stay, with size 1", False)
