"""Networks of unknown size against the same text with numbers: every figure, and for which sizes merges agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnspec import load
from cnnspec.base.size import Size, value
from cnnspec.base.source import Source
from cnnspec.compile.keras_model import to_keras
from cnnspec.facts.activation_memory import activation_values, peak_values
from cnnspec.facts.facts import Facts
from cnnspec.graph import Graph
from cnnspec.layers.agreement import may_agree, zeros
from cnnspec.pipeline import analyse
from cnnspec.sizes.merge_sizes import find_agreements
from cnnspec.tables.columns import write_cells
from cnnspec.tables.rows import find_figures
from tests.sizes.size_cases import resized, rough_networks
from tests.support import cases, keras_layers, network

H, W = Size.unknown("H"), Size.unknown("W")


def at(figure: Any, given: dict[str, int]) -> Any:
    """A figure with its unknowns known."""
    if isinstance(figure, tuple):
        return tuple([at(part, given) for part in figure])
    return value(figure, given) if isinstance(figure, Size) else figure


def repeats(graph: Graph) -> bool:
    """Whether a merge repeats an axis that happens to have one position."""
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if shapes and len(shapes) > 1 and node.layer is not None and node.layer.problem(shapes) is None:
            if any(a != b for a, b in node.layer.agreements(shapes)) or any(1 in shape[:-1] for shape in shapes):
                return True
    return False


def agree_at(facts: Facts, given: dict[str, int]) -> bool:
    """Whether all that merges ask of the unknowns holds for given ones."""
    for found in find_agreements(facts):
        if any(given[name] not in sizes for name, sizes in found.sizes.items()):
            return False
        if any(at(a, given) != at(b, given) for a, b in found.equations):
            return False
    return True


@given(rough_networks(), st.integers(1, 70), st.integers(1, 70), st.booleans())
@cases(3)
def test_every_figure_is_that_of_every_size(text: str, h: int, w: int, square: bool) -> None:
    given = {"S": h} if square else {"H": h, "W": w}
    size = "SxS" if square else "?x?"
    unknown = network(text.replace(text.split()[1].removesuffix("x2"), size, 1))
    known = network(resized(text, h, h if square else w))
    assume(all(error.code == "E102" for error in unknown.errors))  # other layers may not take an unknown size at all
    assume(not repeats(known.graph))
    if unknown.errors:  # a merge that agrees for no size
        assert known.errors
        return
    facts = Facts(unknown.graph)
    if known.errors:
        assert any(e.code != "E102" for e in known.errors) or not agree_at(facts, given), known.errors
        return
    assert agree_at(facts, given)
    concrete = Facts(known.graph)
    assert [at(shape, given) for shape in facts.shapes] == concrete.shapes
    assert facts.parameters == concrete.parameters
    assert [at(macs, given) for macs in facts.macs] == concrete.macs
    assert at(facts.total.macs, given) == concrete.total.macs
    assert at(activation_values(facts), given) == activation_values(concrete)
    peak, true_peak = peak_values(facts), peak_values(concrete)
    assert peak is None or true_peak is None or at(peak[0], given) == true_peak[0]
    for field, true in zip(facts.fields, concrete.fields, strict=True):
        if isinstance(field, tuple) and isinstance(true, tuple):
            assert [axis.size for axis in field] == [axis.size for axis in true]


@given(rough_networks())
@cases(1)
def test_short_names_stand_for_what_they_replace(text: str) -> None:
    (checked,) = analyse(Source("net.cnn", text.replace(text.split()[1].removesuffix("x2"), "?x?", 1))).networks
    assume(not checked.broken)
    graph, facts = checked.graph, checked.facts
    for width in (0, 10_000):
        _, sizes = write_cells(checked, find_figures(checked), ("layer", "shape", "macs", "values"), width)
        names = {**{str(name): size for name, size in sizes.meaning.items()}, "H": H, "W": W}
        if width:  # the sizes themselves, in parentheses
            names |= {str(size): size for size in sizes.named} | {f"({size})": size for size in sizes.named}
        for node in graph.nodes:
            shape, macs = sizes.of(node.shape, node), sizes.of(facts.macs[node.index], node)
            assert tuple([n.at(names) if isinstance(n, Size) else n for n in shape]) == node.shape
            assert (macs.at(names) if isinstance(macs, Size) else macs) == facts.macs[node.index]
        total = sizes.total(facts.macs, facts.total.macs)
        assert (total.at(names) if isinstance(total, Size) else total) == facts.total.macs


@given(
    st.integers(1, 6), st.integers(-9, 9), st.integers(1, 6), st.integers(1, 4), st.integers(-9, 9), st.integers(1, 4)
)
@cases(3)
def test_zeros_are_all_of_them(m: int, b: int, n: int, f: int, c: int, g: int) -> None:
    difference = f * ((H + b) // m) - g * (H // n) + c
    if isinstance(difference, int):
        return
    found = zeros(difference)
    assert found is not None
    for size in range(1, 400):
        inside = size in found.alone or any((size - r) % found.period == 0 for r in found.repeating)
        assert inside == (difference.value({"H": size}) == 0)


@pytest.mark.parametrize(
    ("a", "b", "agree"),
    [
        (H, H - 2, False), (H, 2 * (H // 2), True), (H, 7, True), (2 * (H // 2), 7, False), (H, W, True), (H, 2 * W, True),
        (2 * H, 2 * W - 1, False), (H // 1000, 5, True), (H, 1000, True),
    ],
)  # fmt: skip
def test_sizes_may_agree(a: Any, b: Any, agree: bool) -> None:
    assert may_agree(a, b) == may_agree(b, a) == agree


def findings(text: str) -> list[tuple[str, str, str]]:
    return [(d.code, d.severity, d.message) for d in analyse(Source("net.cnn", text)).diagnostics]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("input ?x?x3\nadd(in, maxpool(2x2) -> upsample(2))", "add1 agree only for these H and W: multiples of 2"),
        ("input Sx?x3\nadd(in, maxpool(2x1) -> upsample(2x1))", "add1 agree only for these S: multiples of 2"),
        ("input ?x?x3\nconcat(in, resize(14, 15))", "concat1 agree only for these H: 14 alone, and for these W: 15 alone"),
        ("input ?x?x3\nadd(in, permute((2, 1, 3)))", "add1 agree only where H = W"),
        ("input ?x3\nadd(in, crop((1, 0)) -> maxpool(2) -> upsample(2) -> pad((1, 0)))",
         "add1 agree only for these L: 2k + 1 for k >= 1: 3, 5, 7, 9, …"),
        ("input a ?x?x3\ninput b ?x?x3\nadd(a, b)", "add1 agree only where H = H2 and W = W2"),
    ],
)  # fmt: skip
def test_what_merges_ask_is_told(text: str, told: str) -> None:
    assert findings(text) == [("E115", "info", f"the inputs of {told}")]


@pytest.mark.parametrize(
    "text",
    [
        "input SxSx3\nadd(in, permute((2, 1, 3)))",
        "input a HxWx3\ninput b HxWx3\nadd(a, b)",
        "input (S, S, 3)\nadd(in, permute((2, 1, 3)))",
        "input a Hx?x3\ninput b HxWx3\nadd(a -> gap, b -> gap)",
        "input ?x?x3\nadd(in, conv(3, 3x3, stride=1, padding=same))",
        "input 8x8x3\nadd(in, maxpool(2x2) -> upsample(2))",
    ],
)
def test_nothing_is_told_of_merges_that_always_agree(text: str) -> None:
    assert findings(text) == []


def test_merges_that_leave_no_size_are_an_error() -> None:
    odd = "crop((1, 0)) -> maxpool(2) -> upsample(2) -> pad((1, 0))"
    found = findings(f"input ?x3\nadd(in, maxpool(2) -> upsample(2)) -> add(in, {odd})")
    assert [(code, severity) for code, severity, _ in found] == [("E115", "info"), ("E102", "error")]
    assert found[1][2] == "add2's inputs agree for no L for which those of the merges before do"


def test_named_sizes() -> None:
    net = load("input left SxSx3\ninput right 32xSx3\nadd(left, left -> relu) as a\nright -> gap as b\noutput a, b\n")
    assert net.diagnostics == ()
    side = Size.unknown("S")
    assert net.inputs == ((side, side, 3), (32, side, 3))
    assert [[axis.letter for axis in found.axes] for found in net.sizes().axes] == [["H", "W", "W"], ["H"]]
    assert json.loads(net.to_text("json"))["inputs"][1]["shape"] == [32, "S", 3]


def test_names_of_unknown_sizes_do_not_meet() -> None:
    net = load("input ?xHx3\ninput H2x?x3\n")
    assert net.inputs == ((Size.unknown("H2"), H, 3), (Size.unknown("H2"), Size.unknown("W2"), 3))


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("input hxwx3", "E010", "upper case: HxWx3"),
        ("input SxSxC", "E017", "give the last size a number"),
        ("model M(S=8) {\n  input SxSx3\n  relu\n}", "E012", "write (S, S, 3)"),
        ("input (s, S, 3)", "E012", "SxSx3 has two that are equal"),
        ("input 8x8x3\nconv(4, 3xK)", "E012", "(a, b)"),
        ("input 8x8x3\nexpect(8xSx3)", "E012", "(a, b)"),
    ],
)
def test_names_that_are_none(text: str, code: str, told: str) -> None:
    (found,) = analyse(Source("net.cnn", text)).diagnostics
    assert found.code == code and told in found.help, found


def test_bound_names_are_numbers() -> None:
    assert load("model M(S=8) {\n  input (S, S, 3)\n  relu\n}", S=9).inputs == ((9, 9, 3),)


def test_keras_has_none_for_a_named_size() -> None:
    made = network("input SxSx3\nconv(4, 3x3, stride=2, padding=same)").graph
    model = to_keras(made)
    assert model.inputs[0].shape == (None, None, None, 3)
    (layer,) = keras_layers(model, made, made.nodes[1])
    assert tuple(layer.compute_output_shape((1, 9, 9, 3)))[1:] == at(made.nodes[1].shape, {"S": 9})
