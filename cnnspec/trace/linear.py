"""Numbers that remember what they are added up from: a sum's terms, found for all its values by computing it once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from cnnspec.trace.reference.definition import Array

Place = tuple[int, ...]


class Linear:
    """A sum of parts, each a number or such a sum, times a factor. It can be added, and multiplied by numbers."""

    __slots__ = ("factor", "parts")

    def __init__(self, parts: tuple[Any, ...], factor: Any = 1) -> None:
        self.parts, self.factor = parts, factor

    def __add__(self, other: Any) -> Linear:
        return Linear((self, other)) if isinstance(other, Linear) or other != 0 else self

    __radd__ = __add__

    def __neg__(self) -> Linear:
        return Linear((self,), -1)

    def __sub__(self, other: Any) -> Linear:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Linear:
        return (-self).__add__(other)

    def __mul__(self, factor: Any) -> Any:
        return Linear((self,), factor) if factor != 0 else Fraction(0)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Linear:
        return Linear((self,), Fraction(1) / divisor)


class Cell(Linear):
    """A value of an input, which stands for itself: the input's number and the place."""

    __slots__ = ("place",)

    def __init__(self, number: int, place: Place) -> None:
        super().__init__(())
        self.place = (number, place)


def make_cells(xs: Sequence[Array]) -> list[Array]:
    """Arrays of the inputs' shapes, each of whose values stands for itself."""
    made = [np.empty(x.shape, dtype=object) for x in xs]
    for number, cells in enumerate(made):
        for place in np.ndindex(cells.shape):
            cells[place] = Cell(number, place)
    return made


def unfold(total: Any) -> dict[tuple[int, Place], Any]:
    """The factor of each value that a sum adds up."""
    factors: dict[tuple[int, Place], Any] = {}
    waiting = [(total, 1)]
    while waiting:
        part, factor = waiting.pop()
        if isinstance(part, Cell):
            factors[part.place] = factors.get(part.place, 0) + factor
        elif isinstance(part, Linear):
            waiting += [(inner, factor if part.factor == 1 else factor * part.factor) for inner in part.parts]
    return factors
