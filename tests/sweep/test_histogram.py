"""Histograms: exact counts, the same in whichever parts values are counted, and those of numpy.histogram."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnspec
from cnnspec.sweep import tally as tally_module
from cnnspec.sweep.histogram import MOST_BARS, Histogram, make_histogram
from cnnspec.sweep.rows import Key
from cnnspec.sweep.tally import FINEST, Tally, count_values, round_down
from tests.sweep.families import FAMILIES

EXPONENTS = st.integers(0, 60)
INTS = st.one_of(
    st.integers(-50, 50),
    st.builds(lambda e, n: n << e, EXPONENTS, st.integers(-7, 7)),
    st.integers(10**6, 10**6 + 4000),
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "small ints": st.lists(INTS.filter(lambda n: abs(n) < 2**62), min_size=1, max_size=80),
    "figures": st.lists(st.integers(0, 10**10), min_size=1, max_size=80),
    "ints beyond 64 bits": st.lists(st.one_of(INTS, st.integers(-(2**80), 2**80)), min_size=1, max_size=60),
    "floats": st.lists(
        st.one_of(st.floats(0, 1), st.floats(-1e3, 1e6), st.integers(-99, 99).map(lambda n: n / 100)),
        min_size=1,
        max_size=80,
    ),
    "tiny floats": st.lists(st.floats(1e-300, 1e-20), min_size=1, max_size=30),
}


def make(values: list[Any], kind: str) -> Any:
    if "floats" in kind:
        return np.array(values, float) + 0.0
    return np.array(values, object if "beyond" in kind else np.int64)


def join(parts: list[Any], base: int) -> Tally:
    tallies = [count_values(np.ma.asarray(part), base) for part in parts]
    made = tallies[0]
    for other in tallies[1:]:
        made = made.join(other)
    return made


@pytest.mark.parametrize("base", [10, 2])
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_parts_come_to_the_same_as_the_whole_and_as_numpy_counts(kind: str, base: int, data: st.DataObject) -> None:
    if base == 2 and "floats" in kind:
        return  # no figure in bytes is a float
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally_module, "MOST_BINS", data.draw(st.sampled_from([1, 3, 8, 4096])))
        values = data.draw(KINDS[kind])
        cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
        whole = join([make(values, kind)], base)
        shuffled = data.draw(st.permutations(values))
        parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(values)], strict=True)]
        joined = join([make(part, kind) for part in parts], base)
    made, other = (make_histogram(Key("x"), found) for found in (whole, joined))
    assert (made.edges, made.counts, whole.digits) == (other.edges, other.counts, joined.digits)
    assert sum(made.counts) == len(values)
    assert made.each or len(made.counts) <= MOST_BARS
    assert made.counts == count_each(values, made)
    assert made.counts[0] and made.counts[-1]


def count_each(values: list[Any], made: Histogram) -> tuple[int, ...]:
    """The counts by comparing each value with each edge."""
    return tuple([sum([low <= value < high for value in values]) for low, high in pairwise(made.edges)])


@pytest.mark.parametrize("base", [10, 2])
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_bins_lie_whole_in_coarser_ones(kind: str, base: int, data: st.DataObject) -> None:
    if base == 2 and "floats" in kind:
        return
    values = make(data.draw(KINDS[kind]), kind)
    fine, coarse = sorted(
        data.draw(st.tuples(st.integers(1, FINEST[base]), st.integers(1, FINEST[base]))), reverse=True
    )
    rounded = round_down(values, fine, base)
    assert (rounded <= values).all()
    assert (round_down(rounded, fine, base) == rounded).all()
    assert (round_down(rounded, coarse, base) == round_down(values, coarse, base)).all()


def test_what_is_written_is_what_numpy_counts_of_all_that_is_kept() -> None:
    text, over = FAMILIES["a chain of unpadded windows"]
    keys = "params,macs,coverage,receptive_field,w,peak_memory"
    found = cnnspec.sweep(text, over, where="params < 21k", histogram=keys, columns=keys.replace(",w,", ","))
    assert [str(histogram.key) for histogram in found.histograms] == keys.split(",")
    for histogram in found.histograms:
        counts, _ = np.histogram(found[str(histogram.key)], histogram.edges)
        assert histogram.counts == tuple(counts.tolist())
        assert sum(histogram.counts) == found.kept > 100


def test_what_is_not_known_is_counted_apart() -> None:
    values = np.ma.MaskedArray([1, 2, 3, 3], [False, True, False, False])
    made = make_histogram(Key("x"), count_values(values).join(count_values(values)))
    assert (made.edges, made.counts, made.unknown, made.each) == ((1, 3, 4), (2, 4), 2, True)
    none = make_histogram(Key("x"), count_values(np.ma.masked_all(3, np.int64)))
    assert (none.counts, none.unknown) == ((), 3)


def test_memory_is_bounded_whatever_comes() -> None:
    made = count_values(np.ma.asarray(np.arange(5)))
    random = np.random.default_rng(0)
    for _ in range(20):
        made = made.join(count_values(np.ma.asarray(random.integers(0, 2**62, 10_000))))
        assert len(made.lows) <= tally_module.MOST_BINS
    assert made.counts.sum() == 200_005
