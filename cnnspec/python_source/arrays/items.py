"""Items and parts of arrays: x[0], x[..., None], x[mask], x[:1000]."""

from __future__ import annotations

import math

from cnnspec.python_source.arrays import shapes
from cnnspec.python_source.arrays.array_value import ArrayValue, is_unknown_number
from cnnspec.python_source.arrays.reading import is_int, read_int, simplify, to_array
from cnnspec.python_source.arrays.shapes import IndexArray, Misfit
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.values import Call

FULL = slice(None)


class _NotKnown(Exception):
    """An index of which not even the kind is known."""


def get_item(call: Call) -> Any:
    """An array, and a key: array[key]."""
    array, key = call.arguments
    try:
        keys = tuple([_read_key(k) for k in (key if isinstance(key, tuple) else (key,))])
    except _NotKnown:
        return ArrayValue(None, array.dtype, why=array.why)
    shape = shapes.index(array.shape, keys)
    plain = not any([isinstance(k, IndexArray) for k in keys])
    values = _find_values(array, keys)
    found = ArrayValue(shape, array.dtype, values, why=array.why)
    if plain:
        found = array.make_view(shape, values=values, data="", labels=None)
    _keep_origin(array, found, keys)
    return simplify(found)


def _read_key(key: Any) -> Any:
    """An index as `shapes.index` takes it."""
    if key is None or key is Ellipsis or is_int(key):
        return key
    if isinstance(key, slice):
        return slice(*[_read_bound(bound) for bound in (key.start, key.stop, key.step)])
    if is_unknown_number(key):
        return IndexArray((), False)
    if isinstance(key, (Unknown, bool)):
        raise _NotKnown
    if isinstance(key, (str, float)):
        raise Misfit(f"{key!r} is no index of an array")
    found = to_array(key)
    if found.shape is None:
        raise _NotKnown
    if found.dtype:
        return IndexArray(found.shape, found.dtype == "bool")
    if len(found.shape) > 1:
        raise _NotKnown  # a mask would take so many axes, numbers one
    return IndexArray((None,) if found.shape else (), False)


def _read_bound(bound: Any) -> Any:
    """A bound of a slice; `...` where it is not known."""
    if bound is None:
        return None
    found = read_int(bound)
    return Ellipsis if found is None else found


def _find_values(array: ArrayValue, keys: tuple[Any, ...]) -> Any:
    """The values, of a first axis that is asked for by a number or a slice."""
    values, shape = array.values, array.shape
    if values is None or shape is None or not shape or len(keys) != 1 or None in shape:
        return None
    block = math.prod([n for n in shape[1:] if n is not None])
    rows = [values[i : i + block] for i in range(0, len(values), block)] if block else []
    key = keys[0]
    if is_int(key):
        return rows[key] if rows else None
    if isinstance(key, slice) and Ellipsis not in (key.start, key.stop, key.step):
        return [value for row in rows[key] for value in row]
    return None


def _keep_origin(array: ArrayValue, found: ArrayValue, keys: tuple[Any, ...]) -> None:
    """What is known of the values still: these are examples of the same set, all classes of it; labels below a number."""
    first = keys[0] if keys else FULL
    whole = first == FULL or first is Ellipsis
    if whole or isinstance(first, slice):
        found.data = array.data
    if array.labels is None:
        return
    rest = keys[1:]
    found.labels = array.labels if whole else array.labels.replace(complete=False)
    if array.labels.one_hot and (rest or first is Ellipsis) or _takes_part(array.shape, rest):
        found.labels, found.data = None, ""
    if is_int(first):
        found.labels = None


def _takes_part(shape: Sizes | None, keys: tuple[Any, ...]) -> bool:
    """Whether keys behind the first leave out some of an array's labels."""
    sizes = iter(() if shape is None else shape[1:])
    for key in keys:
        if key is None or key is Ellipsis:
            continue
        if key != FULL and next(sizes, None) != 1:
            return True
    return False
