"""The formatter: cases as data in cases/*.md, and what must hold for any file at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.facts.isomorphism import View
from cnnspec.format import format_source, print_tree
from cnnspec.format.comments import texts
from cnnspec.syntax.lalr import MAX_DEPTH
from cnnspec.syntax.parse import parse, parse_spec
from cnnspec.syntax.tree import Tree, same
from tests.strategies import trees, untidy
from tests.support import cases, network, weights

WIDTH = 100


def read_cases() -> list[Any]:
    """A heading, then what is written and what comes out; one block alone is in canonical form already."""
    found = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            title, _, rest = part.partition("\n")
            blocks = re.findall(r"^```\n(.*?)^```$", rest, re.M | re.S)
            assert 1 <= len(blocks) <= 2, (path, title)
            found.append(pytest.param(blocks[0], blocks[-1], id=f"{path.stem}: {title}"))
    return found


def read(text: str) -> Tree:
    """The tree of a text of the language: what is printed may look like Python that was pasted, and is none."""
    tree = parse_spec(Source("test.cnn", text))
    assert not tree.diagnostics, (text, tree.diagnostics)
    return tree


def formatted(text: str) -> str:
    out, diagnostics = format_source(Source("test.cnn", text))
    assert out is not None, (text, diagnostics)
    assert not diagnostics
    return out


@pytest.mark.parametrize(("written", "expected"), read_cases())
def test_case(written: str, expected: str) -> None:
    assert formatted(written) == expected
    assert formatted(expected) == expected
    assert all(len(line.partition("#")[0].rstrip()) <= WIDTH for line in expected.split("\n") if "too long" not in line)


def meaning(text: str) -> Any:
    """What the network of a text is; None when the text is not one network, or has mistakes."""
    try:
        made = network(text)
    except (AssertionError, ValueError):
        return None
    if made.errors:
        return None
    forms = View(made.graph).substance
    return [(n.inputs, n.shape, forms[n.index], weights(made.graph, n), n.shares) for n in made.graph.nodes]


@pytest.mark.parametrize(("written", "expected"), read_cases())
def test_the_network_stays_the_same(written: str, expected: str) -> None:
    """Of a case that is one network without mistakes; of others the formatter itself checks that the syntax stays."""
    before = meaning(written)
    assert before is None or meaning(expected) == before


def test_enough_cases_are_networks() -> None:
    """So that the test above is not empty."""
    assert sum(meaning(str(case.values[0])) is not None for case in read_cases()) >= 15


@cases(2)
@given(trees())
def test_what_is_printed_reads_back(tree: Tree) -> None:
    assert same(read(print_tree(tree)).body, tree.body), print_tree(tree)


@cases(1)
@given(trees())
def test_formatting_twice_changes_nothing(tree: Tree) -> None:
    text = print_tree(tree)
    assert print_tree(read(text)) == text
    assume(not parse(Source("test.cnn", text)).diagnostics)  # it looks like a paste
    once = formatted(text)
    assert formatted(once) == once


@cases(1)
@given(st.data())
def test_comments_stay_wherever_they_stand(data: Any) -> None:
    text = print_tree(data.draw(trees()))
    written, comments = data.draw(untidy(text))
    assume("Sequential" not in written)  # it may look like a paste, which is read and written otherwise
    tree = read(written)
    assert same(tree.body, read(text).body), "the strategy must not change the meaning"
    assert texts(tree) == comments
    printed = read(print_tree(tree))
    assert same(printed.body, tree.body)
    assert texts(printed) == comments
    once = formatted(written)
    assert formatted(once) == once
    assert "\n\n\n" not in once
    assert not re.search(r"[ \t]$|\A\n|\{\n\n|\n\n\Z", once, re.M)


@cases(1)
@given(st.text(max_size=60))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    check_any(text)


TOKENS = """
conv ( ) [ ] { } , ; . .. -> => = == + - * ^ 3 3x3 ? "a" ' # \\ if else for in as not input Input model block train
expect use output x Sequential name shape
"""
_pieces = st.sampled_from([*TOKENS.split(), "\n", "\n\n"])


@cases(2)
@given(st.lists(_pieces, max_size=25).map(" ".join))
def test_any_tokens_are_read_without_a_crash(text: str) -> None:
    check_any(text)


def check_any(text: str) -> None:
    out, diagnostics = format_source(Source("test.cnn", text))
    if out is None:
        assert diagnostics
        assert "formatter" not in diagnostics[0].message, text
    else:
        assert formatted(out) == out


def test_a_file_with_mistakes_is_not_touched() -> None:
    out, diagnostics = format_source(Source("test.cnn", "conv(8, 3x3\nrelu ->\n"))
    assert out is None
    assert [d.code for d in diagnostics] == ["E001", "E001"]


@pytest.mark.parametrize("text", ["import keras\n", "from keras import layers\n\n# soon\n", "import a  \n"])
def test_a_file_of_python_alone_is_not_emptied(text: str) -> None:
    assert formatted(text) == text
    out, found = format_source(Source("test.cnn", text + "input 28x28x1\n"))
    assert out is not None
    assert (out.endswith("input 28x28x1\n"), "import" in out, [one.code for one in found]) == (True, False, ["E004"])


def test_a_changed_meaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for damaged in ("conv(8, 5x5)  # a\n", "conv(8, 3x3)\n", "conv(8, 3x3)  # b\n", "conv(8, 3x3  # a\n"):
        monkeypatch.setattr("cnnspec.format.print_tree", lambda tree, text=damaged: text)
        out, diagnostics = format_source(Source("test.cnn", "conv(8, 3x3)  # a\n"))
        assert out is None
        assert [d.code for d in diagnostics] == ["E003"]


NESTS = [
    ("[", "]"), ("(", ",)"), ("{ ", " }"), ("for i in 1..3 { ", " }"), ("-", ""), ("not ", ""), ("x[", "]"), ("x^", ""),
    ("(", " if c else y)"), ("(a -> ", ")"), ("if a { b } else ", ""), ("block f(a=1) { ", " }"), ("(", " * 2 -> bn)"),
]  # fmt: skip


@pytest.mark.parametrize(("opening", "closing"), NESTS)
def test_the_deepest_nesting_that_is_read_is_printed(opening: str, closing: str) -> None:
    inner = "if c { d }" if opening.startswith("if") else "x"
    depth = MAX_DEPTH
    while parse(Source("test.cnn", opening * depth + inner + closing * depth)).diagnostics:
        depth -= 1
    assert depth > 20
    once = formatted(opening * depth + inner + closing * depth)
    assert formatted(once) == once
