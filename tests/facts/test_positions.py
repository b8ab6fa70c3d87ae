"""Sets of positions, compared with Python's own sets, and on axes that no set of single positions would fit into."""

from __future__ import annotations

import operator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.limits import TooLong
from cnnspec.facts.liveness import find_read, find_readers, full
from cnnspec.facts.positions import NOWHERE, Positions, together
from cnnspec.layers.window import Reach

if TYPE_CHECKING:
    from collections.abc import Callable

Both = tuple[Positions, set[int]]
PLACE, WIDTH, STEP = st.integers(-20, 60), st.integers(0, 25), st.integers(1, 7)
COUNT = st.one_of(st.integers(0, 9), st.integers(60, 90))
MOST = 2000  # positions of a set that is made larger still


def run(first: int, width: int) -> Both:
    return Positions.run(first, first + width), set(range(first, first + width))


def stretched(both: Both, step: int, count: int) -> Both:
    return both[0].stretched(step, count), {step * p + i for p in both[1] for i in range(count)}


def spread(both: Both, gap: int, count: int) -> Both:
    return both[0].spread(gap, count), {p + gap * i for p in both[1] for i in range(count)}


def sampled(both: Both, first: int, step: int, count: int) -> Both:
    return both[0].sampled(first, step, count), {q for q in range(count) if first + step * q in both[1]}


def shifted(both: Both, by: int) -> Both:
    return both[0].shifted(by), {p + by for p in both[1]}


SETS: dict[str, Callable[[Any, Any], Any]] = {"or": operator.or_, "and": operator.and_, "minus": operator.sub}
MOVES = {stretched: (STEP, COUNT), spread: (STEP, COUNT), sampled: (PLACE, STEP, COUNT), shifted: (PLACE,)}


@st.composite
def sets(draw: st.DrawFn, depth: int = 6) -> Both:
    """A set of positions, and Python's of the same."""
    made = run(draw(PLACE), draw(WIDTH))
    for _ in range(draw(st.integers(0, depth))):
        how = draw(st.sampled_from([*SETS, *MOVES]))
        if isinstance(how, str):
            other = draw(sets(2))
            made = SETS[how](made[0], other[0]), SETS[how](made[1], other[1])
        else:
            made = how(made, *[draw(argument) for argument in MOVES[how]])
        if len(made[1]) > MOST:
            break
    return made


def members(positions: Positions) -> list[int]:
    return [p for first, end in positions.runs() for p in range(first, end)]


@given(sets(), sets())
def test_a_set_is_what_python_says(a: Both, b: Both) -> None:
    for found, wanted in (a, b):
        assert members(found) == sorted(wanted)
        assert (found.size, bool(found)) == (len(wanted), bool(wanted))
        if wanted:
            assert (found.first, found.last) == (min(wanted), max(wanted))
        runs = list(found.runs())
        assert all(first < end for first, end in runs)
        assert all(one[1] < other[0] for one, other in pairwise(runs))
        lengths = {end - first for first, end in runs}
        assert {end - first for first, end in found.sketch().runs()} == lengths
        alike = together([Positions.run(p, p + 1) for p in sorted(wanted)])
        assert alike == found and hash(alike) == hash(found)
    assert (a[0] == b[0]) == (a[1] == b[1])


N = 2**62
COMB = Positions.run(0, N // 2).stretched(2, 1)  # every second position


@pytest.mark.parametrize(
    ("found", "size", "weight"),
    [
        (full(N), N, 1),
        (COMB, N // 2, 1),
        (COMB | COMB.shifted(1), N, 1),
        (full(N) - COMB, N // 2, 2),
        (COMB & COMB.shifted(1), 0, 0),
        (COMB.spread(1, 2), N, 1),
        (COMB.sampled(0, 2, N), N // 2, 1),
        (COMB.sampled(0, 3, N), N // 6 + 1, 1),
        (full(N).stretched(3, 2) & full(N), 2 * (N // 3) + 1, 1),
        (Positions.run(5, 6).spread(10**9, 10**9), 10**9, 1),
        (Positions.run(0, 1).stretched(10**9, 1).spread(1, 10**9), 10**9, 1),
        (find_readers(Reach(5, 1, -2, 2), N // 5, COMB), N // 5, 1),
        (find_readers(Reach(10**9, 1, 0, 0), N // 10**9, COMB), N // 10**9, 1),
        (find_read(Reach(2, 1, 0, 0), N, full(N // 2)), N // 2, 1),
        (find_read(Reach(1, 10**9, 0, 0), 3, full(3 * 10**9)), 3, 1),
        (find_readers(Reach(1, 10**9, 0, 9), 3 * 10**9, full(3)), 3 * 10**9, 1),
        (find_read(Reach(7, 1, 0, 20, 10), N, full(N // 8)), N // 8 * 3, 8),
    ],
    ids=str,
)
def test_what_is_regular_is_small_however_long_its_axis(found: Positions, size: int, weight: int) -> None:
    assert (found.size, found.weight) == (size, weight)


def test_what_is_too_irregular_says_so() -> None:
    teeth = [Positions.run(0, 10**9).stretched(period, 1) for period in (10**6 + 3, 10**6 + 33)]
    with pytest.raises(TooLong):
        teeth[0] | teeth[1]
    assert NOWHERE | teeth[0] == teeth[0]
