"""Arithmetic on arrays, value by value where the values are known."""

from __future__ import annotations

import math
import operator as operators
import struct

from cnnspec.python_source.arrays import shapes
from cnnspec.python_source.arrays.array_value import ArrayValue, is_unknown_number
from cnnspec.python_source.arrays.reading import INTEGERS, is_int, is_number, to_array
from cnnspec.python_source.values import NOTHING, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.python_source.values import Call

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operators.add, "-": operators.sub, "*": operators.mul, "/": operators.truediv, "//": operators.floordiv,
    "%": operators.mod, "**": operators.pow, "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge,
    "==": operators.eq, "!=": operators.ne, "&": operators.and_, "|": operators.or_, "^": operators.xor,
}  # fmt: skip
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
HIGHEST_POWER = 64
ROUNDED = {"float32": "f", "float16": "e"}
BITS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}


def compute(call: Call) -> Any:
    """The operator, an array, the other value, and whether that stands before it; see `Value.compute`."""
    array, operator, other, swapped = call.arguments
    if other is NOTHING:
        values = [-v for v in array.values] if operator == "-" and array.values and array.dtype != "bool" else None
        return array.make_like(array.shape, values=values, data=_keep_data(array, array))
    if isinstance(other, Unknown) and not is_unknown_number(other):
        return ArrayValue(None, why=other)
    right = to_array(other)
    one, two = (right, array) if swapped else (array, right)
    why = one.why or two.why
    if operator == "@":
        return ArrayValue(shapes.matrix_multiply(one.shape, two.shape), find_result_dtype(one, two), why=why)
    made = ArrayValue(shapes.broadcast(one.shape, two.shape), _find_dtype(operator, array, other), why=why)
    values = _compute_values(operator, one, two, made.dtype)
    return made.make_view(made.shape, values=values, data=_keep_data(array, right, made), alive=None)


def _keep_data(array: ArrayValue, other: ArrayValue, made: ArrayValue | None = None) -> str:
    """The set whose examples these still are: values were changed, and no label."""
    kept = made is None or made.shape == array.shape
    return array.data if kept and array.labels is None and other.labels is None else ""


# ---- dtypes ------------------------------------------------------------------------------------------------
def _find_dtype(operator: str, array: ArrayValue, other: Any) -> str:
    if operator in COMPARISONS:
        return "bool"
    kind = type(other)
    if kind in (bool, int, float):  # takes the array's own dtype, where that is of its kind
        if array.dtype.startswith("float") or kind is bool:
            dtype = array.dtype
        elif kind is int:
            dtype = array.dtype if array.dtype in BITS else "int64" if array.dtype == "bool" else ""
        else:
            dtype = "float64" if array.dtype in (*INTEGERS, "bool") else ""
    else:
        dtype = find_result_dtype(array, to_array(other))
    return (
        ("float64" if dtype in (*INTEGERS, "bool") else dtype if "float" in dtype else "") if operator == "/" else dtype
    )


def find_result_dtype(*arrays: ArrayValue) -> str:
    """What NumPy makes of several dtypes, where that is easily said."""
    found = {array.dtype for array in arrays}
    if len(found) > 1:
        found -= {"bool"}
    if found <= {"int32", "int64", "float64"} and len(found) > 1:
        return "float64" if "float64" in found else "int64"
    return found.pop() if len(found) == 1 else ""


def fit_values(values: Sequence[Any] | None, dtype: str) -> list[Any] | None:
    """The values as an array of a dtype keeps them; None where that is not sure."""
    if values is None or not all(map(is_number, values)):
        return None
    if dtype == "bool":
        return list(map(bool, values))
    if dtype in BITS:
        whole = [int(v) for v in values]
        lowest = 0 if dtype.startswith("u") else -(2 ** BITS[dtype])
        return whole if all([lowest <= v < 2 ** BITS[dtype] for v in whole]) else None
    if dtype == "float64":
        return list(map(float, values))
    if dtype in ROUNDED:
        form = ROUNDED[dtype]
        try:
            return [struct.unpack(form, struct.pack(form, v))[0] for v in values]
        except (OverflowError, struct.error):
            return None
    return None


# ---- values ------------------------------------------------------------------------------------------------
def _compute_values(operator: str, one: ArrayValue, two: ArrayValue, dtype: str) -> list[Any] | None:
    if one.values is None or two.values is None or not one.dtype or not two.dtype:
        return None
    if one.dtype == two.dtype == "bool" and operator not in (*COMPARISONS, "&", "|", "^"):
        return None
    left, right = one.values, two.values
    if one.shape != two.shape:
        if len(left) != 1 and len(right) != 1:
            return None
        count = len(right) if len(left) == 1 else len(left)
        left, right = [v * count if len(v) == 1 else v for v in (left, right)]
    return fit_values(compute_each(operator, left, right), dtype)


def compute_each(operator: str, left: Sequence[Any], right: Sequence[Any]) -> list[Any] | None:
    """Numbers with numbers; None where Python and NumPy may not agree."""
    function = FUNCTIONS.get(operator)
    if function is None:
        return None
    if operator == "**" and not all([_is_small_power(a, b) for a, b in zip(left, right, strict=True)]):
        return None
    try:
        found = [function(a, b) for a, b in zip(left, right, strict=True)]
    except (ArithmeticError, TypeError, ValueError):
        return None
    return found if all([is_number(v) and math.isfinite(v) for v in found]) else None


def _is_small_power(base: Any, exponent: Any) -> bool:
    return abs(exponent) <= HIGHEST_POWER and not (is_int(base) and is_int(exponent) and exponent < 0)
