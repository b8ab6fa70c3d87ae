"""The candidates of a space in groups: those of a group take the same options on some axes."""

from __future__ import annotations

from itertools import islice, pairwise
from math import prod
from typing import Protocol

import numpy as np

from cnnspec.base.record import Record
from cnnspec.sweep.permutation import MOST, ROUNDS, Permutation, draw_keys, mix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from cnnspec.sweep.space import Space

    Digits: TypeAlias = NDArray[np.intp]

ROWS = 2**15  # candidates that are computed together
HELD = 2**22  # drawn candidates that are held, and grouped, together


class Chunk(Record):
    """Some candidates of one group, whose options on the grouped axes are the `key` and which has so many `rows` in all: the
    digits, one array an axis."""

    key: tuple[int, ...]
    rows: int
    digits: list[Digits]


class Part(Protocol):
    """Some of the chunks: what a process is given to compute. It is small when it is pickled."""

    @property
    def axes(self) -> tuple[int, ...]:
        """By which candidates are grouped."""

    def chunks(self) -> Iterator[Chunk]: ...


class WholePart(Record):
    """Chunks of a whole space, from the number `first` up to, not including, `end`."""

    sizes: tuple[int, ...]
    axes: tuple[int, ...]
    first: int
    end: int

    def chunks(self) -> Iterator[Chunk]:
        free = [axis for axis in range(len(self.sizes)) if axis not in self.axes]
        rows = prod([self.sizes[axis] for axis in free])
        for number in range(self.first, self.end):
            group, place = divmod(number, count_chunks(rows))
            key = find_digits(group, [self.sizes[axis] for axis in self.axes])
            fixed = dict(zip(self.axes, key, strict=True))
            numbers = np.arange(place * ROWS, min((place + 1) * ROWS, rows))
            digits = [np.full(len(numbers), fixed.get(axis, 0), np.intp) for axis in range(len(self.sizes))]
            for axis in reversed(free):
                numbers, digits[axis] = np.divmod(numbers, self.sizes[axis])
            yield Chunk(key, rows, digits)


class ListedPart(Record):
    """Chunks of candidates that were listed."""

    axes: tuple[int, ...]
    listed: tuple[Chunk, ...]

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self.listed:
            yield chunk.replace(digits=[digits.astype(np.intp) for digits in chunk.digits])


class Candidates(Protocol):
    """Candidates of a space: so many in all, of which so many are grouped at a time."""

    count: int
    grouped_at_once: int

    def cut(self, axes: tuple[int, ...], most: int) -> Iterator[Part]:
        """Parts of at most so many chunks, grouped by some axes."""


class Whole:
    """Every candidate of a space."""

    def __init__(self, space: Space) -> None:
        self.sizes = space.sizes
        self.count = self.grouped_at_once = space.count

    def cut(self, axes: tuple[int, ...], most: int) -> Iterator[Part]:
        groups = prod([self.sizes[axis] for axis in axes])
        chunks = groups * count_chunks(self.count // groups)
        for first in range(0, chunks, most):
            yield WholePart(self.sizes, axes, first, min(first + most, chunks))


class Listed:
    """Candidates by their digits, one array an axis."""

    def __init__(self, digits: Sequence[NDArray[Any]]) -> None:
        self.digits = digits
        self.count = self.grouped_at_once = len(digits[0])

    def cut(self, axes: tuple[int, ...], most: int) -> Iterator[Part]:
        chunks = self._chunks(axes)
        while listed := tuple(islice(chunks, most)):
            yield ListedPart(axes, listed)

    def _chunks(self, axes: tuple[int, ...]) -> Iterator[Chunk]:
        keys = [self.digits[axis] for axis in axes]
        order = np.lexsort(keys[::-1]) if keys else np.arange(self.count)
        changes = np.zeros(self.count, bool)
        changes[:1] = True
        for key in keys:
            changes[1:] |= key[order][1:] != key[order][:-1]
        starts = [*np.flatnonzero(changes).tolist(), self.count]
        for first, end in pairwise(starts):
            group = tuple([int(key[order[first]]) for key in keys])
            for start in range(first, end, ROWS):
                rows = order[start : min(start + ROWS, end)]
                yield Chunk(group, end - first, [digits[rows] for digits in self.digits])


class Sample:
    """Some candidates of a space, drawn at random, each at most once. They are never all held."""

    def __init__(self, space: Space, count: int, seed: int) -> None:
        self.sizes = space.sizes
        self.count = min(count, space.count)
        self.grouped_at_once = min(self.count, HELD)
        self.first = find_last_axes(self.sizes)
        self.order = Permutation(prod(self.sizes[self.first :]), seed)
        self.keys = draw_keys(seed, ROUNDS + self.first)[ROUNDS:]

    def cut(self, axes: tuple[int, ...], most: int) -> Iterator[Part]:
        for first in range(0, self.count, HELD):
            yield from Listed(self._draw(first, min(first + HELD, self.count))).cut(axes, most)

    def _draw(self, first: int, end: int) -> list[NDArray[Any]]:
        """The digits of those from `first` up to, not including, `end`."""
        drawn: list[NDArray[Any]] = [np.empty(end - first, np.min_scalar_type(size - 1)) for size in self.sizes]
        for start in range(first, end, ROWS):
            stop = min(start + ROWS, end)
            places = np.arange(start, stop, dtype=np.uint64)
            some = [mix(mix(places) ^ key) % np.uint64(size) for key, size in zip(self.keys, self.sizes, strict=False)]
            some += split_numbers(self.order.take(start, stop), self.sizes[self.first :])
            for digits, own in zip(drawn, some, strict=True):
                digits[start - first : stop - first] = own
        return drawn


def find_last_axes(sizes: Sequence[int]) -> int:
    """The first of the last axes whose candidates can be brought into an order; those of the axes before it are drawn for each. As
    many are far more than can be gone through, so that no two of them are the same."""
    first = len(sizes)
    while first and prod(sizes[first - 1 :]) <= MOST:
        first -= 1
    return first


def count_chunks(rows: int) -> int:
    """Of a group with so many rows."""
    return -(-rows // ROWS)


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


def find_number(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """The number of the candidate with these digits."""
    number = 0
    for digit, size in zip(digits, sizes, strict=True):
        number = number * size + digit
    return number


def find_numbers(digits: Sequence[NDArray[Any]], sizes: Sequence[int]) -> NDArray[Any]:
    """The numbers of candidates: ints of Python where there are too many for 64 bits."""
    fits = prod(sizes) < 2**63
    numbers: NDArray[Any] = np.zeros(len(digits[0]) if digits else 1, np.int64 if fits else object)
    for digit, size in zip(digits, sizes, strict=True):
        numbers = numbers * size + digit
    return numbers
