"""Axes as Keras counts them: the batch is 0, -1 the last."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.size import Dim
    from cnnspec.layers.shape import Shape


def from_the_end(axis: int | tuple[int, ...], rank: int) -> int | tuple[int, ...]:
    """Axes counted from the last one, -1, in order; one alone is no tuple."""
    if not isinstance(axis, tuple):
        return axis - rank - 1 if axis > 0 else axis
    found = sorted({a - rank - 1 if a > 0 else a for a in axis})
    return found[0] if len(found) == 1 else tuple(found)


def together(axis: int | tuple[int, ...], shape: Shape) -> tuple[Dim, ...]:
    """The `statistics` of a layer that takes them over these axes."""
    places = {a % (len(shape) + 1) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple([n if place in places else 1 for place, n in enumerate(shape[:-1], 1)])
