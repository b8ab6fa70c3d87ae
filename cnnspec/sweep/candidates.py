"""The candidates of a space in groups: those of a group take the same options on some axes."""

from __future__ import annotations

from itertools import islice, pairwise
from math import prod
from typing import Protocol

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


class SamplePart(Record):
    """Chunks of a sample."""

    axes: tuple[int, ...]
    drawn: tuple[Chunk, ...]

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self.drawn:
            yield chunk.replace(digits=[digits.astype(np.intp) for digits in chunk.digits])


class Whole:
    """Every candidate of a space."""

    def __init__(self, space: Space) -> None:
        self.sizes = space.sizes
        self.count = space.count

    def cut(self, axes: tuple[int, ...], most: int) -> Iterator[Part]:
        """Parts of at most so many chunks, grouped by some axes."""
        groups = prod([self.sizes[axis] for axis in axes])
        chunks = groups * count_chunks(self.count // groups)
        for first in range(0, chunks, most):
            yield WholePart(self.sizes, axes, first, min(first + most, chunks))


class Sample:
    """Some candidates of a space, drawn at random, each at most once."""

    def __init__(self, space: Space, count: int, seed: int) -> None:
        self.sizes = space.sizes
        self.digits = _draw(self.sizes, space.count, min(count, space.count), np.random.default_rng(seed))
        self.count = len(self.digits[0]) if self.digits else 1

    def cut(self, axes: tuple[int, ...], most: int) -> Iterator[Part]:
        """Parts of at most so many chunks, grouped by some axes."""
        chunks = self._chunks(axes)
        while drawn := tuple(islice(chunks, most)):
            yield SamplePart(axes, drawn)

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


def count_chunks(rows: int) -> int:
    """Of a group with so many rows."""
    return -(-rows // ROWS)


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


def find_number(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """The number of the candidate with these digits."""
    number = 0
    for digit, size in zip(digits, sizes, strict=True):
        number = number * size + digit
    return number


def find_numbers(digits: Sequence[NDArray[Any]], sizes: Sequence[int], wrapping: bool = False) -> NDArray[Any]:
    """The numbers of candidates: ints of Python where there are too many for 64 bits, unless they may wrap around."""
    fits = wrapping or prod(sizes) < 2**63
    numbers: NDArray[Any] = np.zeros(len(digits[0]) if digits else 1, np.int64 if fits else object)
    for digit, size in zip(digits, sizes, strict=True):
        numbers = numbers * size + digit
    return numbers
