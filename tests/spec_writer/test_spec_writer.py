"""A graph is written as a person would write it, and what is written reads back as the same graph."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.facts.isomorphism import flat_isomorphism
from cnnspec.format import format_source
from cnnspec.graph import Graph
from cnnspec.layers import CATALOGUE
from cnnspec.spec_writer import to_text
from tests import network_cases
from tests.example_files import FILES, networks, relative
from tests.support import cases, legal

FILE = Path(__file__).parent / "networks.md"
CASE = re.compile(r"## ([^\n]+)\n\n```cnn\n(.*?)\n```\n\n```cnn\n(.*?)```\n", re.DOTALL)
CASES = CASE.findall(FILE.read_text(encoding="utf-8"))


def unnamed(graph: Graph) -> Graph:
    """The graph with the names alone that a person gave."""
    for node in graph.nodes:
        node.name = node.given
    return graph


def back(graph: Graph, **options: Any) -> Graph:
    """The graph of the text of a graph; the text is canonical."""
    text = to_text(graph, **options)
    assert format_source(Source("net.cnn", text)) == (text, ())
    again = legal(text)
    assert flat_isomorphism(graph, again), text
    return again


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_text(text: str, expected: str) -> None:
    graph = unnamed(legal(text))
    assert to_text(graph) == expected
    back(graph)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_example_comes_back(path: Path) -> None:
    """Every example, without its names, and not much longer than its author wrote it."""
    for network in networks(path).values():
        if network.broken or not network.graph.outputs:
            continue
        graph = network.graph
        for node in graph.nodes:
            node.name = ""
        back(graph)
        lines = to_text(graph).count("\n")
        assert lines <= 1.5 * path.read_text(encoding="utf-8").count("\n") + 5, relative(path)


EXAMPLES_OF_LAYERS = [text for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]


@pytest.mark.parametrize("text", EXAMPLES_OF_LAYERS)
def test_layer_comes_back(text: str) -> None:
    back(unnamed(legal(text)))


@cases(1.5)
@given(st.data())
def test_random_network_comes_back(data: st.DataObject) -> None:
    graph = unnamed(legal(data.draw(network_cases.networks())))
    back(graph)
    named = {node.name for node in back(graph, keep_names=True).nodes}
    assert {node.name for node in graph.nodes if node.name} <= named


@pytest.mark.parametrize("name", ["in", "softmax", "for", "conv1/relu", "3x", "a b", "été", "model"])
def test_any_name_can_be_given(name: str) -> None:
    graph = unnamed(legal("input 8x8x3\nconv(4, 3x3) -> relu\nconv(5, 3x3) -> relu\ngap"))
    for node in (graph.nodes[1], graph.nodes[3]):
        node.name = name
    back(graph)
    back(graph, keep_names=True)


def test_many_sums_do_not_nest() -> None:
    """A sum of named tensors, each added to the last: text that is wide, not deep."""
    steps = [f"add(in, e{i}) as s{i}" for i in range(40)]
    text = "input 8x8x4\n" + "\n".join([f"conv(4, 1x1) as e{i}" for i in range(40)] + ["relu", *steps])
    back(unnamed(legal(text)))


def test_long_chain() -> None:
    """A thousand layers without any structure (their widths are all different): no hour of looking for it."""
    text = "input 100\n" + "\n".join([f"dense({100 + i % 97 + i // 7})" for i in range(1000)])
    back(unnamed(legal(text)))


if __name__ == "__main__":

    def today(match: re.Match[str]) -> str:
        title, text, _ = match.groups()
        return f"## {title}\n\n```cnn\n{text}\n```\n\n```cnn\n{to_text(unnamed(legal(text)))}```\n"

    FILE.write_text(CASE.sub(today, FILE.read_text(encoding="utf-8")), encoding="utf-8")
