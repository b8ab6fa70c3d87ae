"""What Keras refuses is said at its place, and nothing is said of what it takes."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.python_source.tape import TapeNode
from tests.python_source.layers.expressions import follow
from tests.python_source.layers.keras_itself import build

HERE = Path(__file__).parent


def read(name: str) -> Iterator[tuple[str, str]]:
    """The cases of a file: the line, and what is indented under it."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line and not line.startswith(("#", " ")):
            yield line, below.strip() if below.startswith(" ") else ""


def split(case: str) -> tuple[str, Any]:
    text, _, shape = case.rpartition(" @ ")
    return text, literal_eval(shape)


def name(node: TapeNode) -> str:
    """The word for a node: ?lstm where no more than its shape and parameters are known, ? where nothing is."""
    if node.layer is None:
        return "?"
    return "~" * node.doubt + "?" * node.layer.stated + node.label


@pytest.mark.parametrize(("case", "told"), read("refused.txt"))
def test_what_keras_refuses_is_one_mistake(case: str, told: str) -> None:
    text, shape = split(case)
    assert build(text, shape).refusal
    found = follow(text, shape)
    assert len(found.mistakes) == 1, found
    assert found.shape is None
    assert found.mistakes[0].partition("[")[2].replace("] ", " ") == told or not told


@pytest.mark.parametrize("case", [case for case, _ in read("taken.txt")])
def test_what_keras_takes_is_what_it_builds(case: str) -> None:
    case, _, words = case.rpartition(" : ")
    text, shape = split(case)
    built, found = build(text, shape), follow(text, shape)
    assert not built.refusal
    assert not found.mistakes
    assert found.shape == built.shape
    assert " ".join(map(name, found.nodes)) == words
    if found.whole:
        assert found.parameters == built.parameters
