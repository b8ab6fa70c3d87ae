"""How a figure of candidates is distributed, in some bins with round edges: made of a tally, whose bins lie whole in these."""

from __future__ import annotations

from fractions import Fraction
from math import floor, nextafter

import numpy as np

from cnnspec.base.record import Record
from cnnspec.lint.budget import IN_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cnnspec.sweep.rows import Key
    from cnnspec.sweep.tally import Tally

MOST_BARS = 20
WIDE = 1000  # times the smallest that the largest is, from where on bins grow by powers
STEPS: dict[int, tuple[int, ...]] = {10: (1, 2, 5), 2: (1,)}


class Histogram(Record):
    """The distribution of a `key`: `counts[i]` candidates have a figure from `edges[i]` up to, not including, `edges[i + 1]`,
    as numpy.histogram counts. `each`: a bin holds its edge alone, no other number came. `unknown`: of so many it is not known."""

    key: Key
    edges: tuple[Any, ...]
    counts: tuple[int, ...]
    each: bool
    unknown: int


def find_base(key: Key) -> int:
    """The base of the digits that a key is rounded down to: bytes are written in KiB and MiB."""
    return 2 if not isinstance(key.name, str) and key.name.name in IN_BYTES else 10


def make_histogram(key: Key, tally: Tally) -> Histogram:
    """The histogram of what was counted."""
    if not len(tally.lows):
        return Histogram(key, (), (), True, tally.unknown)
    if not tally.digits and len(tally.lows) <= MOST_BARS:
        values = tally.lows.tolist()
        behind = nextafter(values[-1], float("inf")) if is_float(tally) else values[-1] + 1
        return Histogram(key, (*values, behind), tuple(tally.counts.tolist()), True, tally.unknown)
    grows = tally.least > 0 and tally.most >= WIDE * tally.least
    edges = find_powers(tally) if grows else find_steps(tally)
    places = np.searchsorted(np.array(edges, None if is_float(tally) else object), tally.lows, side="right") - 1
    counts = np.zeros(len(edges) - 1, np.int64)
    np.add.at(counts, places, tally.counts)
    return Histogram(key, tuple(edges), tuple(counts.tolist()), False, tally.unknown)


def find_steps(tally: Tally) -> list[Any]:
    """Edges at equal distances, as few as suffice. No step is smaller than the largest bin of the tally."""
    least = Fraction(tally.least)
    for step, power in list_steps(tally):
        first = floor(least / (step * Fraction(tally.base) ** power)) - 1
        edges = [make_edge(first * step, power, tally)]
        while edges[-1] <= tally.most and len(edges) <= MOST_BARS + 3:
            edges.append(make_edge((first + len(edges)) * step, power, tally))
        while len(edges) > 1 and edges[1] <= tally.least:
            del edges[0]
        if edges[-1] > tally.most and len(edges) <= MOST_BARS + 1:
            return edges
    raise AssertionError(f"no steps from {tally.least} to {tally.most}")


def list_steps(tally: Tally) -> Iterator[tuple[int, int]]:
    """Round steps as a number and a power of the base, the smallest first."""
    power = find_power(max(abs(tally.least), abs(tally.most)), tally.base)
    finest = power + 1 - tally.digits if tally.digits else power - 17
    if not is_float(tally):
        finest = max(finest, 0)
    for up in range(finest, power + 3):
        for step in STEPS[tally.base]:
            yield step, up


def find_powers(tally: Tally) -> list[Any]:
    """Edges that grow by powers of the base, with 2 and 5 times the power between, where these are few enough."""
    first = find_power(tally.least, tally.base)
    last = find_power(tally.most, tally.base) + 2  # one more than needed, as 1e-20 is less than its float
    edges: list[Any] = []
    for steps, apart in [(STEPS[tally.base], 1), *[((1,), apart) for apart in range(1, last - first + 2)]]:
        powers = range(first // apart * apart, last + apart, apart)
        edges = [make_edge(step, power, tally) for power in powers for step in steps]
        while edges[1] <= tally.least:
            del edges[0]
        while edges[-2] > tally.most:
            del edges[-1]
        if len(edges) <= MOST_BARS + 1:
            break
    return edges


def find_power(value: Any, base: int) -> int:
    """The power of the base that a number above 0 begins with."""
    number, power = Fraction(value), 0
    while base ** (power + 1) <= number:
        power += 1
    while 0 < number < Fraction(base) ** power:
        power -= 1
    return power


def make_edge(step: int, power: int, tally: Tally) -> Any:
    """step · base ^ power, an int where the values are."""
    if is_float(tally):
        return float(f"{step}e{power}")
    return int(step * Fraction(tally.base) ** power)


def is_float(tally: Tally) -> bool:
    return bool(tally.lows.dtype == np.float64)
