"""`--scale-to`: the largest factor of all widths, as trying many factors by hand finds it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.solve import widths
from tests.support import sample

EXAMPLES = Path(__file__).parents[2] / "examples"
PARAMETERS = """model Net(w=[16, 24, 40], last=64, t=3, g=2, classes=10) {
  input 24x24x3
  for c in w { conv(c, 3x3, padding=same, stride=2) -> relu }
  conv(t * in.channels, 1x1) -> conv(last, 1x1, groups=g) -> gap -> dense(classes)
}"""
NUMBERS = """model Net(classes=10) {
  input 24x24x3
  for c in [16, 24] { conv(c, 3x3, padding=same) -> relu -> maxpool(2) }
  conv(40, 3x3) -> dense(20) -> gap -> dense(classes)   # 40 here
}"""
COUPLED = """model Net(w=[24, 48]) {
  input 16x16x8
  conv(w[0], 3x3, padding=same) -> conv(w[1], 3x3, padding=same, groups=in.channels // 8) -> gap -> dense(4)
}"""


def scaled(widths: list[int], factor: Fraction, multiple: int) -> list[int]:
    return [max(1, floor(width * factor / multiple + Fraction(1, 2))) * multiple for width in widths]


def load_parameters(factor: Fraction, multiple: int) -> Any:
    *w, last = scaled([16, 24, 40, 64], factor, multiple)
    return cnnspec.loads(PARAMETERS, w=w, last=last)


def load_numbers(factor: Fraction, multiple: int) -> Any:
    a, b, c, d = scaled([16, 24, 40, 20], factor, multiple)
    return cnnspec.loads(
        NUMBERS.replace("[16, 24]", f"[{a}, {b}]").replace("conv(40", f"conv({c}").replace("(20)", f"({d})")
    )


def load_coupled(factor: Fraction, multiple: int) -> Any:
    return cnnspec.loads(COUPLED, w=scaled([24, 48], factor, multiple))


CASES: dict[str, tuple[str, Callable[[Fraction, int], Any], str, Callable[[Any], bool], int]] = {
    "parameters": (PARAMETERS, load_parameters, "macs <= 2M", lambda net: net.macs <= 2_000_000, 8),
    "parameters up": (PARAMETERS, load_parameters, "params <= 300k", lambda net: net.params <= 300_000, 8),
    "numbers of the text": (NUMBERS, load_numbers, "params <= 5k", lambda net: net.params <= 5000, 4),
    "some are illegal": (COUPLED, load_coupled, "macs <= 1.5M", lambda net: net.macs <= 1_500_000, 8),
    "a floor": (COUPLED, load_coupled, "params >= 1k, params <= 9k", lambda net: 1000 <= net.params <= 9000, 8),
}


@pytest.mark.parametrize("name", sample(CASES, {*CASES} - {"parameters"}))
def test_the_largest_factor_is_what_trying_all_finds(name: str) -> None:
    text, load, condition, holds, multiple = CASES[name]
    found = cnnspec.solve(text, scale_to=condition, multiple=multiple)
    best, net = None, None
    for step in range(1, 1601):
        factor = Fraction(step, 400)
        one = load(factor, multiple)
        if not any([problem.severity == "error" for problem in one.diagnostics]) and holds(one):
            best, net = factor, one
    assert best is not None and net is not None and best < 4
    assert found.status == "best"
    assert found.value < best + Fraction(1, 400)
    written = cnnspec.loads(found.text)
    assert [layer.output_shape for layer in written.layers] == [layer.output_shape for layer in net.layers]
    assert {str(q): v for q, v in zip(found.request.quantities, found.figures, strict=True)} == {
        "params": (net.params,),
        "macs": (net.macs,),
    }
    again = load(Fraction(str(found.value)), multiple)
    assert (again.params, again.macs) == (net.params, net.macs)


def test_the_classes_and_the_expansion_stay(tmp_path: Path) -> None:
    found = cnnspec.solve(PARAMETERS, scale_to="macs <= 300k")
    assert set(found.parameters) == {"w", "last"}
    assert "t=3, g=2, classes=10" in found.text


def test_a_comment_stays() -> None:
    assert "# 40 here" in cnnspec.solve(NUMBERS, scale_to="macs <= 300k", multiple=4).text


def test_one_half_of_a_resnet_is_a_half() -> None:
    found = cnnspec.solve(EXAMPLES / "resnet18.cnn", scale_to="macs <= 500M")
    assert found.value == 0.5
    assert cnnspec.loads(found.text).macs == 483_149_824


def test_what_does_not_fit_at_any_factor_is_told() -> None:
    found = cnnspec.solve(PARAMETERS, scale_to="params <= 100")
    assert (found.status, found.text, found.value) == ("nothing", "", None)
    assert [obstacle.is_alone for obstacle in found.obstacles] == [True]
    assert "No legal candidate meets params <= 100, whatever the other conditions: the least has 1,802" in " ".join(
        str(found).split()
    )


@pytest.mark.parametrize(
    ("condition", "factor", "proof"),
    [
        ("params <= 1810", 0.1, "0.1, and no factor that makes the widths larger fits: proven"),
        ("macs <= 2M", 2.44, "2.44, and no factor that makes the widths larger fits: proven"),
        ("params >= 1", 15.94, "15.94: all of the factors up to 16 that are larger make the same widths"),
    ],
)
def test_the_factor_is_one_and_what_is_said_of_larger_ones_is_true(condition: str, factor: float, proof: str) -> None:
    found = cnnspec.solve(PARAMETERS, scale_to=condition)
    assert found.value == factor
    assert proof in str(found)
    net = load_parameters(Fraction(str(factor)), 8)
    assert dict(zip(map(str, found.request.quantities), found.figures, strict=True))["params"] == (net.params,)


def test_where_no_rounding_is_legal_that_is_told() -> None:
    found = cnnspec.solve(PARAMETERS, scale_to="params <= 10k", multiple=10**11)
    assert (found.status, found.obstacles) == ("nothing", ())
    assert "No rounding is legal; the least: conv's kernel would have" in " ".join(str(found).split())


@pytest.mark.parametrize("asked", [{"scale_to": "params <= 5k"}, {"maximize": "widths", "over": {"w[*]": "8..24:8"}}])
def test_what_cannot_be_followed_is_told(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise TypeError("no such operation")

    monkeypatch.setattr(widths, "trace", fail)
    with pytest.raises(ValueError, match="what is a width cannot be followed here: TypeError: no such operation"):
        cnnspec.solve(COUPLED, **asked)
