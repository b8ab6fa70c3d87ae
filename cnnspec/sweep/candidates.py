"""The candidates of a space in groups: those of a group take the same options on some axes."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from cnnspec.sweep.space import Space

    Digits: TypeAlias = NDArray[np.intp]

ROWS = 2**15  # candidates that are computed together


class Group(Record):
    """Candidates with the same options on the grouped axes: `rows` of them in all, in chunks of digits, one array an axis."""

    key: tuple[int, ...]
    rows: int
    chunks: Iterator[list[Digits]]


class Whole:
    """Every candidate of a space."""

    def __init__(self, space: Space) -> None:
        self.sizes = space.sizes
        self.count = space.count

    def groups(self, axes: Sequence[int]) -> Iterator[Group]:
        """The candidates, grouped by some axes."""
        free = [axis for axis in range(len(self.sizes)) if axis not in axes]
        rows = prod([self.sizes[axis] for axis in free])
        for number in range(prod([self.sizes[axis] for axis in axes])):
            key = find_digits(number, [self.sizes[axis] for axis in axes])
            yield Group(key, rows, self._chunks(dict(zip(axes, key, strict=True)), free, rows))

    def _chunks(self, fixed: dict[int, int], free: list[int], rows: int) -> Iterator[list[Digits]]:
        for first in range(0, rows, ROWS):
            numbers = np.arange(first, min(first + ROWS, rows))
            digits = [np.full(len(numbers), fixed.get(axis, 0), np.intp) for axis in range(len(self.sizes))]
            for axis in reversed(free):
                numbers, digits[axis] = np.divmod(numbers, self.sizes[axis])
            yield digits


class Sample:
    """Some candidates of a space, drawn at random, each at most once."""

    def __init__(self, space: Space, count: int, seed: int) -> None:
        self.sizes = space.sizes
        self.digits = _draw(self.sizes, space.count, min(count, space.count), np.random.default_rng(seed))
        self.count = len(self.digits[0]) if self.digits else 1

    def groups(self, axes: Sequence[int]) -> Iterator[Group]:
        """The candidates, grouped by some axes."""
        keys = [self.digits[axis] for axis in axes]
        order = np.lexsort(keys[::-1]) if keys else np.arange(self.count)
        changes = np.zeros(self.count, bool)
        changes[:1] = True
        for key in keys:
            changes[1:] |= key[order][1:] != key[order][:-1]
        starts = [*np.flatnonzero(changes).tolist(), self.count]
        for first, end in pairwise(starts):
            rows = order[first:end]
            yield Group(tuple([int(key[rows[0]]) for key in keys]), len(rows), self._chunks(rows))

    def _chunks(self, rows: NDArray[Any]) -> Iterator[list[Digits]]:
        for first in range(0, len(rows), ROWS):
            part = rows[first : first + ROWS]
            yield [digits[part].astype(np.intp) for digits in self.digits]


def _draw(sizes: Sequence[int], candidates: int, count: int, random: np.random.Generator) -> list[NDArray[Any]]:
    """The digits of so many different candidates."""
    kinds = [np.min_scalar_type(size - 1) for size in sizes]
    if candidates <= 4 * count:
        drawn = split_numbers(random.permutation(candidates)[:count], sizes)
        return [digits.astype(kind) for digits, kind in zip(drawn, kinds, strict=True)]
    found: list[NDArray[Any]] = [np.empty(0, kind) for kind in kinds]
    while len(found[0]) < count:
        missing = count - len(found[0])
        more = [random.integers(0, size, missing, dtype=kind) for size, kind in zip(sizes, kinds, strict=True)]
        found = [np.concatenate(both) for both in zip(found, more, strict=True)]
        _, first = np.unique(find_numbers(found, sizes, wrapping=True), return_index=True)
        if len(first) < len(found[0]):
            first.sort()
            found = [digits[first] for digits in found]
    return found


def split_numbers(numbers: NDArray[Any], sizes: Sequence[int]) -> list[NDArray[Any]]:
    """The digits of candidates' numbers."""
    digits = []
    for size in reversed(sizes):
        numbers, last = np.divmod(numbers, size)
        digits.append(last)
    return digits[::-1]


def find_digits(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """The digits of a candidate's number, the last the fastest."""
    digits = []
    for size in reversed(sizes):
        number, last = divmod(number, size)
        digits.append(last)
    return tuple(digits[::-1])


def find_numbers(digits: Sequence[NDArray[Any]], sizes: Sequence[int], wrapping: bool = False) -> NDArray[Any]:
    """The numbers of candidates: ints of Python where there are too many for 64 bits, unless they may wrap around."""
    fits = wrapping or prod(sizes) < 2**63
    numbers: NDArray[Any] = np.zeros(len(digits[0]) if digits else 1, np.int64 if fits else object)
    for digit, size in zip(digits, sizes, strict=True):
        numbers = numbers * size + digit
    return numbers
