"""Counts of values, found in one pass and in bounded memory: what is counted in parts comes to the same as in one go.

As long as the values are few each is counted by itself. When they are many they are rounded down, to five leading digits, then to
four, and so on: each bin lies whole in one of the next coarser ones. A tally is as fine as all of its values allow, whichever came
first, and its counts are exact.
"""

from __future__ import annotations

import numpy as np

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

MOST_BINS = 4096
FINEST = {10: 5, 2: 16}  # digits to which many values are rounded down first, by base
TINY = 1e-280  # below it floats are rounded one by one
EXACT_POWER = 22  # the largest power of ten that is a float


class Tally(Record):
    """How often values came: `lows` are the values in order, rounded down to so many `digits` in a base (0: not rounded).
    `least` and `most` are the smallest and the largest value; `unknown` is how many were not known."""

    base: int
    digits: int
    lows: NDArray[Any]
    counts: NDArray[np.int64]
    unknown: int
    least: Any
    most: Any

    def join(self, other: Tally) -> Tally:
        """The tally of both's values."""
        if not len(other.lows):
            return self.replace(unknown=self.unknown + other.unknown)
        if not len(self.lows):
            return other.replace(unknown=self.unknown + other.unknown)
        digits = min([tally.digits or FINEST[self.base] + 1 for tally in (self, other)])
        digits = digits if digits <= FINEST[self.base] else 0
        lows = np.concatenate([tally.round_down(digits) for tally in (self, other)])
        counts = np.concatenate([self.counts, other.counts])
        joined = Tally(
            self.base, digits, *_add_up(lows, counts), self.unknown + other.unknown,
            min(self.least, other.least), max(self.most, other.most),
        )  # fmt: skip
        return joined.shrink()

    def round_down(self, digits: int) -> NDArray[Any]:
        return self.lows if digits == self.digits else round_down(self.lows, digits, self.base)

    def shrink(self) -> Tally:
        """The same in bins that are few enough, or of one digit each."""
        made = self
        while len(made.lows) > MOST_BINS and made.digits != 1:
            digits = made.digits - 1 if made.digits else FINEST[made.base]
            lows, counts = _add_up(made.round_down(digits), made.counts)
            made = made.replace(digits=digits, lows=lows, counts=counts)
        return made


def count_values(values: np.ma.MaskedArray[Any, Any], base: int = 10) -> Tally:
    """The tally of some numbers; what is masked is not known."""
    known = values.compressed()
    lows, counts = np.unique(known, return_counts=True)
    if not len(lows):
        return Tally(base, 0, lows, counts, len(values), None, None)
    least, most = lows[:1].tolist()[0], lows[-1:].tolist()[0]
    return Tally(base, 0, lows, counts, len(values) - len(known), least, most).shrink()


def _add_up(lows: NDArray[Any], counts: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Each low once, in order, with all its counts."""
    made, places = np.unique(lows, return_inverse=True)
    total = np.zeros(len(made), np.int64)
    np.add.at(total, places.reshape(-1), counts)
    return made, total


def round_down(values: NDArray[Any], digits: int, base: int) -> NDArray[Any]:
    """Numbers rounded down to so many leading digits."""
    if values.dtype == np.float64:
        return _round_floats(values, digits)
    if values.dtype == object or len(values) and values.min() < -(2**62):
        return np.array([_round_int(int(value), digits, base) for value in values], object)
    powers = np.array([base**power for power in range(63 if base == 2 else 19)], np.int64)
    size = np.where(
        values < 0, -(values + 1), values
    )  # a power's negative has one digit less so: the unit divides it, too
    unit = powers[np.maximum(np.searchsorted(powers, size, side="right") - digits, 0)]
    return np.asarray(values // unit * unit)


def _round_int(value: int, digits: int, base: int) -> int:
    size = -(value + 1) if value < 0 else value
    length = size.bit_length() if base == 2 else len(str(size)) if size else 0
    unit = base ** max(length - digits, 0)
    return int(value // unit * unit)


def _round_floats(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Floats rounded down to decimal digits: to the floats that these are written as."""
    size = np.abs(values)
    tiny = np.flatnonzero((size > 0) & (size < TINY))
    there = size >= TINY
    size = np.where(there, size, 1.0)
    power = np.floor(np.log10(size)).astype(np.int64)
    power -= find_float(np.ones_like(power), power) > size  # the logarithm is rounded
    power += find_float(np.ones_like(power), power + 1) <= size
    power -= digits - 1
    first = np.floor(size / find_float(np.ones_like(power), power)).astype(np.int64)
    first -= find_float(first, power) > size
    first += find_float(first + 1, power) <= size
    first += (values < 0) & (find_float(first, power) < size)
    made = np.where(there, np.sign(values) * find_float(first, power), 0.0)
    made[tiny] = [_round_tiny(value, digits) for value in values[tiny].tolist()]
    return made


def _round_tiny(value: float, digits: int) -> float:
    """The same of a number whose powers of ten are no floats of full precision."""
    first, _, power = f"{abs(value):.25e}".partition("e")
    number, place = int(first.replace(".", "")[:digits]), int(power) - digits + 1
    number += float(f"{number + 1}e{place}") <= abs(value)
    number += value < 0 and float(f"{number}e{place}") < abs(value)
    made = float(f"{number}e{place}")
    return -made if value < 0 else made


def find_float(number: NDArray[np.int64], power: NDArray[np.int64]) -> NDArray[np.float64]:
    """The float nearest to number · 10 ^ power, as it is written: 25e-2 is 0.25."""
    part = 10.0 ** np.minimum(np.abs(power), EXACT_POWER)  # of exact numbers, products and quotients are nearest
    made = np.where(power < 0, number / part, number * part)
    far = np.flatnonzero(np.abs(power) > EXACT_POWER)
    made[far] = [float(f"{number[place]}e{power[place]}") for place in far]
    return np.asarray(made)
