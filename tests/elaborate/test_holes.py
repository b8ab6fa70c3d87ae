"""Holes: how they are called, what fills them, where they may stand; and specs in whose text they are filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnspec
from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.filling import fill_text
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.format.printer import print_tree
from cnnspec.pipeline import analyse
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import same
from tests.support import facts

TEXT = """# ?none of these
w = ?base in 8..16:4  # ?base
block twice(f) {
  conv(f * ?k, 3x3, padding=same) -> relu  # a hole in a block
}
model Net(width=16 in 16..32:8, act=relu in [relu, swish]) {
  input 12x12x3
  conv(width, ?3..5, padding=same, activation=act) -> twice(2)
  for i in 1..2 { twice(i) }
  conv(w, 1x1) -> conv(2 * (?k in 1..3), ?)
}
model Other { input 4x4x1
  conv(?own, 1x1) }
train { epochs = 3 }
"""
FILLED = {"?base": 8, "?k": 2, "?1": 3, "?2": 1}


def read(text: str, **more: Any) -> Any:
    return elaborate(parse(Source("net.cnn", text)), cnnspec.base.source_files.read, **more)


def test_a_hole_is_a_parameter_without_a_default() -> None:
    (made,) = read(TEXT, only="Net", parameters=FILLED)
    assert not made.errors
    assert made.graph.parameters == {"width": 16, "act": made.graph.parameters["act"], **FILLED}
    assert [*made.graph.choices] == ["width", "act", "?base", "?k", "?1"]
    assert [*made.graph.choices["?base"]] == [8, 12, 16]


def test_what_is_filled_is_the_network_with_these_numbers() -> None:
    plain = TEXT.replace("?base in 8..16:4", "8").replace("(?k in 1..3)", "2").replace("?k", "2")
    plain = plain.replace("?3..5", "3").replace("?)", "1)")
    (wanted,), (made,), (filled,) = (
        read(plain, only="Net"),
        read(TEXT, only="Net", parameters=FILLED),
        read(fill_text(parse(Source("net.cnn", TEXT)), FILLED), only="Net"),
    )
    assert facts(made.graph) == facts(filled.graph) == facts(wanted.graph)


def test_a_filled_text_keeps_all_else() -> None:
    filled = fill_text(parse(Source("net.cnn", TEXT)), {**FILLED, "?own": 5, "width": 24, "act": "swish"}, "Net")
    assert "w = 8  # ?base\n" in filled and "# ?none of these" in filled and "# a hole in a block" in filled
    assert "model Net(width=24 in 16..32:8, act=swish in [relu, swish])" in filled
    assert "conv(5, 1x1) }" in filled
    assert not analyse(Source("net.cnn", filled)).tree.diagnostics


@pytest.mark.parametrize(
    ("text", "values", "wanted"),
    [
        ("conv(?, ?)", {"?2": 3}, "conv(?, 3)"),
        ("conv(?a, ?b) -> conv(?a, 1)", {"?a": 8, "?b": 1}, "conv(8, 1) -> conv(8, 1)"),
        ("conv(8 - ?a, 1)", {"?a": -3}, "conv(8 - (-3), 1)"),
        ("conv(?a^2, 1)", {"?a": -3}, "conv((-3)^2, 1)"),
        ("dropout(?0.1..0.5:0.1)", {"?1": 0.3}, "dropout(0.3)"),
        ("conv(8, ?k in [3x3, 5x5])", {"?k": (5, 5)}, "conv(8, 5x5)"),
        ("conv(8, 3, padding=?p in [same, valid])", {"?p": "same"}, "conv(8, 3, padding=same)"),
        ("model M(a) { conv(a, ?) }", {"a": 4, "?1": 3}, "model M(a=4) { conv(a, 3) }"),
        ("model M(a in 4..8) { conv(a, 1) }", {"a": 4}, "model M(a=4 in 4..8) { conv(a, 1) }"),
    ],
)
def test_filling(text: str, values: dict[str, Any], wanted: str) -> None:
    assert fill_text(parse(Source("net.cnn", text)), values) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input 8x8x3\nconv(?, 3x3) -> conv(4, 3x3) -> flatten -> dense(10)", "the network has a hole, ?1"),
        ("input 8x8x3\nconv(?, 3x3) * ?n -> conv(?n, 3x3)", "the network has 2 holes: ?1 and ?n"),
        ("input 8x8x3\nfor i in 1..? { conv(i, 3x3) }", "the network has a hole, ?1"),
        ("input 8x8x3\nif ? > 3 { conv(8, 3x3) } else { conv(9, 3x3) }", "the network has a hole, ?1"),
        ("input 8x8x3\nconv(4, 3x3) * 2 -> " + " -> ".join(["conv(?, 1)"] * 9), "the network has 9 holes: ?1, ?2, ?3, ?4 and 5 more"),
        ("n = ?\ninput 8x8x3\nconv(n, 3x3)", "the network has a hole, ?1"),
        ("model M(a=2) { input 8x8x3\nconv(?a, 3x3, stride=?, name=\"?\") }", "the network has 2 holes: ?a and ?1"),
    ],
)  # fmt: skip
def test_a_hole_is_one_error_with_no_cascade(text: str, message: str) -> None:
    errors = [one for one in analyse(Source("net.cnn", text)).diagnostics if one.severity == "error"]
    assert [(one.code, one.message) for one in errors] == [("E011", message)]
    assert "`cnnspec solve`" in errors[0].help


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input 8x8x3\n?a -> relu", "a hole is a place for a number, and no step"),
        ("input ?ax8x3\nrelu", '"ax8x3" is neither'),
        ("input ?a\nrelu", "a hole is no size of an input"),
        ("input (?a, 8, 3)\nrelu", "a hole is no size of an input"),
        ("input 8x8x3\nconv(?1, 3x3)", "?1 is what a hole without a name is called"),
        (
            "model M(a=?) { input 8x8x3\nconv(a, 3x3) }",
            "a needs no hole: a parameter without a default is filled as one",
        ),
        ("input 8x8x3\nconv(?a in 8..16, 3x3) -> conv(?a in 8..17, 3x3)", "?a has other values above: 8..16"),
        ("block b(f in 8..16) { conv(f, 3x3) }\ninput 8x8x3\nb(8)", "a block's parameter has no values of its own"),
        ("input 8x8x3\nconv(8, 3x3)\ntrain { epochs = ? }", "this hole cannot be filled"),
        ("model M(a=3, b in a..8) { input 8x8x3\nconv(b, 3x3) }", "a is a parameter, and these values are the same"),
    ],
)
def test_where_no_hole_can_stand(text: str, message: str) -> None:
    found = [one.message for one in analyse(Source("net.cnn", text)).diagnostics if one.severity == "error"]
    assert [one for one in found if message in one] or message == '"ax8x3" is neither' and found, found
    assert len(found) <= 2


def test_unknown_sizes_stay_what_they_are() -> None:
    for text in (
        "input ?x?x3\nconv(8, 3x3)", "keras.Input(shape=(None, None, 3))\nconv(8, 3x3)", "input ?x3\nconv1d(8, 3)",
        "input 8x8x3\nconv(8, 3x3) -> expect(?x?x8)",
        "input 8\ndense(3) -> expect(?)",
    ):  # fmt: skip
        (made,) = read(text)
        assert not made.errors and not made.graph.parameters, text


def test_a_hole_in_a_file_that_is_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "blocks.cnn").write_text("block b(f) { conv(f, ?) -> conv(?a, 1) }\n")
    (tmp_path / "net.cnn").write_text('use "blocks.cnn" (b)\ninput 8x8x3\nb(8) -> b(?)\n')
    analysis = analyse(Source(str(tmp_path / "net.cnn"), (tmp_path / "net.cnn").read_text()))
    assert sorted([one.code for one in analysis.diagnostics if one.severity == "error"]) == ["E011", "E012"]


def test_filled_from_python() -> None:
    text = "input 8x8x3\nconv(?a, 3x3) -> conv(?, 1x1)"
    net = cnnspec.loads(text, **{"?a": 8, "?1": 4})
    assert net.params == cnnspec.loads("input 8x8x3\nconv(8, 3x3) -> conv(4, 1x1)").params
    assert cnnspec.loads(text, **{"?a": 8}).params is None
    with pytest.raises((KeyError, ValueError, TypeError), match=r'no model has a parameter "\?b"'):
        cnnspec.loads(text, **{"?b": 8})


names, numbers = st.sampled_from(["", "a", "b_2", "x"]), st.integers(1, 64)


@given(st.lists(st.tuples(names, numbers, st.sampled_from(["", " in 1..64", "1..64:1"])), min_size=1, max_size=6))
def test_filled_and_written_are_one_network(holes: list[tuple[str, int, str]]) -> None:
    """For any holes: filled from outside, filled in the text, and numbers written at once come to the same; so do the printed."""
    values: dict[str, int] = {}
    steps, plain, unnamed = [], [], 0
    for name, number, behind in holes:
        if not name or behind == "1..64:1":
            unnamed += 1
            name, written = f"{unnamed}", f"?{behind}"
        else:
            written = f"?{name}{behind}"
        values.setdefault(f"?{name}", number)
        steps.append(f"conv({written}, 1x1)  # {written}")
        plain.append(f"conv({values[f'?{name}']}, 1x1)")
    text, wanted = ("\n".join(["input 4x4x3", *lines]) for lines in (steps, plain))
    tree = parse(Source("net.cnn", text))
    (one,), (given_,), (filled,) = read(wanted), read(text, parameters=values), read(fill_text(tree, values))
    assert not given_.errors and given_.graph.parameters == values and not filled.graph.parameters
    assert facts(one.graph) == facts(given_.graph) == facts(filled.graph)
    printed = print_tree(tree)
    assert (
        same(parse(Source("net.cnn", printed)).body, tree.body)
        and print_tree(parse(Source("net.cnn", printed))) == printed
    )
    (empty,) = read(text)
    assert len(empty.errors) == 1 and {*empty.graph.parameters.values()} == {UNKNOWN}
