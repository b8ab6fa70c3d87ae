"""Every method finds the best that loading all candidates finds, and its bound is never beaten."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from math import inf

import pytest

from cnnspec.solve.cp_sat import search_cp_sat
from cnnspec.solve.exhaustive import search_all
from cnnspec.solve.lagrange import NoSum, search_chain
from tests.solve.asking import agrees, ask, find_by_loading, signed
from tests.solve.families import FAMILIES
from tests.support import sample

KIN = {  # of which CP-SAT computes nothing that the others do not have: beside TensorFlow each takes a process
    "a chain in a band", "a chain on a memory", "a resolution and widths", "residual blocks that must fit", "a U-Net",
    "depths and widths", "a width multiplier", "a sequence", "an expectation in the spec", "nothing fits together",
}  # fmt: skip
NEEDS_CP_SAT = pytest.mark.skipif(find_spec("ortools") is None, reason="OR-tools is not installed")


@pytest.fixture
def branched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small spaces bounded and split as large ones are: no table holds more than some axes of them."""
    monkeypatch.setattr(sys.modules["cnnspec.solve.lagrange"], "LISTED", 6)
    monkeypatch.setattr(sys.modules["cnnspec.solve.forms"], "FEW_AXES", 2)
    monkeypatch.setattr(sys.modules["cnnspec.solve.forms"], "SMALL", 8)


@pytest.mark.parametrize("name", FAMILIES)
def test_all_candidates_gone_through(name: str) -> None:
    request = ask(FAMILIES[name])
    assert 12 <= request.space.count <= 400
    assert agrees(request, search_all(request), find_by_loading(name))


@pytest.mark.parametrize("name", FAMILIES)
def test_chains(name: str) -> None:
    request = ask(FAMILIES[name])
    assert agrees(request, search_chain(request), find_by_loading(name))


@pytest.mark.parametrize("name", [name for name, asked in FAMILIES.items() if asked.chain])
def test_chains_that_are_bounded_and_split(name: str, branched: None) -> None:
    request = ask(FAMILIES[name])
    assert agrees(request, search_chain(request), find_by_loading(name))


@NEEDS_CP_SAT
@pytest.mark.parametrize("name", sample([name for name, asked in FAMILIES.items() if asked.cp_sat], KIN))
def test_cp_sat(name: str) -> None:
    request = ask(FAMILIES[name])
    assert agrees(request, search_cp_sat(request), find_by_loading(name))


@pytest.mark.parametrize("name", [name for name, asked in FAMILIES.items() if asked.chain])
@pytest.mark.parametrize(("gap", "seconds"), [(0.3, 300.0), (0.0, 0.05)])
def test_a_bound_is_never_beaten_and_never_below_what_was_found(
    name: str, gap: float, seconds: float, branched: None
) -> None:
    request = ask(FAMILIES[name], gap=gap, seconds=seconds)
    search = search_chain(request)
    best = find_by_loading(name)
    if search.bound is not None:
        assert signed(request, search.bound) >= best - 1e-9 * (1 + abs(best))
    if search.value is not None:
        assert signed(request, search.value) <= best + 1e-9 * (1 + abs(best))
    if search.is_whole and search.value is not None:
        assert abs(search.bound - search.value) <= gap * abs(search.value) + 1e-9 * (1 + abs(best))
    assert best > -inf or search.value is None


def test_a_form_that_is_no_sum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cnnspec.solve.lagrange"], "LARGEST", 4)
    with pytest.raises(NoSum, match="is no sum of terms that a few parameters decide"):
        search_chain(ask(FAMILIES["dense connections"]))
