"""Arrays in tuples, lists and dicts: an element of a data set, the inputs of a model."""

from __future__ import annotations

from cnnspec.python_source.arrays.array_value import ArrayValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def map_arrays(function: Callable[[ArrayValue], Any], value: Any) -> Any:
    """The value with each array in it replaced; all else stays."""
    if isinstance(value, ArrayValue):
        return function(value)
    if isinstance(value, dict):
        return {key: map_arrays(function, part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)([map_arrays(function, part) for part in value])
    return value


def list_arrays(value: Any) -> list[ArrayValue]:
    if isinstance(value, ArrayValue):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return [array for part in parts for array in list_arrays(part)]


def drop_batch(array: ArrayValue) -> ArrayValue:
    """One of the examples that an array holds along its first axis."""
    return array.make_like(None if array.shape is None else array.shape[1:], data=array.data, labels=array.labels)


def add_batch(array: ArrayValue, size: int | None) -> ArrayValue:
    """So many such examples."""
    labels = array.labels and array.labels.replace(complete=False)
    return array.make_like(None if array.shape is None else (size, *array.shape), data=array.data, labels=labels)
