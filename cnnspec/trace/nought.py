"""A zero that costs nothing to compute with: exact sums of which one value is wanted have it in the place of all others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from cnnspec.trace.reference.definition import Array


class Nought:
    """0, for arrays of Fractions: a product or a sum with it is no arithmetic."""

    __slots__ = ()

    def __mul__(self, other: Any) -> Nought:
        return self

    __rmul__ = __truediv__ = __mul__

    def __add__(self, other: Any) -> Any:
        return other

    __radd__ = __rsub__ = __add__

    def __sub__(self, other: Any) -> Any:
        return -other

    def __neg__(self) -> Nought:
        return self

    def __float__(self) -> float:
        return 0.0


NOUGHT = Nought()


def keep(x: Array, places: Iterable[tuple[int, ...]]) -> Array:
    """An array of Fractions with the numbers at some places alone."""
    kept = np.full(x.shape, NOUGHT, dtype=object)
    for place in places:
        kept[place] = x[place]
    return kept
