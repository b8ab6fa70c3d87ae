"""Edges of a network: names that could collide, a pasted Sequential() that begins empty, a file without an input."""

from __future__ import annotations

import pytest
from support import legal, network


def test_names_are_unique_where_a_label_ends_in_a_digit() -> None:
    names = [node.name for node in legal("input 8x8x3\nrelu * 61 -> relu6").nodes]
    assert len(set(names)) == len(names)
    assert names[-2:] == ["relu61", "relu6_1"]


@pytest.mark.parametrize("empty", ["Sequential()", "keras.Sequential()", 'models.Sequential(name="small")'])
def test_a_pasted_sequential_begins_empty(empty: str) -> None:
    graph = legal(
        f"model = {empty}\nmodel.add(layers.Conv2D(4, (3, 3), input_shape=(8, 8, 1)))\nmodel.add(layers.Flatten())"
    )
    assert [node.shape for node in graph.nodes] == [(8, 8, 1), (6, 6, 4), (144,)]


@pytest.mark.parametrize("text", ["model = keras.Sequential()", "expect params < 5", "for i in 1..0 { relu }"])
def test_a_network_without_an_input_says_so(text: str) -> None:
    assert [error.code for error in network(text).errors] == ["E016"]
