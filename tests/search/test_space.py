"""The space that searchers draw from, held to every candidate analysed by itself."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import cnnspec
from cnnspec.search.space import NothingFits, SearchSpace, make_space
from tests.search.specs import CHAIN, DEEP

CHAIN_OVER: dict[str, Any] = {
    "size": (12, 24), "k": (3,), "p": (1, 3), "w[1]": (4, 16), "scale": (0.1, 1.0),
}  # fmt: skip


def meets(network: Any, where: str) -> bool:
    """Whether a network of its own meets a condition, as Python has it."""
    names = {"params": network.params, "macs": network.macs, **network.analysed.graph.parameters}
    return eval(where.replace("k", "*1000") if where.endswith("k") else where, {}, names)


@pytest.mark.parametrize(
    ("text", "over", "where"),
    [
        (CHAIN, CHAIN_OVER, "params < 1500"),
        (CHAIN, CHAIN_OVER, "w[1] <= 4 or macs >= 100000"),
        (CHAIN, CHAIN_OVER, ""),
        (DEEP, {"n": range(1, 5), "f": (8, 64, 32), "act": "relu, swish"}, "params <= 40000"),
    ],
)
def test_what_fits_is_what_an_analysis_of_each_candidate_says(text: str, over: dict[str, Any], where: str) -> None:
    space = make_space(text, over, where=where)
    expected = set()
    for digits in itertools.product(*[range(len(axis.options)) for axis in space.axes]):
        judged = space.judge(digits)
        network = cnnspec.loads(text, **judged.parameters)
        legal = not any(diagnostic.severity == "error" for diagnostic in network.diagnostics)
        assert (judged.violations["legal"] == 0) == legal
        fits = legal and (not where or meets(network, where))
        assert judged.fits == fits, judged
        assert all(0 <= value <= 1 for value in judged.violations.values())
        assert any(judged.violations.values()) != fits
        if legal:
            assert judged.figures == {"params": network.params, "macs": network.macs}
        if fits:
            expected.add(digits)
    assert expected
    assert len(expected) < space.count
    assert set(space.fitting) == expected
    assert space.fitting.whole
    for digits in itertools.product(*[range(len(axis.options)) for axis in space.axes]):
        assert (space.settle(digits) == digits) == (digits in expected)
        assert space.settle(digits) in expected


def test_the_further_a_candidate_is_from_a_bound_the_more_it_violates_it() -> None:
    space = make_space(DEEP, {"f": range(8, 129, 8)}, where="params < 5000")
    violations = [space.judge([place]).violations["params < 5000"] for place in range(16)]
    assert violations[0] == 0
    assert violations == sorted(violations)
    assert len(set(violations)) == sum(value > 0 for value in violations) + 1
    bound = space.judge([0]).figures["params"]
    at = make_space(DEEP, {"f": [8]}, where=f"params < {bound}").judge([0])
    assert 0 < at.violations[f"params < {bound}"] < 1e-3, "a strict bound is violated at the bound itself"


def test_what_is_led_stays_spread() -> None:
    """Where few of the large candidates fit, no border attracts all others."""
    space = make_space(DEEP, {"n": range(1, 25), "f": range(8, 257, 8)}, where="params < 100k")
    led = [space.settle(digits) for digits in itertools.product(range(24), range(32))]
    counts = [led.count(digits) for digits in set(led)]
    assert len(counts) > 0.9 * len(space.fitting)
    assert max(counts) <= 32


def test_a_candidate_is_a_network() -> None:
    space = make_space(DEEP, ["n=1..3", "input=16..32:16"])
    network = space.load(space.judge((2, 0)).parameters)
    assert network.layers[1].output_shape == (16, 16, 32)
    assert len(network.layers) == 6
    assert repr(space) == "<cnnspec.search.SearchSpace: 6 candidates of Deep>"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"over": {"n": "1..3"}, "where": "params < 1"}, "none of the 3 candidates of Deep meets params < 1; of these, 3 are legal"),
        ({"over": {"f": "-3..-1"}}, "none of the 3 candidates of Deep is legal"),
        ({"over": {"n": "1..3"}, "where": "params < 10 and params > 20"}, "meets params < 10 and params > 20"),
    ],
)  # fmt: skip
def test_nothing_fits(asked: dict[str, Any], said: str) -> None:
    space = make_space(DEEP, **asked)
    with pytest.raises(NothingFits, match=said):
        _ = space.fitting


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"over": {}}, "there is nothing to go over"),
        ({"over": {"m": "1..3"}}, 'the model has no parameter "m"'),
        ({"over": {"n": "3..1"}}, '"3..1" is empty'),
        ({"over": {"n": "1..3"}, "where": "parms < 5"}, 'nothing is called "parms"; did you mean "params"'),
        ({"over": {"n": "1..3"}, "where": "params"}, "a condition is true or false"),
        ({"over": {"n": "1..3"}, "columns": "speed"}, 'nothing is called "speed"'),
        ({"over": {"n": "1..3"}, "n": 2}, "n has a value already"),
        ({"over": {"n": "1..3"}, "model": "Other"}, 'has no model "Other"'),
        ({"over": "n=1..3"}, "over has a text for each parameter"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(asked: dict[str, Any], said: str) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        make_space(DEEP, **asked)


def test_a_spec_with_mistakes() -> None:
    with pytest.raises(cnnspec.SpecError):
        make_space("model M(n=1) { input 8x8x1\nconv(n, ", {"n": "1..3"})


def test_a_large_space_is_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnspec.search.space.MOST", 50)
    space = make_space(DEEP, {"n": range(1, 25), "f": range(8, 257, 8)}, where="params < 100k")
    assert not space.fitting.whole
    assert space.fitting.asked == 50
    whole = SearchSpace(space.request, space.name)
    monkeypatch.undo()
    fits = set(whole.fitting)
    for digits in itertools.product(range(0, 24, 3), range(0, 32, 3)):
        led = space.settle(digits)
        assert led in fits
        assert (led == digits) == (digits in fits)
