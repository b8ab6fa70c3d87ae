"""Arguments of functions of arrays, read from values that may be unknown."""

from __future__ import annotations

from cnnspec.python_source.arrays import shapes
from cnnspec.python_source.arrays.array_value import MOST_VALUES, ArrayValue, Labels, is_unknown_number, make_number
from cnnspec.python_source.arrays.numpy_int import wrap
from cnnspec.python_source.arrays.picture_value import PictureValue
from cnnspec.python_source.arrays.shapes import Misfit
from cnnspec.python_source.values import NOTHING, External, Unknown, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.python_source.arrays.shapes import Sizes
    from cnnspec.python_source.values import Call

NUMBERS = (bool, int, float)
INTEGERS = ("int32", "int64", "int")
DEEPEST = 32  # nested lists: NumPy has no more axes


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """A number that an array may keep."""
    return isinstance(value, NUMBERS) and abs(value) < 2**63


def read_int(value: Any) -> int | None:
    """A whole number; None for what is not known."""
    if is_int(value):
        return int(value)
    if isinstance(value, ArrayValue) and value.values is not None and len(value.values) == 1:
        return read_int(value.values[0])
    if value is None or isinstance(value, (bool, float, str)):
        raise Misfit(f"{value!r} is no whole number")
    return None


def read_shape(value: Any) -> Sizes | None:
    """A shape that is given as one number, or several; None where even how many is unknown."""
    if isinstance(value, ArrayValue) and value.values is not None and value.shape is not None and len(value.shape) == 1:
        value = value.values
    if isinstance(value, (tuple, list)):
        return tuple([None if n is None else read_int(n) for n in value])
    if is_unknown_number(value):
        return (None,)
    size = read_int(value)
    return None if size is None else (size,)


def read_axes(value: Any) -> int | tuple[int, ...] | Unknown | None:
    """An `axis`: None for all; unknown where one is."""
    if value is None:
        return None
    found = [read_int(n) for n in (value if isinstance(value, (tuple, list)) else (value,))]
    if None in found:
        return find_unknown(value) or Unknown("an axis is not known", None)
    axes = tuple([n for n in found if n is not None])
    return axes if isinstance(value, (tuple, list)) else axes[0]


def read_dtype(value: Any, default: str = "") -> str:
    """The name of a dtype: float32, of "float32", np.float32, tf.float32; "" where it is not known."""
    if value is None:
        return default
    if isinstance(value, str):
        return DTYPES.get(value, value)
    name = value.name.rpartition(".")[2].rstrip("_") if isinstance(value, External) else ""
    return DTYPES.get(name, name)


DTYPES = {"int": "int64", "float": "float64", "double": "float64", "single": "float32", "f": "float32", "f4": "float32"}


def read_flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


# ---- arrays ------------------------------------------------------------------------------------------------
def to_array(value: Any, depth: int = 0) -> ArrayValue:
    """np.asarray of a value: its shape is None where it cannot be known."""
    if isinstance(value, ArrayValue):
        return value
    if isinstance(value, PictureValue):
        return value.to_array()
    if isinstance(value, range):
        count = shapes.count_range(value.start, value.stop, value.step)
        return to_array(list(value)) if count <= MOST_VALUES else ArrayValue((count,), "int64")
    if is_number(value):
        return ArrayValue((), find_dtype([value]), [value])
    if is_unknown_number(value):
        return ArrayValue((), why=value)
    if isinstance(value, (tuple, list)) and depth < DEEPEST:
        return _to_array([to_array(part, depth + 1) for part in value])
    if isinstance(value, str):
        return ArrayValue((), "str")
    return ArrayValue(None, why=find_unknown(value))


def _to_array(parts: list[ArrayValue]) -> ArrayValue:
    """The array of which these are the items."""
    if not parts:
        return ArrayValue((0,), "float64", [])
    why = next((part.why for part in parts if part.why is not None), None)
    if any([part.shape is None for part in parts]):
        known = [part.shape for part in parts if part.shape is not None]
        return ArrayValue(shapes.stack([part.shape for part in parts], 0) if len(set(known)) == 1 else None, why=why)
    try:
        shape = shapes.stack([part.shape for part in parts], 0)
    except Misfit:
        return ArrayValue(None, "object", why=why)  # ragged
    dtypes = {part.dtype for part in parts}
    values: list[Any] | None = []
    for part in parts:
        values = None if values is None or part.values is None else [*values, *part.values]
        if values is not None and len(values) > MOST_VALUES:
            values = None
    if values is not None:
        dtypes = {find_dtype(values)}
        if dtypes == {"float64"}:
            values = list(map(float, values))
    return ArrayValue(shape, dtypes.pop() if len(dtypes) == 1 else "", values, why=why)


def find_dtype(values: Sequence[Any]) -> str:
    """What NumPy makes of Python's numbers."""
    if values and all([isinstance(v, bool) for v in values]):
        return "bool"
    return "int64" if values and all([isinstance(v, int) for v in values]) else "float64"


def simplify(array: ArrayValue) -> Any:
    """A number as itself: of an array without axes."""
    if array.shape != ():
        return array
    return (
        wrap(array.values[0])
        if array.values is not None
        else make_number("the values of an array are not known", array.why)
    )


def find_labels(array: ArrayValue) -> Labels | None:
    """The labels that an array holds as class numbers."""
    return array.labels if array.labels is not None and not array.labels.one_hot else None


def get_array(call: Call, position: int | None, *names: str) -> ArrayValue:
    value = call.find(position, *names, default=NOTHING)
    if value is NOTHING:
        raise Misfit(f"{names[0] if names else 'an argument'} is not given")
    return to_array(value)
