"""The front of many points is what comparing each with each finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.sweep.pareto import find_front

POINTS = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(st.integers(-5, 5), min_size=n, max_size=n), min_size=1, max_size=60)
)


def beats(one: list[int], other: list[int]) -> bool:
    return all([a <= b for a, b in zip(one, other, strict=True)]) and one != other


@given(POINTS)
def test_it_is_what_no_other_beats_and_of_equal_ones_the_first(points: list[list[int]]) -> None:
    wanted = [
        n for n, point in enumerate(points)
        if not any([beats(other, point) for other in points]) and points.index(point) == n
    ]  # fmt: skip
    assert find_front([np.array(column) for column in zip(*points, strict=True)]).tolist() == wanted


def test_many_points_in_blocks() -> None:
    points = np.random.default_rng(0).integers(0, 40, (5000, 3))
    found = find_front([*points.T])
    smaller = (points[found][None] <= points[:, None]).all(axis=2)
    assert smaller.any(axis=1).all()
    assert smaller[found].sum() == len(found)


def test_numbers_beyond_64_bits() -> None:
    assert find_front([np.array([2**80, 2**80 + 1, 5], object), np.array([1, 0, 7])]).tolist() == [0, 1, 2]
