"""A sweep over the values that a spec's own text has: the same as with --over, which goes before them; holes; written candidates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.base.source import Source
from cnnspec.cli import main
from cnnspec.sweep.question import BadRequest, make_request
from cnnspec.syntax.parse import parse

TEXT = """n = 8
block cell(f) { conv(f, ?k in [1, 3, 5], padding=same) -> relu }
model Net(width=16{width}, w=[8, 16]{w}, act=relu{act}, size=12, half=width // 2) {{
  input (size, size, 3)
  conv(width, 3x3, activation=act) -> cell(w[0]) -> cell(w[1]) * 2
  conv({hole}, 3x3, activation=act) -> conv(half, {last})
}}
"""
PLAIN = TEXT.replace("{ conv", "{{ conv").replace("relu }", "relu }}").replace(" in [1, 3, 5]", "")
PLAIN = PLAIN.format(width="", w="", act="", hole="?a", last="?")
RANGED = (
    TEXT.replace("{ conv", "{{ conv")
    .replace("relu }", "relu }}")
    .format(width=" in n..32:n", w=" in 8..16:8", act=" in [relu, tanh]", hole="?a in [4, 8..24:8]", last="?1..5:2")
)
OVER = ["width=8..32:8", "w[*]=8..16:8", "act=[relu, tanh]", "?k=[1, 3, 5]", "?a=[4, 8..24:8]", "?1=1..5:2"]


def test_a_text_with_values_is_swept_as_over_sweeps_it() -> None:
    one, other = cnnspec.sweep(RANGED), cnnspec.sweep(PLAIN, OVER)
    assert one.done == other.done == 4 * 2 * 2 * 2 * 3 * 4 * 3 and one.legal == other.legal == one.kept
    assert [*one.columns] == [*other.columns]
    for name in one.columns:
        assert np.ma.allequal(one[name], other[name]), name
    for number in range(0, one.done, 97):
        parameters = one.candidate(number)
        net = cnnspec.loads(RANGED, **parameters)
        assert (net.params, net.macs) == (one["params"][number], one["macs"][number])


def axes(over: Any, given: dict[str, Any] | None = None, text: str = RANGED) -> dict[str, list[Any]]:
    space = make_request(parse(Source("net.cnn", text)), None, given or {}, over).space
    return {axis.name: [*axis.options] for axis in space.axes}


def test_over_and_set_go_before_the_text() -> None:
    assert [*axes([])] == ["width", "w[0]", "w[1]", "act", "?k", "?a", "?1"]
    found = axes(["?a=5", "width=3..4"], {"?k": 3, "act": "relu"})
    assert found == {"?a": [5], "width": [3, 4], "w[0]": [8, 16], "w[1]": [8, 16], "?1": [1, 3, 5]}
    assert [*axes(["w[1]=4..6"])] == ["w[1]", "width", "act", "?k", "?a", "?1"]  # w is named: w[0] stays what it is
    assert axes(["w=[[1, 2], [3, 4]]"])["w"] == [[1, 2], [3, 4]]
    assert axes({"width": range(1, 3)}, {"w": [8, 8]})["width"] == [1, 2]


def test_a_list_has_lists_as_values_or_values_for_each_element() -> None:
    text = "model M(w=[1, 2] in {}) {{ input 8x8x3\nconv(w[0], 3x3) }}"
    assert axes([], text=text.format("[[1, 2], [3, 4, 5]]")) == {"w": [[1, 2], [3, 4, 5]]}
    assert axes([], text=text.format("1..2")) == {"w[0]": [1, 2], "w[1]": [1, 2]}
    assert axes([], text=text.replace("=[1, 2]", "").format("[[1, 2], [3, 4, 5]]")) == {"w": [[1, 2], [3, 4, 5]]}


@pytest.mark.parametrize(
    ("text", "over", "message"),
    [
        ("input 8x8x3\nconv(?a, 3x3)", [], r"the hole \?a has no values: .*--over \?a=8..64:8"),
        ("input 8x8x3\nconv(?a, 3x3) -> conv(?, 1)", ["?a=8"], r"the hole \?1 has no values"),
        ("input 8x8x3\nconv(?a, 3x3)", ["?b=8"], r'no parameter "\?b": it has \?a'),
        ("input 8x8x3\nconv(8, 3x3)", [], "nothing to go over"),
        ("model M(a) { input 8x8x3\nconv(a, ?1..2) }", [], "the parameter a has no value"),
    ],
)
def test_what_is_missing_is_said(text: str, over: list[str], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        make_request(parse(Source("net.cnn", text)), None, {}, over)


def test_conditions_and_keys_know_holes() -> None:
    text = "input 8x8x3\nconv(?a in 4..8, 3x3) -> conv(?4..8, 1x1)"
    found = cnnspec.sweep(text, where="?a < ?1 and 2 * ?1 <= 14", by="-?a,?1", columns="params")
    kept = [(int(a), int(b)) for a, b in zip(found["?a"], found["?1"], strict=True)]
    assert kept == [(a, b) for a in range(4, 9) for b in range(4, 8) if a < b]
    assert [found.request.space.candidate([int(d[0]) for d in found.best.digits])] == [{"?a": 6, "?1": 7}]


def test_what_is_computed_from_holes_differs_between_candidates() -> None:
    text = (
        "n = 2 * ?a\nmodel M(b=n + 1, c=?a * 3, d=b + 1, e=5) {{ input 8x8x3\nconv(?a in 2..6, 1x1) -> conv({}, 1x1) }}"
    )
    found = cnnspec.sweep(text.format("b"), where="b > 6 and c < 18 and d < 13 and e == 5")
    assert [int(a) for a in found["?a"]] == [3, 4, 5]


def test_candidates_are_written_with_their_holes_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(RANGED.replace("relu }", "relu }  # ?a"))
    assert main(["sweep", "net.cnn", "--top", "2", "--by=-params", "--write", "best"]) == 0
    written = Path("best/net-1.cnn").read_text()
    assert (
        "conv(f, 5, padding=same) -> relu }  # ?a" in written
        and "conv(24, 3x3" in written
        and "conv(half, 5)" in written
    )
    net = cnnspec.load("best/net-1.cnn")
    found = cnnspec.sweep(RANGED, by="-params")
    assert net.params == int(found["params"].max())


def test_a_wrong_range_in_the_text_stops_a_sweep() -> None:
    with pytest.raises(BadRequest, match=r"its first number is larger than its last"):
        make_request(parse(Source("net.cnn", RANGED.replace("n..32:n", "32..n"))), None, {}, [])
