"""Values that a user gives in Python, taken as what they must be; a TypeError or ValueError of one sentence for others."""

from __future__ import annotations

import os
from operator import index

from cnnspec.base.source import brief, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def take_text(value: Any, name: str) -> str:
    """A str."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value


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


def take_count(value: Any, name: str) -> int:
    """A whole number from 1, NumPy's too."""
    wanted = f"{name} must be a whole number from 1, not"
    if not _is_whole(value):
        raise TypeError(f"{wanted} {value!r}")
    if index(value) < 1:
        raise ValueError(f"{wanted} {value}")
    return index(value)


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
