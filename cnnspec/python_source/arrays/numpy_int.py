"""NumPy's whole numbers, which Keras takes for some arguments and refuses for others."""

from __future__ import annotations

from cnnspec.python_source.values import can_walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _keep(method: Callable[[int, Any], Any]) -> Any:
    """The method of int, of which a whole number comes out as NumPy's."""
    return lambda number, other: wrap(method(number, other))


class NumpyInt(int):
    """A whole number of NumPy, such as np.prod((3, 4)); what is computed with it is one too."""

    __slots__ = ()
    __add__ = __radd__ = _keep(int.__add__)
    __mul__ = __rmul__ = _keep(int.__mul__)
    __sub__, __rsub__ = _keep(int.__sub__), _keep(int.__rsub__)
    __floordiv__, __rfloordiv__ = _keep(int.__floordiv__), _keep(int.__rfloordiv__)
    __mod__, __rmod__ = _keep(int.__mod__), _keep(int.__rmod__)
    __pow__, __rpow__ = _keep(int.__pow__), _keep(int.__rpow__)


def wrap(value: Any) -> Any:
    """A number that NumPy has computed."""
    return NumpyInt(value) if isinstance(value, int) and not isinstance(value, bool) else value


def to_python(value: Any) -> Any:
    """A value with Python's own numbers in it, in lists, tuples and dicts too."""
    return _exchange(value) if can_walk(value) else value


def _exchange(value: Any) -> Any:
    if isinstance(value, NumpyInt):
        return int(value)
    if isinstance(value, dict):
        return {key: _exchange(part) for key, part in value.items()} if _holds(value.values()) else value
    if type(value) in (tuple, list) and _holds(value):
        return type(value)([_exchange(part) for part in value])
    return value


def _holds(parts: Any) -> bool:
    """Whether a number of NumPy is in these, however deep: what holds none is left as it is, the same object."""
    return any(
        [
            isinstance(part, NumpyInt)
            or isinstance(part, (tuple, list))
            and _holds(part)
            or isinstance(part, dict)
            and _holds(part.values())
            for part in parts
        ]
    )
