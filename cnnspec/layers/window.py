"""Sliding windows: sizes by floor((N + 2P - F)/S) + 1 and its relatives, and which inputs an output reads.

Sources: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning" (2016); TensorFlow's and ONNX's
definition of `same` (SAME_UPPER: the odd row or column of padding stands at the end).
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.size import maximum

AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
POSITION_NAMES = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}  # one position of each axis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim


class Working(Record):
    """A figure inside a layer's formulas: "effective kernel". `axis` counts from 0, None where it belongs to none; a
    figure without a name is too plain for a line of its own."""

    name: str
    axis: int | None
    value: Dim


class Reach(Record):
    """Which positions of the input the output position i reads, along one axis:

    floor((step*i + low)/over) … floor((step*i + high)/over), every `gap`-th of them.
    `low` is None where it depends on an unknown input size; `high` is then the window's length less one.
    """

    step: int = 1
    over: int = 1
    low: int | None = 0
    high: int = 0
    gap: int = 1


EACH = Reach()  # position i reads position i
UNTRACED: tuple[Reach, ...] = (Reach(0, 1, 0, 0),)  # in place of the reaches of a layer that moves positions elsewhere


class Window(Record):
    """One axis of a convolution or a pool: N inputs → floor((N + before + after - extent)/stride) + 1 outputs."""

    kernel: int
    stride: int
    dilation: int
    before: Dim
    after: Dim

    @property
    def extent(self) -> int:
        """Inputs from the first tap to the last: d(k - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def output(self, n: Dim) -> Dim:
        return (n + self.before + self.after - self.extent) // self.stride + 1

    def remainder(self, n: int) -> int:
        """Padded positions at the end that no window covers."""
        assert isinstance(self.before, int) and isinstance(self.after, int)
        return (n + self.before + self.after - self.extent) % self.stride

    def reach(self) -> Reach:
        if isinstance(self.before, int):
            return Reach(self.stride, 1, -self.before, self.extent - 1 - self.before, self.dilation)
        return Reach(self.stride, 1, None, self.extent - 1, self.dilation)


def along(value: Any, rank: int, axis: int) -> Any:
    """The value of one axis of a per-axis argument."""
    return value[axis] if isinstance(value, tuple) and len(value) == rank else value


def fits(value: Any, rank: int) -> bool:
    """Whether a per-axis argument has a value for each of `rank` axes."""
    return not isinstance(value, tuple) or len(value) == rank


def on_each(size: int, rank: int) -> str:
    """A size of every axis in words: 3, 3x3, 3x3x3."""
    return "x".join([str(size)] * rank)


def halved(total: Dim) -> tuple[Dim, Dim]:
    """As much before as behind; what is odd stands behind."""
    return total // 2, total - total // 2


def same_padding(n: Dim, extent: int, stride: int) -> Dim:
    """Padding of both sides together that gives ceil(N/S) outputs."""
    if stride == 1:
        return extent - 1
    outputs = (n + stride - 1) // stride
    return maximum(0, (outputs - 1) * stride + extent - n)


def sides(padding: Any, rank: int, axis: int, n: Dim, kernel: int, stride: int, dilation: int) -> tuple[Dim, Dim]:
    """Padding before and after along one axis: valid, same, causal, a number, or what the axis was given."""
    extent = dilation * (kernel - 1) + 1
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return extent - 1, 0
    if padding == "same":
        return halved(same_padding(n, extent, stride))
    amount = along(padding, rank, axis)
    return amount if isinstance(amount, tuple) else (amount, amount)


def behind_ceil(after: int, kernel: int, stride: int) -> int:
    """Cells behind the input with which rounding down gives what PyTorch's ceil_mode gives, for every input size.

    ceil_mode rounds (N + before + after - k)/s up and drops a last window that would begin behind the input. Both
    together are floor((N + before + P - k)/s) + 1 with P = min(k - 1, after + s - 1).
    """
    return min(kernel - 1, after + stride - 1)
