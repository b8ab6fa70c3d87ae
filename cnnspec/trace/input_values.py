"""The numbers of an input as a Python program has them: an array, or nested lists, of floats, whole numbers or Fractions."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.base.source import brief
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.input_files import make_exact_whole
from cnnspec.trace.input_layout import Asked, check_stored
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.trace.reference.definition import Array


def take_values(given: Any, asked: Asked) -> Array:
    """The numbers, (1, *shape), channels last, as Keras takes them; a batch of one and the axis of one channel may be left out.
    All but floats are exact. Raises NoTrace."""
    array = read_values(given, asked.what)
    if array.ndim == 0 and asked.shape == (1,):
        array = array.reshape(1)
    shape = check_stored(array.shape, asked, "")
    return take_numbers(array, asked.what).reshape(shape)


def read_values(given: Any, what: str) -> Array:
    """An array of whatever was given. Raises NoTrace for what is none."""
    try:
        return np.asarray(given)
    except Exception:  # of rows that are not alike, and of whatever another library's array raises
        raise NoTrace(f"{what} must be numbers in an array, or in lists of the same length") from None


def take_numbers(array: Array, what: str) -> Array:
    """An array in one kind of number. Raises NoTrace for one of no numbers."""
    if array.dtype.kind == "f":
        values = array.astype(float)
        if not np.isfinite(values).all():
            raise NoTrace(f"{what} holds NaN or infinity, with which nothing can be computed")
        return values
    if array.dtype.kind in "bui":
        return make_exact_whole(array)
    try:
        return make_exact(array)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise NoTrace(f"{what} must be numbers, not {brief(repr(array.ravel()[:1].tolist()))}") from None
