"""Which graphs are the same network: concatenations may nest."""

from __future__ import annotations

import pytest

from cnnspec.facts.isomorphism import flat_isomorphism
from cnnspec.spec_writer.nested_merges import nest_merges
from tests.support import legal

THREE = "input 8x8x4\nconv(5, 1x1) as a\nconv(6, 1x1) as b\nconv(7, 1x1) as c\n"

SAME = [
    ("concat(a, b, c)", "concat(concat(a, b), c)"),
    ("concat(a, b, c)", "concat(a, concat(b, c))"),
    ("concat(a, b, c, a)", "concat(concat(a, b), concat(c, a))"),
    ("concat(a, b, c, a)", "concat(concat(concat(a, b), c), a)"),
    ("concat(a, b, a, b, c)", "concat(a, b) as ab\nconcat(ab, ab, c)"),
    ("concat(a, b) as ab\nadd(relu, sigmoid) -> gap as x\nconcat(a, b, c) -> gap\nadd(dense(3), x -> dense(3))",
     "concat(a, b) as ab\nadd(relu, sigmoid) -> gap as x\nconcat(ab, c) -> gap\nadd(dense(3), x -> dense(3))"),
    ("concat(a, b, c, axis=3)", "concat(concat(a, b), c, axis=-1)"),
]  # fmt: skip
OTHER = [
    ("concat(a, b, c)", "concat(concat(a, c), b)"),
    ("concat(a, b, c)", "concat(c, concat(a, b))"),
    ("concat(a, b, c)", "concat(concat(a, b) -> relu, c)"),
    ("concat(a, a, axis=1) -> concat(in, in)", "concat(a, a, a, a)"),
    ("concat(a, a, axis=1) -> concat(in, in, axis=2)", "concat(a, a, a, a, axis=1)"),
    ("concat(a, b) as ab\nconcat(ab, c) as abc\noutput ab, abc", "concat(a, b) as ab\nconcat(a, b, c) as abc\noutput abc, ab"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_nested_concatenations_are_one(one: str, other: str) -> None:
    a, b = legal(THREE + one), legal(THREE + other)
    assert flat_isomorphism(a, b)
    assert flat_isomorphism(b, a)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_others_are_not(one: str, other: str) -> None:
    assert flat_isomorphism(legal(THREE + one), legal(THREE + other)) is None


DENSE = "concat(a, b) -> conv(2, 1x1) as x\n"  # 4 and 5
NESTED = [
    ("concat(a, b, x)", {6: (4, 5)}),
    ("concat(a, b, c, x)", {6: (4, 3, 5)}),
    ("concat(a, b, c)", {}),  # c is not computed of the first
    ("concat(a, b)", {}),
    ("concat(b, a, x)", {}),
    ("concat(x, a, b)", {}),
    ("concat(a, b, x) -> conv(3, 1x1) as y\nconcat(a, b, x, y)", {6: (4, 5), 8: (6, 7)}),
    ("concat(a, b, x) -> conv(3, 1x1) as y\nconcat(a, b, x, c)", {6: (4, 5), 8: (4, 5, 3)}),
    ("concat(a, b, x, axis=3)", {6: (4, 5)}),
]


@pytest.mark.parametrize(("text", "changed"), NESTED)
def test_what_nests(text: str, changed: dict[int, tuple[int, ...]]) -> None:
    used = "\ngap as z\noutput " + ", ".join([name for name in "xyz" if f" {name}\n" in DENSE + text] + ["z"])
    graph = legal(THREE + DENSE + text + used)
    made = nest_merges(graph)
    inputs = {node.index: node.inputs for node in made.nodes}
    assert {i: inputs[i] for i in inputs if inputs[i] != graph.nodes[i].inputs} == changed
    assert flat_isomorphism(graph, made)


def test_a_long_row_nests_to_pairs() -> None:
    layers = [f"conv(1, 1x1) as x{i}\nconcat({', '.join(f'x{k}' for k in range(i + 1))})" for i in range(1, 60)]
    graph = legal("input 4x4x1\nconv(1, 1x1) as x0\n" + "\n".join(layers))
    assert max([len(node.inputs) for node in nest_merges(graph).nodes]) == 2
