"""A tensor as the framework has it, the batch first: a view of a node, and what rearranges it without computing."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.model_files.views.atoms import OPEN_BATCH, divide, multiply_sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.model_files.views.atoms import Atom, Axis


class Tensor(Record):
    """A node of the graph, seen with the axes that the framework gives it; the first holds the batch."""

    node: int
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple([multiply_sizes(axis) for axis in self.axes])

    def count_axis(self, axis: int) -> int:
        """An axis that may be counted from the end, from the front."""
        if not -len(self.axes) <= axis < len(self.axes):
            raise Inexpressible(f"there is no axis {axis} of {len(self.axes)}")
        return axis % len(self.axes)


class Inexpressible(Exception):
    """What an operator of a model asks for and the language has no layer for. The message says why."""


class CutsAcross(Exception):
    """A reshape whose new axes begin and end inside of the old ones."""


def permute(x: Tensor, order: Sequence[int]) -> Tensor:
    """The axes in another order."""
    counted = [x.count_axis(axis) for axis in order]
    if sorted(counted) != list(range(len(x.axes))):
        raise Inexpressible(f"{tuple(order)} is no order of {len(x.axes)} axes")
    return x.replace(axes=tuple([x.axes[axis] for axis in counted]))


def unsqueeze(x: Tensor, axis: int) -> Tensor:
    """A new axis of size 1, where an axis of the result is to stand."""
    count = len(x.axes) + 1
    if not -count <= axis < count:
        raise Inexpressible(f"a new axis {axis} of {count}")
    axis %= count
    return x.replace(axes=(*x.axes[:axis], (), *x.axes[axis:]))


def squeeze(x: Tensor, axes: Sequence[int] | None = None) -> Tensor:
    """Without some axes, those of them whose size is 1; None: without any such.

    A batch of one example is then the outer part of the axis behind it.
    """
    chosen = range(len(x.axes)) if axes is None else [x.count_axis(axis) for axis in axes]
    dropped = [axis for axis in chosen if x.shape[axis] == 1]
    kept: list[Axis] = []
    batch: Axis = ()
    for axis, own in enumerate(x.axes):
        if axis not in dropped:
            kept.append((*batch, *own))
            batch = ()
        elif holds_batch(own):
            batch = tuple([atom for atom in divide(own) if atom.is_batch])
    if batch and kept:
        kept[-1] = (*kept[-1], *batch)
    return x.replace(axes=tuple(kept))


def complete_output(x: Tensor) -> Tensor:
    """An output as examples of one axis or more: a batch of one example that was dropped is an axis of its own again, and a
    single value for each example has an axis."""
    axes = x.axes or ((),)
    parts = divide(axes[0])
    if len(parts) > 1 and parts[0].is_batch and parts[0].size == 1:
        axes = (tuple(parts[:1]), tuple(parts[1:]), *axes[1:])
    return x.replace(axes=axes if len(axes) > 1 else (*axes, ()))


def flatten(x: Tensor, first: int = 1, last: int = -1) -> Tensor:
    """Some neighbouring axes as one."""
    first, last = x.count_axis(first), x.count_axis(last)
    joined = tuple([atom for axis in x.axes[first : last + 1] for atom in axis])
    return x.replace(axes=(*x.axes[:first], joined, *x.axes[last + 1 :]))


def part_batch(x: Tensor) -> Tensor:
    """The examples of a batch, where the first axis holds them with others behind them, as an axis of their own."""
    first, *others = divide(x.axes[0])
    if not first.is_batch or not others:
        raise Inexpressible("it mixes the examples of a batch with other axes")
    return x.replace(axes=((first,), tuple(others), *x.axes[1:]))


def complete_shape(x: Tensor, shape: Sequence[int]) -> tuple[int, ...]:
    """A shape with its one -1 replaced by what is left."""
    total = fixed = 1
    for size in x.shape:
        total *= size
    for size in shape:
        fixed *= size if size != -1 else 1
    left = list(shape).count(-1)
    if left > 1 or min(shape, default=1) < -1 or fixed == 0 or total % fixed or not left and total != fixed:
        raise Inexpressible(f"{show_sizes(x.shape)} does not go into {show_sizes(shape)}")
    return tuple([total // fixed if size == -1 else size for size in shape])


def regroup(x: Tensor, shape: Sequence[int]) -> Tensor:
    """The same values in the same order with other axes. Raises CutsAcross where no division of the axes gives these."""
    shape = complete_shape(x, shape)
    if shape == x.shape:
        return x
    left = [atom for axis in x.axes for atom in divide(axis)]
    left.reverse()
    axes: list[Axis] = []
    for size in shape:
        axis: list[Atom] = []
        while (have := multiply_sizes(axis)) < size or left and left[-1].is_batch and left[-1].size == 1 and not axes:
            atom = left.pop()
            if atom.size == 1 and not atom.is_batch:
                continue
            wanted = size // have
            if size % (have * atom.size) == 0:
                axis.append(atom)
            elif size % have == 0 and atom.size % wanted == 0 and not atom.is_batch:
                outer, inner = atom.cut(wanted)
                axis.append(outer)
                left.append(inner)
            else:
                raise CutsAcross
        axes.append(tuple(axis))
    if batch := [atom for atom in left if atom.is_batch]:  # of size 1, behind all others
        axes[-1:] = [(*axes[-1], *batch)] if axes else []
    return x.replace(axes=tuple(axes))


def holds_batch(axis: Axis) -> bool:
    return any(atom.is_batch for atom in divide(axis))


def show_sizes(shape: Sequence[int]) -> str:
    """A shape in a message; what holds an open batch is ?."""
    return "x".join(["?" if n % OPEN_BATCH == 0 else str(n) for n in shape]) or "a single value"
