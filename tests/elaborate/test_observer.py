"""Who watches a network being built sees everything in order, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.elaborate import Elaborated, elaborate
from cnnspec.elaborate.observer import Observer
from cnnspec.elaborate.size_probe import SizeQuestions
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse
from tests.support import facts, no_files

UNTAKEN = {
    "layers": "conv(4, 3x3) as b -> relu",
    "names": "conv(4, 3x3) as a1\nconv(4, 3x3) as a1_2",
    "an output": "output a",
    "an input": "input other 8x8x3",
    "a shared function": "tower",
    "a mistake": "conv(4, 99)\nnothing_like_this",
    "a budget": "expect params < 1",
    "a misspelt layer": "cnov(4, 3x3)",
    "a block": "unit(4) * 3",
    "a loop": "for i in 1..3 { conv(i, 1) }",
    "too much": "conv(4, 1) * 100000000",
}
TEXT = """
shared tower = conv(4, 3x3, padding=same)
block unit(n) {{ conv(n, 1) }}
input 32x32x4
conv(4, 3x3) as a
if in.channels == 3 {{ {} }} else {{ relu }}
tower -> tower
conv(4, 3x3) as a1
"""


class Trying(Observer):
    """Tries every side that is not taken."""

    def __init__(self) -> None:
        self.stood: list[bool] = []

    def untaken(self, side: tree.Node, try_out: Callable[[], bool]) -> None:
        self.stood.append(try_out())


class Listening(Observer):
    """Writes down what is entered and left, and the layers that are made."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.depth = 0

    def enter(self, node: tree.Node, scope: Any, current: Any, value: Any = None) -> None:
        self.heard.append("  " * self.depth + type(node).__name__ + " of a value" * (value is not None))
        self.depth += 1

    def leave(self, result: Any) -> None:
        self.depth -= 1

    def node_added(self, node: Any, graph: Any) -> None:
        self.heard.append("  " * self.depth + node.label)


def built(text: str, observer: Observer | None = None, **shapes: Any) -> Elaborated:
    (made,) = elaborate(parse(Source("net.cnn", text)), no_files, observer=observer, **shapes)
    return made


def everything(made: Elaborated) -> Any:
    graph = made.graph
    return facts(graph), [node.name for node in graph.nodes], graph.budgets, graph.assumptions, made.errors


@pytest.mark.parametrize("what", UNTAKEN)
def test_a_side_that_is_tried_leaves_nothing_behind(what: str) -> None:
    text, trying = TEXT.format(UNTAKEN[what]), Trying()
    assert everything(built(text, trying)) == everything(built(text))
    assert trying.stood == [what not in ("an output", "an input", "a mistake", "a misspelt layer", "too much")]


def test_uses_stand_inside_one_another() -> None:
    listening = Listening()
    built("input 8x8x3\nconv(4, 3x3) -> relu\n", listening)
    assert listening.depth == 0
    assert listening.heard == [
        "Body",
        "  Input",
        "    input",
        "  Step",
        "    Chain",
        "      Call",
        "        conv",
        "      Name",
        "        Name of a value",
        "          relu",
    ]


def test_the_size_probe_notes_what_is_asked_of_sizes() -> None:
    questions = SizeQuestions()
    made = built("input 8x8x3\nconv(in.channels, 3x3)\n", questions, shapes={0: (6, 6, 5)})
    assert [node.shape for node in made.graph.nodes] == [(6, 6, 5), (4, 4, 5)]
    assert (questions.asks, questions.asked) == (False, {(6, 6, 5)})
    built("input 8x8x3\navgpool(in.height)\n", questions)
    assert questions.asks
