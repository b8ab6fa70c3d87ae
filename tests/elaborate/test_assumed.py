"""While a word is misspelt, and one known word is near, the network goes on with that one, and says so.

The cases of assumed/*.md have a spec, then its layers (name, shape, parameters; `assumed` where that rests on a
misspelt word, `?` for what is unknown) and all findings.
"""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnnspec
from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source import Source
from cnnspec.graph import Graph, Node
from cnnspec.layers.base import show_shape
from cnnspec.network import AnalysedNetwork
from cnnspec.pipeline import analyse
from cnnspec.syntax import tree
from cnnspec.tables.rows import find_figures
from tests import network_cases
from tests.support import cases

FOLDER = Path(__file__).parent / "assumed"
CASE = re.compile(r"^## (.+?)\n+```cnn\n(.*?)^```\n+```\n(.*?)^```", re.M | re.S)


def written_cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        matches = CASE.findall(text)
        assert len(matches) == len(re.findall("^## ", text, re.M)), f"a case of {path.name} is not of the form"
        found += [pytest.param(spec, said, id=f"{path.stem}: {title}") for title, spec, said in matches]
    return found


def told(spec: str) -> list[str]:
    """The layers and the findings of a spec, as the cases write them."""
    analysis = analyse(Source("case.cnn", spec))
    lines = []
    for network in analysis.networks:
        for row in find_figures(network):
            params = "?" if row.params is None else str(row.params)
            lines.append(f"{row.name} {show_shape(row.output_shape)} {params}" + " assumed" * row.assumed)
        total = network.facts.total.parameters
        lines.append(f"{network.name}: {'?' if total is None else total}" + " assumed" * network.graph.assumed)
    for found in analysis.diagnostics:
        assert found.span is not None
        row, column = found.span.source.position(found.span.start)
        asked = f" ({found.help})" if found.help.startswith("did you mean") else ""
        lines.append(f"{row}:{column} {found.code} {found.message}{asked}")
    return lines


@pytest.mark.parametrize(("spec", "said"), written_cases())
def test_case(spec: str, said: str) -> None:
    assert told(spec) == said.splitlines()


@pytest.mark.parametrize(("spec", "said"), written_cases())
def test_what_is_assumed_is_what_the_corrected_text_has(spec: str, said: str) -> None:
    """With each word written as it was taken, all known figures stay, and all that was found but the words themselves."""
    before, after = analyse(Source("case.cnn", spec)), analyse(Source("case.cnn", corrected(spec)))
    if any(found.code == "E014" for found in after.diagnostics):  # a block that calls itself is nothing to go on with
        return
    for one, other in zip(before.networks, after.networks, strict=True):
        mine, theirs = figures(one), figures(other)
        assert all(any(m == t for t in theirs) for m in mine if m[1] is not None), (mine, theirs)
        assert one.graph.assumptions == [] or one.broken
        assert not other.graph.assumptions or any(d.code == "E010" for d in other.diagnostics)
    remaining = {place(d) for d in after.diagnostics}
    words = {made.span for network in before.networks for made in network.graph.assumptions}
    for found in before.diagnostics:
        assert found.span in words or place(found) in remaining


def place(found: Diagnostic) -> tuple[str, int]:
    assert found.span is not None
    return found.code, found.span.source.position(found.span.start)[0]


def corrected(spec: str) -> str:
    """The text with every assumption written into it."""
    made = {a for network in analyse(Source("case.cnn", spec)).networks for a in network.graph.assumptions}
    for one in sorted(made, key=lambda a: -a.span.start):
        text = one.span.text.replace(one.written, one.taken)
        spec = spec[: one.span.start] + text + spec[one.span.end :]
    return spec


def figures(network: AnalysedNetwork) -> list[tuple[Any, ...]]:
    return [(row.name, row.output_shape, row.params, row.macs, row.receptive_field) for row in find_figures(network)]


# ---- any network, one letter of one layer wrong ------------------------------------------------------------
def misspelt(word: str, random: Random) -> str:
    """A word with one letter left out, put in, changed, or two changed places."""
    i, letter = random.randrange(len(word)), random.choice("abcdefghijklmnopqrstuvwxyz")
    ways = (
        word[:i] + word[i + 1 :],
        word[:i] + letter + word[i:],
        word[:i] + letter + word[i + 1 :],
        word[:i] + word[i : i + 2][::-1] + word[i + 2 :],
    )
    return random.choice(ways)


def word_at(node: Node) -> tree.Name | None:
    """The word that a layer is called by."""
    written = node.site.node
    word = written.function if isinstance(written, tree.Call) else written
    return word if isinstance(word, tree.Name) else None


def resting(graph: Graph, place: tree.Node) -> set[int]:
    """The nodes that stand at a place of the text, or are called there, and all behind them."""
    found: set[int] = set()
    for node in graph.nodes:
        site: Any = node.site
        here = False
        while site is not None:
            here = here or place.start <= site.node.start and site.node.end <= place.end
            site = site.caller
        if here or not found.isdisjoint(node.inputs):
            found.add(node.index)
    return found


@cases(1)
@given(st.data(), st.randoms(use_true_random=False))
def test_a_network_with_one_misspelt_layer_has_the_figures_that_it_has_without(data: Any, random: Random) -> None:
    text = data.draw(network_cases.networks())
    (right,) = analyse(Source("net.cnn", text)).networks
    nodes = [node for node in right.graph.nodes if node.layer is not None and word_at(node)]
    assume(nodes and not right.broken)
    node = random.choice(nodes)
    word = word_at(node)
    assert word is not None
    wrong = misspelt(word.text, random)
    assume(wrong != word.text and wrong.isidentifier())
    (made,) = analyse(Source("net.cnn", text[: word.start] + wrong + text[word.end :])).networks
    assume([(a.written, a.taken) for a in made.graph.assumptions] == [(wrong, word.text)])

    plain = {"assumed": False, "name": "", "inputs": (), "shared_with": None}  # names: one with a number may be taken
    assert [row.replace(**plain) for row in find_figures(made)] == [row.replace(**plain) for row in find_figures(right)]
    assert [(n.layer, n.inputs, n.shares) for n in made.graph.nodes] == [
        (n.layer, n.inputs, n.shares) for n in right.graph.nodes
    ]
    assert made.graph.outputs == right.graph.outputs
    assert (made.facts.total.parameters, made.facts.total.macs) == (
        right.facts.total.parameters,
        right.facts.total.macs,
    )
    marked = {n.index for n in made.graph.nodes if n.assumed}
    expected = resting(right.graph, node.site.node)
    assert marked == expected or (node.layer is not None and node.layer.merges and marked > expected)  # shared branches

    (error,) = [d for d in made.diagnostics if d.severity == ERROR]
    assert (error.code, error.help) == ("E010", f'did you mean "{word.text}"?')
    told_of = {(d.code, i) for d in right.diagnostics for i in d.nodes}
    said = {(d.code, d.message) for d in right.diagnostics}
    for found in made.diagnostics:
        if found is not error:
            assert {(found.code, i) for i in found.nodes} <= told_of
            assert found.nodes or (found.code, found.message) in said
            assert marked.isdisjoint(found.nodes)


# ---- bounds ------------------------------------------------------------------------------------------------
def test_a_limit_that_is_met_by_assumption_is_told() -> None:
    """What is left out for being too much is never left out in silence."""
    found = cnnspec.check("input 8x8x3\nfor i in 1..(in.chanels * 100000) { rellu }\n")
    assert [d.code for d in found] == ["E010", "E010", "E003"]


def test_near_words_are_looked_for_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnspec.elaborate import names, report

    asked: list[str] = []
    monkeypatch.setattr(names, "find_proposals", lambda name, known: asked.append(name) or ())
    many = ", ".join(f"xa{i}=1" for i in range(5000))
    cnnspec.check(f"input 8x8x3\nfor i in 1..1000 {{ cnov(8, 3x3, {many}) }}\n")
    assert len(asked) <= report.MAX_MISTAKES
    asked.clear()
    cnnspec.check("input 8x8x3\nfor i in 1..1000 { cnov(i, 1) }\n")
    assert asked == ["cnov"]


def test_correct_files_look_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnspec.elaborate import names

    monkeypatch.setattr(names, "find_proposals", None)
    assert cnnspec.check("input 28x28x1\nconv(8, 3x3) -> maxpool(2x2)\nflatten -> dense(10)\n") == ()
