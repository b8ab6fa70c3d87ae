"""Values that a user gives in Python, taken as what they must be; a TypeError or ValueError of one sentence for others."""

from __future__ import annotations

import os
from math import isfinite
from numbers import Real
from operator import index

from cnnspec.base.source import brief, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def take_text(value: Any, name: str) -> str:
    """A str."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value


def check_texts(values: Mapping[str, Any]) -> None:
    """A str under each name."""
    for name, value in values.items():
        take_text(value, name)


def take_path(value: Any) -> str:
    """A path, not an empty one."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"a path is a str or an os.PathLike, not {type(value).__name__}")
    path = os.fspath(value)
    if not path.strip():
        raise FileNotFoundError(2, "an empty path names no file")
    if "\0" in path:
        raise FileNotFoundError(2, f"there is no such file: {printable(brief(path))}")
    return str(path)


def take_paths(value: Any) -> list[str]:
    """One path, or several."""
    several = hasattr(value, "__iter__") and not isinstance(value, (str, bytes, os.PathLike))
    return [take_path(one) for one in value] if several else [take_path(value)]


def take_texts(value: Any, name: str) -> list[str]:
    """A str for each in a list, not an empty one."""
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} must be texts in a list, not {brief(repr(value))}")
    return list(value)


def take_range(value: Any, name: str) -> tuple[float, float]:
    """Two numbers that differ."""
    wanted = f"{name} must be two numbers, such as (0, 255), not {brief(repr(value))}"
    try:
        low, high = map(float, value)
    except (TypeError, ValueError):
        raise TypeError(wanted) from None
    if low == high or not (isfinite(low) and isfinite(high)):
        raise ValueError(wanted)
    return low, high


def take_count(value: Any, name: str, least: int = 1) -> int:
    """A whole number from 1, or from another least one; NumPy's too."""
    wanted = f"{name} must be a whole number from {least}, not"
    if not _is_whole(value):
        raise TypeError(f"{wanted} {value!r}")
    if index(value) < least:
        raise ValueError(f"{wanted} {value}")
    return index(value)


def take_real(value: Any, name: str) -> float:
    """A finite number; NumPy's too."""
    wanted = f"{name} must be a finite number, not {brief(repr(value))}"
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(wanted)
    if not isfinite(value):
        raise ValueError(wanted)
    return float(value)


def take_numbers(value: Any, name: str) -> tuple[int, ...] | None:
    """A whole number for each axis: one, or several in a tuple; None stays."""
    numbers = (value,) if _is_whole(value) else value
    if numbers is None:
        return None
    if not isinstance(numbers, (tuple, list)) or not all(map(_is_whole, numbers)):
        raise TypeError(f"{name} must be whole numbers in a tuple, one for each axis, not {value!r}")
    return tuple(map(index, numbers))


def _is_whole(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)
