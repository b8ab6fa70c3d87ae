"""NumPy's rules of shapes, where a size may be unknown.

A shape is a tuple of sizes, None for one that is not known; None in its place where not even the rank is. What comes out is
right whatever the unknown sizes are. A `Misfit` is raised for what NumPy refuses.
"""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Sizes = tuple[int | None, ...]


class Misfit(Exception):
    """Shapes, or an axis, that NumPy refuses."""


# ---- axes --------------------------------------------------------------------------------------------------
def count_axis(axis: int, rank: int) -> int:
    """An axis from the front."""
    if not -rank <= axis < rank:
        raise Misfit(f"axis {axis} of an array of {rank} axes")
    return axis % rank


def count_axes(axis: int | Sequence[int], rank: int) -> tuple[int, ...]:
    axes = tuple([count_axis(a, rank) for a in ((axis,) if isinstance(axis, int) else axis)])
    if len(set(axes)) < len(axes):
        raise Misfit("one axis is named twice")
    return axes


def multiply(sizes: Sequence[int | None]) -> int | None:
    """The product: 0 where a size is 0."""
    return 0 if 0 in sizes else None if None in sizes else math.prod([n for n in sizes if n is not None])


def replace(shape: Sizes, axis: int, *sizes: int | None) -> Sizes:
    return (*shape[:axis], *sizes, *shape[axis + 1 :])


# ---- one shape ---------------------------------------------------------------------------------------------
def reshape(shape: Sizes | None, wanted: Sizes) -> Sizes:
    """In `wanted`, -1 is what is left over."""
    if [n for n in wanted if n is not None and n < -1] or wanted.count(-1) > 1:
        raise Misfit(f"no shape is {wanted}")
    total = None if shape is None else multiply(shape)
    others = multiply([n for n in wanted if n != -1])
    if -1 not in wanted:
        if total is not None and others is not None and total != others:
            raise Misfit(f"{total:,} values do not make {others:,}")
        if total is not None and wanted.count(None) == 1:
            return _fill(wanted, None, total)
        return wanted
    if total is None or others is None:
        return tuple([None if n == -1 else n for n in wanted])
    return _fill(wanted, -1, total)


def _fill(wanted: Sizes, hole: int | None, total: int) -> Sizes:
    others = math.prod([n for n in wanted if n is not None and n != hole])
    if others == 0 or total % others:
        if others == 0 and hole is None and total == 0:
            return wanted
        raise Misfit(f"{total:,} values do not make a multiple of {others:,}")
    return tuple([total // others if n == hole else n for n in wanted])


def reduce(shape: Sizes | None, axis: int | Sequence[int] | None, keepdims: bool) -> Sizes | None:
    if shape is None:
        return () if axis is None and not keepdims else None
    if not shape and axis in (0, -1):  # which NumPy lets pass
        return ()
    axes = tuple(range(len(shape))) if axis is None else count_axes(axis, len(shape))
    kept = [(1 if i in axes else n) for i, n in enumerate(shape) if keepdims or i not in axes]
    return tuple(kept)


def expand(shape: Sizes, axis: int | Sequence[int]) -> Sizes:
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    rank = len(shape) + len(axes)
    new, rest = count_axes(axes, rank), iter(shape)
    return tuple([1 if i in new else next(rest) for i in range(rank)])


def squeeze(shape: Sizes, axis: int | Sequence[int] | None) -> Sizes | None:
    """None where it is not known which sizes are 1."""
    if axis is None:
        return None if None in shape else tuple([n for n in shape if n != 1])
    if not shape and axis in (0, -1):
        return ()
    axes = count_axes(axis, len(shape))
    if any([shape[i] not in (1, None) for i in axes]):
        raise Misfit("only an axis of size 1 can be squeezed")
    return tuple([n for i, n in enumerate(shape) if i not in axes])


def transpose(shape: Sizes, axes: Sequence[int] | None) -> Sizes:
    if axes is None:
        return shape[::-1]
    counted = count_axes(axes, len(shape))
    if len(counted) != len(shape):
        raise Misfit("transpose needs every axis once")
    return tuple([shape[i] for i in counted])


def move_axis(shape: Sizes, source: int | Sequence[int], destination: int | Sequence[int]) -> Sizes:
    sources, destinations = count_axes(source, len(shape)), count_axes(destination, len(shape))
    if len(sources) != len(destinations):
        raise Misfit("as many axes must be moved as there are places")
    order = [i for i in range(len(shape)) if i not in sources]
    for place, axis in sorted(zip(destinations, sources, strict=True)):
        order.insert(place, axis)
    return tuple([shape[i] for i in order])


def swap_axes(shape: Sizes, one: int, other: int) -> Sizes:
    order = list(range(len(shape)))
    one, other = count_axis(one, len(shape)), count_axis(other, len(shape))
    order[one], order[other] = other, one
    return tuple([shape[i] for i in order])


def repeat(shape: Sizes, times: int | None, axis: int | None) -> Sizes:
    """Every value so many times; times None: not known."""
    if axis is None:
        return (multiply((multiply(shape), times)),)
    shape = shape or (1,)
    axis = count_axis(axis, len(shape))
    return replace(shape, axis, multiply((shape[axis], times)))


def tile(shape: Sizes, times: Sizes) -> Sizes:
    rank = max(len(shape), len(times))
    shape, times = (1,) * (rank - len(shape)) + shape, (1,) * (rank - len(times)) + times
    return tuple([multiply(pair) for pair in zip(shape, times, strict=True)])


# ---- several shapes ----------------------------------------------------------------------------------------
def broadcast(*shapes: Sizes | None) -> Sizes | None:
    if None in shapes:
        return None
    known = [shape for shape in shapes if shape is not None]
    rank = max(map(len, known), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in known]
    return tuple([_broadcast_sizes(sizes) for sizes in zip(*padded, strict=True)])


def _broadcast_sizes(sizes: tuple[int | None, ...]) -> int | None:
    """One axis: all sizes are that or 1."""
    given = {n for n in sizes if n not in (1, None)}
    if len(given) > 1:
        raise Misfit(f"sizes {' and '.join(map(str, sorted(given)))} do not broadcast")
    return next(iter(given)) if given else None if None in sizes else 1


def agree(*shapes: Sizes) -> Sizes:
    """The shape that all of these are, of one rank: each size as far as one of them knows it."""
    if len({len(shape) for shape in shapes}) > 1:
        raise Misfit("the arrays have different numbers of axes")
    found: list[int | None] = []
    for sizes in zip(*shapes, strict=True):
        known = {n for n in sizes if n is not None}
        if len(known) > 1:
            raise Misfit(f"sizes {' and '.join(map(str, sorted(known)))} are not the same")
        found.append(next(iter(known), None))
    return tuple(found)


def concatenate(shapes: Sequence[Sizes | None], axis: int | None) -> Sizes | None:
    known = [shape for shape in shapes if shape is not None]
    if axis is None:
        return (None,) if len(known) < len(shapes) else (_add([multiply(shape) for shape in known]),)
    if not known:
        return None
    axis = count_axis(axis, len(known[0]))
    merged = agree(*[replace(shape, count_axis(axis, len(shape)), 0) for shape in known])
    return replace(merged, axis, _add([None if shape is None else shape[axis] for shape in shapes]))


def stack(shapes: Sequence[Sizes | None], axis: int) -> Sizes | None:
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return None
    merged = expand(agree(*known), axis)
    return replace(merged, count_axis(axis, len(merged)), len(shapes))


def _add(sizes: Sequence[int | None]) -> int | None:
    return None if None in sizes else sum([n for n in sizes if n is not None])


def matrix_multiply(one: Sizes | None, other: Sizes | None) -> Sizes | None:
    if one is None or other is None:
        return None
    if not one or not other:
        raise Misfit("a number is no matrix")
    inner = one[-1], other[-2 if len(other) > 1 else -1]
    if None not in inner and inner[0] != inner[1]:
        raise Misfit(f"a product over {inner[0]} and {inner[1]} values")
    outer = broadcast(one[:-2], other[:-2])
    assert outer is not None
    return (*outer, *one[:-1][-1:], *(other[-1:] if len(other) > 1 else ()))


def dot(one: Sizes | None, other: Sizes | None) -> Sizes | None:
    """np.dot: as a product of matrices up to two axes; further ones stand side by side."""
    if one is None or other is None:
        return None
    if not one or not other:
        return broadcast(one, other)
    matrix_multiply(one[-1:], other[-2:])
    return (*one[:-1], *other[:-2], *(other[-1:] if len(other) > 1 else ()))


# ---- indices -----------------------------------------------------------------------------------------------
class IndexArray:
    """An array as an index: its shape, and whether it is a mask of booleans."""

    def __init__(self, shape: Sizes | None, mask: bool) -> None:
        self.shape, self.mask = shape, mask


def index(shape: Sizes | None, key: tuple[Any, ...]) -> Sizes | None:
    """What x[key] is. In the key are whole numbers, slices (of whole numbers; a bound `...` is not known), None, Ellipsis
    and IndexArrays; the result is None where an index is an array of unknown rank."""
    if any([isinstance(k, IndexArray) and k.shape is None for k in key]):
        return None
    used = sum([_count_used(k) for k in key])
    if shape is None:
        return None
    if used > len(shape):
        raise Misfit(f"{used} indices of an array of {len(shape)} axes")
    if not any([k is Ellipsis for k in key]):
        key = (*key, Ellipsis)
    place = [i for i, k in enumerate(key) if k is Ellipsis]
    if len(place) > 1:
        raise Misfit("an index has one ellipsis at most")
    full = [slice(None)] * (len(shape) - used)
    return _index(shape, [*key[: place[0]], *full, *key[place[0] + 1 :]])


def _count_used(key: Any) -> int:
    if isinstance(key, IndexArray):
        return len(key.shape or ()) if key.mask else 1
    return 0 if key is None or key is Ellipsis else 1


def _index(shape: Sizes, key: list[Any]) -> Sizes | None:
    advanced = any([isinstance(k, IndexArray) for k in key])
    out: list[int | None] = []
    parts: list[Sizes] = []  # shapes of the advanced indices
    places: list[int] = []
    rest = list(shape)
    first = 0
    for number, k in enumerate(key):
        if k is None:
            out.append(1)
            continue
        sizes = [rest.pop(0) for _ in range(_count_used(k))]
        if isinstance(k, slice):
            out.append(slice_size(sizes[0], k))
            continue
        if isinstance(k, int):
            if sizes[0] is not None and not -sizes[0] <= k < sizes[0]:
                raise Misfit(f"index {k} of an axis of {sizes[0]}")
            if not advanced:
                continue
            parts.append(())
        elif k.mask:
            agree(tuple(sizes), k.shape)
            parts.append((None,))
        else:
            parts.append(k.shape)
        first = first if places else len(out)
        places.append(number)
    if not parts:
        return tuple(out)
    merged = broadcast(*parts)
    assert merged is not None
    together = places == list(range(places[0], places[0] + len(places)))
    first = first if together else 0
    return (*out[:first], *merged, *out[first:])


def count_range(start: int, stop: int, step: int) -> int:
    """len(range(start, stop, step)), of numbers of any size."""
    return max(0, (stop - start + step - (1 if step > 0 else -1)) // step)


def slice_size(size: int | None, bounds: slice) -> int | None:
    """How many values a slice takes out of an axis; a bound `...` is not known."""
    start, stop, step = bounds.start, bounds.stop, bounds.step
    if Ellipsis in (start, stop, step):
        return None
    if step == 0:
        raise Misfit("a slice has no step 0")
    if size is not None:
        return count_range(*slice(start, stop, step).indices(size))
    if start is None and stop is None and step in (None, 1, -1):
        return None
    return 0 if start is not None and start == stop and step in (None, 1) else None
