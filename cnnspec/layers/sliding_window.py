"""The window that a convolution or a pool slides over a map: one object for all its axes.

A layer makes it of its arguments (`Layer.sliding`) and asks it for all that follows from them alone: the window of each
axis, sizes, reaches, the padding in one form, the padding that Keras needs as a layer of its own. A `shape` is that of
the input, its channels included.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.diagnostic import Problem
from cnnspec.base.record import Record
from cnnspec.base.size import maximum
from cnnspec.layers.argument import padding
from cnnspec.layers.base import KerasCall
from cnnspec.layers.operation import MOVE, Operation
from cnnspec.layers.shape import per_axis_problem, product
from cnnspec.layers.window import Window, Working, along, behind_ceil, fits, same_padding, sides
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.shape import Shape


class SlidingWindow(Record):
    """Kernel, stride, dilation and padding as they are written: each one value, or one an axis. With `ceil`, a last
    window may hang over the edge."""

    kernel: Any
    stride: Any
    dilation: Any
    padding: Any
    ceil: bool = False

    # ---- sizes ---------------------------------------------------------------------------------------------
    def paddings(self, shape: Shape) -> tuple[tuple[Dim, Dim], ...]:
        """Padding before and after along each axis, as it is given."""
        rank, made = len(shape) - 1, []
        for axis in range(rank):
            kernel, stride, dilation = (along(v, rank, axis) for v in (self.kernel, self.stride, self.dilation))
            made.append(sides(self.padding, rank, axis, shape[axis], kernel, stride, dilation))
        return tuple(made)

    def windows(self, shape: Shape) -> tuple[Window, ...]:
        """One window for each spatial axis."""
        rank, made = len(shape) - 1, []
        for axis, (before, after) in enumerate(self.paddings(shape)):
            kernel, stride, dilation = (along(v, rank, axis) for v in (self.kernel, self.stride, self.dilation))
            if self.ceil:
                assert isinstance(after, int)  # padding=same, which depends on the size, takes no ceil
                after = behind_ceil(after, dilation * (kernel - 1) + 1, stride)
            made.append(Window(kernel, stride, dilation, before, after))
        return tuple(made)

    def output(self, shape: Shape) -> tuple[Dim, ...]:
        """The spatial sizes of the output."""
        if self.padding == "same":  # ceil(N/S), in a form that needs no padding
            strides = [along(self.stride, len(shape) - 1, axis) for axis in range(len(shape) - 1)]
            return tuple([(n + s - 1) // s for n, s in zip(shape, strides, strict=False)])
        return tuple([w.output(n) for w, n in zip(self.windows(shape), shape, strict=False)])

    def kernel_sizes(self, rank: int) -> tuple[int, ...]:
        return tuple([along(self.kernel, rank, axis) for axis in range(rank)])

    def area(self, rank: int) -> int:
        """How many positions one window has."""
        return prod(self.kernel_sizes(rank))

    def working(self, shape: Shape) -> tuple[Working, ...]:
        """The kernel with its gaps where it is dilated, and the padding that a word stands for."""
        made = []
        for axis, (window, n) in enumerate(zip(self.windows(shape), shape, strict=False)):
            made.append(Working("effective kernel" if window.dilation > 1 else "", axis, window.extent))
            if self.padding == "causal":
                made.append(Working("padding before", axis, window.before))
            if self.padding == "same":
                total = same_padding(n, window.extent, window.stride)
                known = isinstance(total, int)  # else its halves are no shorter than it
                made += [
                    Working("padding" if total != 0 else "", axis, total),
                    Working("padding before" if known and total != 0 else "", axis, window.before),
                    Working("padding after" if known and total != 0 else "", axis, window.after),
                ]
        return tuple(made)

    def problem(self, shape: Shape, name: str) -> Problem | None:
        """What keeps the window of a layer of this name from being applied: its axes, or an input that is too small."""
        given = {"kernel": self.kernel, "stride": self.stride, "dilation": self.dilation, "padding": self.padding}
        if found := per_axis_problem(given, shape):
            return found
        if self.padding == "causal" and len(shape) != 2:
            return Problem("E011", "causal padding is for one dimension", "padding", "use same")
        for window, n in zip(self.windows(shape), shape, strict=False):
            room = n + window.before + window.after
            if isinstance(room, int) and room < window.extent:
                dilated = f" dilated to {window.extent}" if window.dilation > 1 else ""
                padded = f" + padding {room - n}" if room != n else ""
                message = f"{name}'s kernel {window.kernel}{dilated} does not fit into {n}{padded} position{'s' * (room != 1)}"
                return Problem("E101", message, "kernel")
        return None

    # ---- padding -------------------------------------------------------------------------------------------
    def simplest_padding(self, as_word: bool = True) -> Any:
        """The padding in one form: valid where a word says nothing (a window of one position reaches into no padding),
        numbers for causal, and same for the numbers that are the same at every size where a word may stand for them."""
        if isinstance(self.padding, str) and self.kernel == 1:
            return "valid"
        if self.padding == "causal" and isinstance(self.kernel, int) and isinstance(self.dilation, int):
            return ((self.dilation * (self.kernel - 1), 0),)
        return "same" if as_word and self.is_same() else self.padding

    def is_same(self) -> bool:
        """Whether a padding in numbers is that of same, at any size."""
        given = (self.kernel, self.stride, self.dilation, self.padding)
        if isinstance(self.padding, str) or self.stride != 1:
            return False
        rank = max([len(value) for value in given if isinstance(value, tuple)], default=1)
        if not all([fits(value, rank) for value in given]):
            return False
        shape = (1,) * (rank + 1)
        return self.replace(padding="same").paddings(shape) == self.paddings(shape)

    def pad_first(self, shape: Shape, work: Operation) -> tuple[Operation, ...]:
        """An operation, behind a padding of its own where the padding is a number."""
        if isinstance(self.padding, str):
            return (work,)
        sizes = [n + w.before + w.after for n, w in zip(shape, self.windows(shape), strict=False)]
        room = product((*sizes, shape[-1]))
        if room == work.inputs:
            return (work,)
        return (Operation(MOVE, work.inputs, room, rank=work.rank), work.replace(inputs=room))

    def pad_call(self, call: KerasCall, rank: int) -> tuple[KerasCall, ...]:
        """A Keras call, behind a ZeroPadding where the padding is a number: Keras has no integer padding."""
        if isinstance(self.padding, str):
            if self.padding != "valid":
                call = call.replace(arguments={**call.arguments, "padding": self.padding})
            return (call,)
        if self.padding == 0:
            return (call,)
        return (KerasCall(f"ZeroPadding{rank}D", {"padding": keras_padding(self.padding, rank)}, "pad"), call)

    # ---- edges, of pools -----------------------------------------------------------------------------------
    def overhang(self, shape: Shape, axis: int) -> Dim:
        """How many cells the last window of an axis hangs over the padded input."""
        window, (before, after) = self.windows(shape)[axis], self.paddings(shape)[axis]
        end = (window.output(shape[axis]) - 1) * window.stride + window.extent
        return maximum(0, end - (shape[axis] + before + after))

    def borders(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        """Cells before and behind each axis, those over which a window may hang included, none for nothing."""
        made = []
        for axis, (window, (_, given)) in enumerate(zip(self.windows(shape), self.paddings(shape), strict=True)):
            before, after, over = window.before, window.after, self.overhang(shape, axis)
            assert isinstance(before, int) and isinstance(after, int) and isinstance(given, int)
            made.append((before, min(after, given + over) if isinstance(over, int) else after))
        return tuple(made)

    def is_even(self, shape: Shape) -> bool:
        """Whether there is as much padding behind each axis as before."""
        return all([before == after for before, after in self.borders(shape)])

    def same_is_ceil(self, shape: Shape) -> bool:
        """Whether padding=same gives what ceil gives at every size: at most one cell hangs over, so that it is behind."""
        return self.padding in ("valid", 0) and all(
            [w.extent <= 2 and w.extent <= w.stride for w in self.windows(shape)]
        )

    def leaves_out_ends(self, shape: Shape) -> bool:
        """Whether padding=same leaves two positions of an axis or more behind its last window, at some size of it."""
        if self.padding != "same":
            return False
        for n, window in zip(shape, self.windows(shape), strict=False):
            left = n - window.kernel - (window.output(n) - 1) * window.stride
            if (left if isinstance(left, int) else window.stride - window.kernel) > 1:
                return True
        return False


# ---- paddings as Keras has them ----------------------------------------------------------------------------
def keras_padding(amount: Any, rank: int) -> Any:
    """A padding as Keras's ZeroPadding layers take it."""
    if rank == 1:
        return amount[0] if isinstance(amount, tuple) else amount
    return amount


def read_padding(helper: KerasCall, key: str) -> Any:
    """The padding that a saved ZeroPadding or Cropping layer stands for; its 1-D form has the two sides of one axis."""
    amount = helper.arguments.get(key)
    return from_saved([amount] if helper.name.endswith("1D") else amount, padding(), key, per_axis=True)
