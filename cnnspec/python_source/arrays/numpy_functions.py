"""NumPy's functions, by shape."""

from __future__ import annotations

import math

from cnnspec.python_source.arrays import array_methods, shapes
from cnnspec.python_source.arrays.arithmetic import BITS, find_result_dtype, fit_values
from cnnspec.python_source.arrays.array_value import MOST_VALUES, ArrayValue, answer, make_number
from cnnspec.python_source.arrays.numpy_int import wrap
from cnnspec.python_source.arrays.reading import (
    get_array,
    is_int,
    is_number,
    read_axes,
    read_dtype,
    read_int,
    read_shape,
    simplify,
    to_array,
)
from cnnspec.python_source.arrays.shapes import Misfit
from cnnspec.python_source.values import NOTHING, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.values import Call


# ---- new arrays --------------------------------------------------------------------------------------------
def make_array(call: Call) -> ArrayValue:
    """np.array, np.asarray, tf.constant: of numbers, lists, arrays."""
    array = get_array(call, 0, "object", "a", "value", "x", "data")
    dtype = read_dtype(call.find(1, "dtype"), array.dtype)
    values = array.values if dtype == array.dtype else fit_values(array.values, dtype)
    return array.make_view(array.shape, dtype=dtype, values=values, alive=[True])


def make_filled(value: float | None, position: int = 1) -> Callable[[Call], ArrayValue]:
    """np.zeros(shape), np.ones(shape), np.empty(shape)."""

    def make(call: Call) -> ArrayValue:
        shape = read_shape(call.find(0, "shape"))
        return _fill(shape, value, read_dtype(call.find(position, "dtype"), "float64"))

    return make


def _fill(shape: Sizes | None, value: Any, dtype: str) -> ArrayValue:
    if shape is not None and any([n is not None and n < 0 for n in shape]):
        raise Misfit("an array has no negative size")
    count = None if shape is None else shapes.multiply(shape)
    small = count is not None and count <= MOST_VALUES and is_number(value)
    return ArrayValue(shape, dtype, fit_values([value] * (count or 0), dtype) if small else None)


def make_full(call: Call) -> ArrayValue:
    value = call.find(1, "fill_value", "value")
    default = to_array(value).dtype if is_number(value) else ""
    return _fill(read_shape(call.find(0, "shape", "dims")), value, read_dtype(call.find(2, "dtype"), default))


def make_like(value: float | None) -> Callable[[Call], ArrayValue]:
    """np.zeros_like(x)"""

    def make(call: Call) -> ArrayValue:
        array = get_array(call, 0, "a", "x", "input", "prototype")
        return _fill(array.shape, value, read_dtype(call.find(None, "dtype"), array.dtype))

    return make


def make_range(call: Call) -> ArrayValue:
    """np.arange([start,] stop[, step])"""
    given = [
        call.find(None, "start", default=0),
        call.find(None, "stop", "limit"),
        call.find(None, "step", "delta", default=1),
    ]
    positional = list(call.arguments)
    if len(positional) == 1 and given[1] is None:
        given[1] = positional[0]
    else:
        given[: len(positional)] = positional
    dtype = read_dtype(call.find(3, "dtype"))
    if not all(map(is_number, given)):
        return ArrayValue((None,), dtype)
    start, stop, step = given
    if step == 0:
        raise Misfit("np.arange has no step 0")
    count = max(0, math.ceil((stop - start) / step))
    own = "int64" if all(map(is_int, given)) else "float64"
    values = [start + i * step for i in range(count)] if count <= MOST_VALUES else None
    return ArrayValue((count,), dtype or own, fit_values(values, dtype or own))


def make_linspace(call: Call) -> ArrayValue:
    """np.linspace(start, stop, num)"""
    start, stop, count = call.find(0, "start"), call.find(1, "stop"), read_int(call.find(2, "num", default=50))
    end = call.find(3, "endpoint", default=True)
    if count is not None and count < 0:
        raise Misfit("np.linspace has no negative number of values")
    if call.find(4, "retstep", default=False) is not False or not (is_number(start) and is_number(stop)):
        return ArrayValue(None)
    values = None
    if count is not None and count <= MOST_VALUES and isinstance(end, bool):
        parts = max(1, count - 1 if end else count)
        values = [start + i * ((stop - start) / parts) for i in range(count)]
        if end and count > 1:
            values[-1] = stop
    dtype = read_dtype(call.find(5, "dtype"), "float64")
    return ArrayValue((count,), dtype, fit_values(values, dtype))


def make_identity(call: Call) -> ArrayValue:
    """np.eye(n[, m])"""
    rows = read_int(call.find(0, "N", "n", "num_rows"))
    columns = call.find(1, "M", "num_columns")
    return ArrayValue((rows, rows if columns is None else read_int(columns)), "float64")


# ---- several arrays ----------------------------------------------------------------------------------------
def list_arrays(call: Call, *names: str) -> list[ArrayValue] | None:
    """The arrays of a list, or of an array's first axis; None where they are not known."""
    given = call.find(0, *names)
    if isinstance(given, (tuple, list)):
        return [to_array(part) for part in given]
    items = given.list_items(call.machine, call.node) if isinstance(given, ArrayValue) else None
    return None if items is None else [to_array(item) for item in items]


def _join(arrays: list[ArrayValue], shape: Sizes | None) -> ArrayValue:
    """The array that several make: examples of one set stay that."""
    first = arrays[0] if arrays else ArrayValue(None)
    labels = first.labels if all([array.labels == first.labels for array in arrays]) else None
    same = all([array.data == first.data for array in arrays]) and (labels is not None) == (first.labels is not None)
    why = next((array.why for array in arrays if array.why is not None), None)
    return ArrayValue(shape, find_result_dtype(*arrays), None, first.data if same else "", labels, why)


def concatenate(call: Call) -> ArrayValue:
    arrays, axis = list_arrays(call, "arrays", "values", "xs"), read_axes(call.find(1, "axis", default=0))
    if arrays is None or isinstance(axis, (Unknown, tuple)):
        return ArrayValue(None)
    if not arrays:
        raise Misfit("there is nothing to concatenate")
    made = _join(arrays, shapes.concatenate([array.shape for array in arrays], axis))
    known = [
        array.values
        for array in arrays
        if array.values is not None and array.shape is not None and len(array.shape) == 1
    ]
    if len(known) == len(arrays) and made.dtype:
        made = made.make_view(made.shape, values=fit_values([v for values in known for v in values], made.dtype))
    return made if axis == 0 else made.make_view(made.shape, labels=None, data=made.data if made.labels is None else "")


def stack(call: Call) -> ArrayValue:
    arrays, axis = list_arrays(call, "arrays", "values", "x"), read_axes(call.find(1, "axis", default=0))
    if arrays is None or not isinstance(axis, int):
        return ArrayValue(None)
    if not arrays:
        raise Misfit("there is nothing to stack")
    made = _join(arrays, shapes.stack([array.shape for array in arrays], axis))
    return made.make_view(made.shape, labels=None, data=made.data if made.labels is None and axis != 0 else "")


def make_stacking(axis: int, rank: int) -> Callable[[Call], ArrayValue]:
    """np.vstack, np.hstack, np.dstack: along an axis, once all have so many."""

    def make(call: Call) -> ArrayValue:
        arrays = list_arrays(call, "tup")
        if not arrays:
            return ArrayValue(None)
        raised = [array.shape if array.shape is None else _raise(array.shape, rank) for array in arrays]
        along = 0 if axis == 1 and raised[0] is not None and len(raised[0]) == 1 else axis
        return _join(arrays, shapes.concatenate(raised, along))

    return make


def _raise(shape: Sizes, rank: int) -> Sizes:
    """A shape with at least so many axes, as np.atleast_1d, _2d and _3d make them."""
    if len(shape) >= rank:
        return shape
    if rank == 3:
        return (*_raise(shape, 2), 1)
    return (1,) * (rank - len(shape)) + shape


def make_product(function: Callable[[Sizes | None, Sizes | None], Sizes | None]) -> Callable[[Call], Any]:
    """np.dot, np.matmul."""

    def make(call: Call) -> Any:
        one, other = get_array(call, 0, "a", "x1"), get_array(call, 1, "b", "x2")
        return ArrayValue(function(one.shape, other.shape), find_result_dtype(one, other), why=one.why or other.why)

    return make


def where(call: Call) -> Any:
    condition = get_array(call, 0, "condition")
    one, other = call.find(1, "x", default=NOTHING), call.find(2, "y", default=NOTHING)
    if one is NOTHING:
        if condition.shape is None:
            return call.make_unknown("how many axes a condition has is not known")
        return tuple([ArrayValue((None,), "int64") for _ in condition.shape])
    arrays = [condition, to_array(one), to_array(other)]
    return ArrayValue(shapes.broadcast(*[array.shape for array in arrays]), find_result_dtype(*arrays[1:]))


# ---- value by value ----------------------------------------------------------------------------------------
UNARY: dict[str, Callable[[Any], Any] | None] = {
    "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "log2": math.log2, "log10": math.log10, "log1p": math.log1p,
    "ceil": lambda v: float(math.ceil(v)), "floor": lambda v: float(math.floor(v)), "abs": abs, "absolute": abs,
    "square": lambda v: v * v, "sin": math.sin, "cos": math.cos, "tan": math.tan, "tanh": math.tanh, "round": None,
    "around": None, "rint": None, "sign": None, "negative": lambda v: -v, "isnan": None, "isinf": None, "isfinite": None,
    "expm1": math.expm1, "deg2rad": math.radians, "rad2deg": math.degrees, "logical_not": None, "nan_to_num": None,
    "trunc": lambda v: float(math.trunc(v)), "fabs": math.fabs, "reciprocal": None, "real": None, "arctan": math.atan,
    "cbrt": None, "exp2": None, "float_power": None, "arcsin": math.asin, "arccos": math.acos, "sinh": math.sinh,
}  # fmt: skip
BINARY: dict[str, str] = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "floor_divide": "//", "mod": "%",
    "remainder": "%", "power": "**", "equal": "==", "not_equal": "!=", "greater": ">", "greater_equal": ">=",
    "less": "<", "less_equal": "<=", "maximum": "", "minimum": "", "logical_and": "", "logical_or": "", "logical_xor": "",
    "fmax": "", "fmin": "", "arctan2": "", "hypot": "", "isclose": "",
}  # fmt: skip


TRUTHS = ("isnan", "isinf", "isfinite", "logical_not", "logical_and", "logical_or", "logical_xor", "isclose")
SAME_DTYPE = ("abs", "absolute", "square", "negative", "round", "around", "sign", "nan_to_num", "real")


def make_unary(name: str) -> Callable[[Call], Any]:
    function = UNARY[name]

    def make(call: Call) -> Any:
        array = get_array(call, 0, "x", "a")
        if array.shape == () and array.values is not None:
            value = array.values[0]
            if name in ("round", "around") and is_int(digits := call.find(1, "decimals", default=0)):
                return round(value, max(-20, min(20, digits)))
            return make_number(f"np.{name} is not worked out") if function is None else _compute(function, value)
        made = array_methods.keep_shape(call.replace(arguments=(array,)))
        same = array.dtype.startswith("float") or name in SAME_DTYPE
        return made.make_like(
            made.shape, data=made.data, dtype="bool" if name in TRUTHS else array.dtype if same else ""
        )

    return make


def _compute(function: Callable[..., Any], *values: Any) -> Any:
    try:
        return wrap(function(*values))
    except (ArithmeticError, ValueError):
        return make_number("NumPy has no number for it")


def make_binary(name: str) -> Callable[[Call], Any]:
    operator = BINARY[name]

    def make(call: Call) -> Any:
        one, other = call.find(0, "x1", "a", "x"), call.find(1, "x2", "b", "y")
        if operator:
            left = to_array(one)
            return left.compute(operator, other, False, call.machine, call.node)
        if is_number(one) and is_number(other) and name in ("maximum", "minimum"):
            return wrap(max(one, other) if name == "maximum" else min(one, other))
        left, right = to_array(one), to_array(other)
        dtype = "bool" if name in TRUTHS else find_result_dtype(left, right)
        return ArrayValue(shapes.broadcast(left.shape, right.shape), dtype)

    return make


def make_cast(dtype: str) -> Callable[[Call], ArrayValue]:
    """np.int32(3), np.float64(0.5), of a number or an array."""

    def make(call: Call) -> ArrayValue:
        array = to_array(call.find(0, "x", default=0))
        return array.make_like(array.shape, dtype=dtype, values=fit_values(array.values, dtype))

    return make


def make_grids(call: Call) -> Any:
    """np.meshgrid(xs, ys, indexing="xy")"""
    rows, order = [to_array(one) for one in call.arguments], call.keywords.get("indexing", "xy")
    if not call.keywords.keys() <= {"indexing"} or order not in ("xy", "ij") or call.open_arguments:
        return call.make_unknown("what np.meshgrid gives is not known")
    sizes = [row.shape[0] if row.shape is not None and len(row.shape) == 1 else None for row in rows]
    if order == "xy":
        sizes[:2] = sizes[1::-1]
    return [ArrayValue(tuple(sizes), row.dtype) for row in rows]


# ---- the tables --------------------------------------------------------------------------------------------
FUNCTIONS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("array", "asarray", "ascontiguousarray", "asfortranarray", "asanyarray"), make_array),
    "zeros": make_filled(0), "ones": make_filled(1), "empty": make_filled(None), "full": make_full,
    "zeros_like": make_like(0), "ones_like": make_like(1), "empty_like": make_like(None), "full_like": make_like(None),
    "arange": make_range, "linspace": make_linspace, "eye": make_identity, "identity": make_identity,
    **array_methods.SHARED,
    "expand_dims": array_methods.expand_dims, "moveaxis": array_methods.move_axis, "rollaxis": array_methods.move_axis,
    **dict.fromkeys(("flip", "flipud", "fliplr", "roll", "sort"), array_methods.keep_shape),
    "meshgrid": make_grids, "tile": array_methods.tile, "pad": array_methods.pad, "split": array_methods.split, "array_split": array_methods.split,
    "unique": array_methods.unique, "shape": array_methods.get_sizes, "size": array_methods.count_items,
    "ndim": lambda call: get_array(call, 0, "a").get_attribute("ndim", call.machine, call.node),
    "concatenate": concatenate, "stack": stack, "vstack": make_stacking(0, 2), "hstack": make_stacking(1, 1),
    "dstack": make_stacking(2, 3), "row_stack": make_stacking(0, 2),
    "dot": make_product(shapes.dot), "matmul": make_product(shapes.matrix_multiply), "where": where,
    **{name: make_unary(name) for name in UNARY},
    **{name: make_binary(name) for name in BINARY},
    **{name: make_cast(name) for name in (*BITS, "float16", "float32", "float64")},
}  # fmt: skip
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "Inf": math.inf, "nan": math.nan, "newaxis": None}


def answer_number(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """A function of NumPy: a number comes as itself, and what it refuses is unknown."""

    def answer_simply(call: Call) -> Any:
        found = answer(function, call)
        return simplify(found) if isinstance(found, ArrayValue) else found

    return answer_simply


def forget_arguments(name: str, call: Call) -> Any:
    """A function of which nothing is known may have written into the arrays that it was given."""
    for argument in (*call.arguments, *call.keywords.values()):
        if isinstance(argument, ArrayValue):
            argument.set_item(None, None, call.machine, call.node)
    return NotImplemented
