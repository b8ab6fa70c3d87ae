"""What NumPy makes of one array: as methods, x.reshape(-1), and as functions, np.reshape(x, -1). The array comes first."""

from __future__ import annotations

import itertools
import math
import operator

from cnnspec.python_source.arrays import shapes
from cnnspec.python_source.arrays.arithmetic import fit_values
from cnnspec.python_source.arrays.array_value import ArrayValue, make_number
from cnnspec.python_source.arrays.numpy_int import NumpyInt, to_python, wrap
from cnnspec.python_source.arrays.reading import (
    find_labels,
    get_array,
    is_number,
    read_axes,
    read_dtype,
    read_flag,
    read_int,
    read_shape,
    simplify,
)
from cnnspec.python_source.arrays.shapes import Misfit
from cnnspec.python_source.values import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.values import Call


# ---- the same values in another shape ----------------------------------------------------------------------
def reshape(call: Call) -> ArrayValue:
    """np.reshape(x, shape), and x.reshape(28, 28)."""
    array = get_array(call, 0, "a", "x", "tensor")
    given = call.arguments[1:]
    wanted = read_shape(given if len(given) > 1 else call.find(1, "shape", "newshape", "target_shape"))
    if call.find(None, "order", default="C") != "C":
        return array.make_like(None if wanted is None else shapes.reshape(array.shape, wanted))
    return _view(array, None if wanted is None else shapes.reshape(array.shape, wanted))


def _view(array: ArrayValue, shape: Sizes | None) -> ArrayValue:
    """A reshaped array: what its examples are is known still where they are as many."""
    same = bool(array.shape and shape and array.shape[0] == shape[0] is not None)
    labels = array.labels if same or find_labels(array) is not None else None
    return array.make_view(shape, data=array.data if same or labels else "", labels=labels)


def ravel(call: Call) -> ArrayValue:
    array = get_array(call, 0, "a", "x")
    return _view(array, (None,) if array.shape is None else (shapes.multiply(array.shape),))


def flatten(call: Call) -> ArrayValue:
    made = ravel(call)
    return made.make_view(made.shape, values=made.values, alive=[True])


def expand_dims(call: Call) -> ArrayValue:
    array = get_array(call, 0, "a", "x", "input")
    axis = read_axes(call.find(1, "axis", "dim", default=0))
    if array.shape is None or axis is None or isinstance(axis, Unknown):
        return array.make_like(None)
    return _view(array, shapes.expand(array.shape, axis))


def squeeze(call: Call) -> ArrayValue:
    array, axis = get_array(call, 0, "a", "x", "input"), read_axes(call.find(1, "axis", "dim"))
    if array.shape is None or isinstance(axis, Unknown):
        return array.make_like(None)
    return _view(array, shapes.squeeze(array.shape, axis))


def copy(call: Call) -> ArrayValue:
    array = get_array(call, 0, "a", "x", "input")
    return array.make_view(array.shape, values=array.values, alive=[True])


def astype(call: Call) -> ArrayValue:
    array = get_array(call, 0, "x")
    dtype = read_dtype(call.find(1, "dtype"))
    values = fit_values(array.values, dtype)
    return array.make_view(array.shape, dtype=dtype, values=values, alive=[True])


# ---- the axes in another order -----------------------------------------------------------------------------
def transpose(call: Call) -> ArrayValue:
    """np.transpose(x, axes), and x.transpose(0, 3, 1, 2)."""
    array = get_array(call, 0, "a", "x")
    given = call.arguments[1:]
    axes = read_axes(given if len(given) > 1 else call.find(1, "axes", "perm", "axis"))
    if array.shape is None or isinstance(axes, Unknown):
        return array.make_like(None)
    order = range(len(array.shape))[::-1] if axes is None else (axes,) if isinstance(axes, int) else axes
    shape = shapes.transpose(array.shape, order)
    return array.make_like(shape, data=array.data if order[:1] in ((0,), range(1)) and array.labels is None else "")


def move_axis(call: Call) -> ArrayValue:
    array = get_array(call, 0, "a", "x")
    source, destination = read_axes(call.find(1, "source")), read_axes(call.find(2, "destination"))
    if array.shape is None or not isinstance(source, (int, tuple)) or not isinstance(destination, (int, tuple)):
        return array.make_like(None)
    return array.make_like(shapes.move_axis(array.shape, source, destination))


def swap_axes(call: Call) -> ArrayValue:
    array = get_array(call, 0, "a", "x")
    one, other = read_int(call.find(1, "axis1")), read_int(call.find(2, "axis2"))
    if array.shape is None or one is None or other is None:
        return array.make_like(None)
    return array.make_like(shapes.swap_axes(array.shape, one, other))


def keep_shape(call: Call) -> ArrayValue:
    """Values in another order, or other values: np.flip, np.roll, np.sort, np.cumsum along an axis, x.clip(0, 1)."""
    array = get_array(call, 0, "m", "a", "x", "input", "arr")
    return array.make_like(array.shape, data=array.data if array.labels is None else "")


def sort_indices(call: Call) -> ArrayValue:
    return ArrayValue(get_array(call, 0, "a", "x").shape, "int64")


def make_accumulation(function: Callable[[Any, Any], Any]) -> Callable[[Call], ArrayValue]:
    """np.cumsum, np.cumprod: of all values where no axis is given."""

    def accumulate(call: Call) -> ArrayValue:
        array, axis = get_array(call, 0, "a", "x"), read_axes(call.find(1, "axis"))
        if axis is not None:
            return array.make_like(array.shape)
        shape = (None,) if array.shape is None else (shapes.multiply(array.shape),)
        if array.values is None or array.dtype not in ("int64", "float64"):
            return array.make_like(shape)
        return array.make_like(
            shape, values=fit_values(list(itertools.accumulate(array.values, function)), array.dtype)
        )

    return accumulate


def sort_in_place(call: Call) -> None:
    get_array(call, 0).forget_values()


def fill(call: Call) -> None:
    get_array(call, 0).set_item(None, None, call.machine, call.node)


def get_only_value(call: Call) -> Any:
    """x.item()"""
    array = get_array(call, 0)
    one = len(call.arguments) == 1 and array.values is not None and len(array.values) == 1
    return to_python(simplify(ArrayValue((), array.dtype, array.values if one else None, why=array.why)))


def get_sizes(call: Call) -> Any:
    """np.shape(x)"""
    return get_array(call, 0, "a", "x", "input").list_sizes(call.machine, call.node)


# ---- fewer values ------------------------------------------------------------------------------------------
REDUCTIONS: dict[str, Callable[[Any], Any] | None] = {
    "sum": sum, "prod": math.prod, "max": max, "min": min, "amax": max, "amin": min,
    "mean": lambda values: sum(values) / len(values), "std": None, "var": None, "median": None, "nansum": None,
    "nanmean": None, "nanmax": None, "nanmin": None, "nanstd": None, "ptp": None, "average": None,
    "all": all, "any": any, "argmax": None, "argmin": None, "count_nonzero": None, "percentile": None, "quantile": None,
}  # fmt: skip
ARITHMETIC = ("sum", "prod", "max", "min", "amax", "amin", "mean")
AXIS_AT = {"percentile": 2, "quantile": 2}


def make_reduction(name: str, keepdims_at: int | None = None) -> Callable[[Call], Any]:
    def reduce(call: Call) -> Any:
        array = get_array(call, 0, "a", "x", "input_tensor")
        axis = read_axes(call.find(AXIS_AT.get(name, 1), "axis"))
        keepdims = read_flag(call.find(keepdims_at, "keepdims", default=False))
        if (
            isinstance(axis, Unknown)
            or keepdims is None
            or len(call.arguments) > max(2, AXIS_AT.get(name, 1), keepdims_at or 0) + 1
        ):
            return ArrayValue(None, why=array.why)
        if name in AXIS_AT and (given := call.find(1, "q")) is not None and not is_number(given):
            return ArrayValue(None, why=array.why)
        shape = shapes.reduce(array.shape, axis, keepdims)
        found = array.make_like(shape, dtype=_find_reduced_dtype(name, array.dtype))
        if name == "argmax" and array.labels is not None and array.labels.one_hot and axis in (-1, 1):
            found = found.make_view(shape, labels=array.labels.replace(one_hot=False), data=array.data)
        return _reduce_all(name, array) if axis is None and not keepdims else simplify(found)

    return reduce


def _find_reduced_dtype(name: str, dtype: str) -> str:
    if name in ("argmax", "argmin", "count_nonzero"):
        return "int64"
    if name in ("all", "any"):
        return "bool"
    if name in ("max", "min", "amax", "amin", "ptp") or dtype.startswith("float"):
        return dtype
    return "" if name in ("sum", "prod", "nansum") and dtype != "int64" else "int64" if name in ("sum", "prod") else ""


def _reduce_all(name: str, array: ArrayValue) -> Any:
    """One number out of all values."""
    labels, function = find_labels(array), REDUCTIONS[name]
    if labels is not None and labels.complete and name in ("max", "amax", "min", "amin"):
        return NumpyInt(labels.classes - 1 if name in ("max", "amax") else 0)
    if array.values is not None and function is not None and (array.values or name in ("sum", "prod")):
        if array.dtype in ("int64", "int32", "float64") and name in ARITHMETIC:
            found = function(array.values)
            return wrap(found) if is_number(found) else simplify(ArrayValue(()))
    if name in ("all", "any") and array.values is not None:
        return function is not None and function(array.values)
    return make_number(f"the {name} of an array is not known")


def unique(call: Call) -> Any:
    """np.unique: how many different values there are is known of labels in which every class occurs."""
    array, labels = get_array(call, 0, "ar"), None
    if array.labels is not None and array.labels.complete and not array.labels.one_hot:
        labels = array.labels
    count = labels.classes if labels is not None else None
    if array.values is not None:
        count = len(set(array.values))
    extra = [call.find(None, name, default=False) for name in ("return_index", "return_inverse", "return_counts")]
    if call.find(None, "axis") is not None or not all([isinstance(flag, bool) for flag in extra]):
        return call.make_unknown("what np.unique gives is not known")
    values = None if array.values is None else sorted(set(array.values))
    first = ArrayValue((count,), array.dtype, values, why=array.why)
    size = None if array.shape is None else shapes.multiply(array.shape)
    others = [ArrayValue((n,), "int64") for n, wanted in zip((count, size, count), extra, strict=True) if wanted]
    return (first, *others) if others else first


# ---- more values -------------------------------------------------------------------------------------------
def repeat(call: Call) -> ArrayValue:
    array, given, axis = get_array(call, 0, "a", "x"), call.find(1, "repeats"), read_axes(call.find(2, "axis"))
    if array.shape is None or isinstance(axis, (Unknown, tuple)):
        return array.make_like(None)
    times = None if isinstance(given, (tuple, list, ArrayValue)) else read_int(given)
    return array.make_like(
        shapes.repeat(array.shape, times, axis), data=array.data if axis and array.labels is None else ""
    )


def tile(call: Call) -> ArrayValue:
    array, times = get_array(call, 0, "A", "x", "input"), read_shape(call.find(1, "reps", "repeats", "multiples"))
    return array.make_like(None if array.shape is None or times is None else shapes.tile(array.shape, times))


def pad(call: Call) -> ArrayValue:
    array, given = get_array(call, 0, "array", "x", "tensor"), call.find(1, "pad_width", "paddings")
    return array.make_like(_pad(array.shape, given), data=array.data if array.labels is None else "")


def _pad(shape: Sizes | None, given: Any) -> Sizes | None:
    """`given`: n, (before, after), or such a pair for every axis."""
    if shape is None or isinstance(given, Unknown):
        return shape and (None,) * len(shape)
    if not isinstance(given, (tuple, list)):
        given = [[given, given]] * len(shape)
    elif not any([isinstance(part, (tuple, list)) for part in given]):
        given = [given if len(given) == 2 else [*given, *given]] * len(shape)
    elif len(given) == 1:
        given = [*given] * len(shape)
    if len(given) != len(shape):
        raise Misfit("a padding for another number of axes")
    found: list[int | None] = []
    for size, sides in zip(shape, given, strict=True):
        both = [read_int(side) for side in sides] if isinstance(sides, (tuple, list)) else [None]
        both = both * 2 if len(both) == 1 else both
        found.append(None if size is None or None in both else size + sum([side for side in both if side is not None]))
    return tuple(found)


def split(call: Call) -> Any:
    """np.split, np.array_split: into equal parts, or at places."""
    array, given = get_array(call, 0, "ary", "x", "value"), call.find(1, "indices_or_sections", "num_or_size_splits")
    axis = read_axes(call.find(2, "axis", default=0))
    count = len(given) + 1 if isinstance(given, (tuple, list)) else read_int(given)
    if array.shape is None or not isinstance(axis, int) or count is None or not 0 < count <= 1000:
        return call.make_unknown("into what an array is split is not known")
    axis = shapes.count_axis(axis, len(array.shape))
    size = array.shape[axis]
    sizes: list[int | None] = [None] * count
    if isinstance(given, (tuple, list)):
        bounds = [None, *[read_int(place) for place in given], None]
        if None not in bounds[1:-1]:
            sizes = [shapes.slice_size(size, slice(*pair)) for pair in itertools.pairwise(bounds)]
    elif size is not None and size % count == 0:
        sizes = [size // count] * count
    return [array.make_like(shapes.replace(array.shape, axis, n)) for n in sizes]


def count_items(call: Call) -> Any:
    array = get_array(call, 0, "a")
    return array.get_attribute("size", call.machine, call.node)


def to_list(call: Call) -> Any:
    """x.tolist(): Python's numbers of one axis."""
    array = get_array(call, 0)
    if array.values is None or array.shape is None or len(array.shape) != 1:
        return call.make_unknown("the values of an array are not known")
    return list(array.values)


SHARED: dict[str, Callable[[Call], Any]] = {
    "reshape": reshape, "ravel": ravel, "squeeze": squeeze, "copy": copy, "transpose": transpose, "repeat": repeat,
    "swapaxes": swap_axes, "clip": keep_shape, "round": keep_shape, "cumsum": make_accumulation(operator.add),
    "cumprod": make_accumulation(operator.mul), "argsort": sort_indices, "astype": astype,
    **{name: make_reduction(name) for name in REDUCTIONS},
}  # fmt: skip
METHODS: dict[str, Callable[[Call], Any]] = {
    **SHARED, "flatten": flatten, "numpy": copy, "to_numpy": copy, "tolist": to_list, "item": get_only_value,
    "sort": sort_in_place, "fill": fill, "get_shape": get_sizes,
}  # fmt: skip
