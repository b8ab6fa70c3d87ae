"""Every method finds the best that loading all candidates finds, and its bound is never beaten."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from math import inf

import pytest

import cnnspec
from cnnspec.solve.answer import Search
from cnnspec.solve.branching import Branching
from cnnspec.solve.cp_sat import search_cp_sat
from cnnspec.solve.exhaustive import search_all
from cnnspec.solve.lagrange import Lagrange, NoSum, search_chain
from cnnspec.solve.obstacles import find_obstacles
from cnnspec.solve.question import Request
from cnnspec.solve.solve import solve
from cnnspec.solve.text import write_obstacles
from tests.solve.asking import agrees, ask, find_by_loading, signed
from tests.solve.families import FAMILIES, Asked
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


NEAR = """model Near(a=64, biased=true) {
  input 1024x1024x3
  conv(a, 3x3, padding=same, bias=false) -> conv(64, 3x3, padding=same, bias=false) -> gap -> dense(3, bias=biased)
}"""


@pytest.mark.parametrize("method", ["exhaustive", "chain", pytest.param("cp-sat", marks=NEEDS_CP_SAT)])
@pytest.mark.parametrize("biased", [(True, False), (False, True)])
@pytest.mark.parametrize("objective", ["macs + params", "-macs - params", "macs / 3 + params"])
def test_large_numbers_that_hardly_differ_are_told_apart(
    method: str, biased: tuple[bool, bool], objective: str
) -> None:
    """A bias of 3 numbers beside 40,000,000,000: structures of their own, one after the other."""
    for wanted in ("maximize", "minimize"):
        found = cnnspec.solve(NEAR, {"a": (62, 64), "biased": biased}, method=method, gap=0.0, **{wanted: objective})
        assert found.status == "best"
        assert found.parameters["biased"] is ((wanted == "maximize") != objective.startswith("-"))


def test_of_numbers_that_floats_do_not_tell_apart_nothing_is_claimed() -> None:
    """One of them is found, and the bound is beyond both."""
    text = "model M(a=5) {\n input 8x8x3\n conv(a, 1x1)\n}"
    found = cnnspec.solve(text, {"a": (2**53, 2**53 + 1)}, maximize="a", method="chain", gap=0.0)
    assert found.status == "bounded"
    assert found.bound > 2**53 + 1


def test_a_bound_is_rounded_to_whole_numbers_where_all_objectives_are() -> None:
    wanted = {"max(a, b / 10)": 5.9, "max(a, b)": 5}
    text = "model M(a=5, b=8) {\n input 8x8x3\n conv(a, 1x1) -> conv(b, 1x1)\n}"
    for objective, bound in wanted.items():
        asked = Asked(text, {"a": (4, 5), "b": (8, 59)}, objective, "")
        search = Branching(ask(asked), Lagrange(), 2**19)
        search.run()
        search.real = 5
        assert search.tighten(5.9) == bound


def test_what_was_not_searched_to_its_end_is_not_said_of_conditions() -> None:
    name = "nothing fits together"
    request = ask(FAMILIES[name])
    solved = solve(request)
    assert [obstacle.is_alone for obstacle in solved.obstacles] == [False] * len(request.conditions)
    assert "Each condition can be met alone, but not all together." in write_obstacles(solved)

    def stop(request: Request) -> Search:
        return search_all(request).replace(digits=None, bound=None, is_whole=False)

    stopped = solved.replace(obstacles=find_obstacles(request, stop))
    assert [obstacle.is_alone for obstacle in stopped.obstacles] == [None] * len(request.conditions)
    conditions = "; or ".join([condition.text for condition in request.conditions])
    assert write_obstacles(stopped) == [
        f"It was not found whether any legal candidate meets {conditions}, whatever the other conditions."
    ]


@pytest.mark.parametrize("method", ["exhaustive", "chain", pytest.param("cp-sat", marks=NEEDS_CP_SAT)])
@pytest.mark.parametrize(
    "subject",
    sample(["macs > 5", "macs <= 5", "params / 0 > 3", "receptive_field <= 2"], {"macs <= 5", "params / 0 > 3"}),
)
def test_a_condition_that_is_unknown_or_never_met_on_all_axes_is_named(method: str, subject: str) -> None:
    """The height of the input is not known, and the receptive field is 5x1."""
    text = "model M(a=8) {\n input ?x9x3\n conv(a, 3x1, padding=same) -> conv(a, 3x1)\n gap -> dense(3)\n}"
    found = cnnspec.solve(text, {"a": (8, 16)}, minimize="params", subject=f"{subject}, params > 3", method=method)
    assert (found.status, [obstacle.is_alone for obstacle in found.obstacles]) == ("nothing", [True, False])
