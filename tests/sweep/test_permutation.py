"""Candidates that are drawn: each once, by the seed, as likely as any other, and the same however many are held at a time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnspec.sweep import candidates
from cnnspec.sweep.candidates import Sample, find_numbers
from cnnspec.sweep.permutation import MOST, Permutation
from cnnspec.sweep.space import Axis, Space


@given(count=st.integers(1, 3000), seed=st.integers(0, 2**32))
@example(count=1, seed=0)
def test_every_number_comes_once(count: int, seed: int) -> None:
    assert sorted(Permutation(count, seed).take(0, count).tolist()) == list(range(count))


@given(count=st.integers(10**6, MOST), seed=st.integers(0, 2**32), first=st.integers(0, 10**6 - 100))
@example(count=MOST, seed=0, first=0)
def test_a_part_is_had_without_the_others(count: int, seed: int, first: int) -> None:
    order = Permutation(count, seed)
    part = order.take(first, first + 100)
    assert len(np.unique(part)) == 100
    assert 0 <= part.min() <= part.max() < count
    assert [*order.take(first, first + 40), *order.take(first + 40, first + 100)] == [*part]


@pytest.mark.parametrize("count", [6, 10, 30])
def test_pairs_are_as_likely_as_others(count: int) -> None:
    """By the statistic of Pearson's test, whose mean is the number of pairs and whose deviation is the root of twice that."""
    seeds = 10 * count * count
    seen = Counter(tuple(Permutation(count, seed).take(0, 2).tolist()) for seed in range(seeds))
    pairs = count * (count - 1)
    expected = seeds / pairs
    statistic = sum((seen[a, b] - expected) ** 2 / expected for a in range(count) for b in range(count) if a != b)
    assert abs(statistic - pairs) < 5 * (2 * pairs) ** 0.5


def make_space(*sizes: int) -> Space:
    return Space(tuple([Axis(f"a{n}", tuple(range(size)), None) for n, size in enumerate(sizes)]), {})


def draw(space: Space, count: int) -> list[int]:
    parts = Sample(space, count, 7).cut((1,), 3)
    drawn = [find_numbers(chunk.digits, space.sizes) for part in parts for chunk in part.chunks()]
    return sorted(np.concatenate(drawn).tolist())


@pytest.mark.parametrize("space", [make_space(40, 3, 500), make_space(*[997] * 9)])
def test_what_is_drawn_does_not_depend_on_how_many_are_held(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw(space, 5000)
    assert len(set(drawn)) == len(drawn) == 5000
    assert 0 <= drawn[0] <= drawn[-1] < space.count
    thirds = Counter(3 * number // space.count for number in drawn)
    assert all(1500 < thirds[third] < 1850 for third in range(3))
    monkeypatch.setattr(candidates, "HELD", 999)
    assert draw(space, 5000) == drawn
