"""A side of a condition that is tried out leaves every part of the builder as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.elaborate.attempt import Attempts
from cnnspec.elaborate.files import Files
from cnnspec.elaborate.network_builder import NetworkBuilder
from cnnspec.elaborate.observer import Observer
from cnnspec.graph import Graph
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse
from tests.elaborate.test_observer import TEXT, UNTAKEN
from tests.support import no_files

SIDES = UNTAKEN | {
    "a list": "for i in [1, 2] { conv(i, 1) }",
    "a constant": "f = relu -> relu",
    "a size of its own": "input other ?x?x3",
    "a loop over what is assumed": "for i in 1..in.chanels { relu as z }",
    "a loop over what is unknown": "for i in nothing_like_this { relu as z }",
    "something unreadable": "conv(4, 3x3\nrelu",
    "both sides": "if in.channels == 4 { relu } else { tanh }\n(relu if in.channels == 3 else tanh) -> tower",
    "a contract": "expect(9x9x9)",
}
PARTS = (
    "Arithmetic", "Assumptions", "BodyRunner", "GraphBuilder", "InputReader", "Names", "Report", "SharedWeights", "UnknownWords",
    "Work",
)  # fmt: skip


def parts_of(builder: NetworkBuilder) -> Iterator[Any]:
    """The builder and all that it is made of, found by their attributes and by the methods in its tables."""
    seen: set[int] = set()
    waiting: list[Any] = [builder]
    while waiting:
        part = waiting.pop()
        if id(part) not in seen and hasattr(part, "__dict__"):
            if isinstance(part, Graph) or type(part).__module__.startswith("cnnspec.elaborate."):
                seen.add(id(part))
                yield part
                for value in vars(part).values():
                    waiting += (
                        [getattr(v, "__self__", None) for v in value.values()] if type(value) is dict else [value]
                    )


def state_of(builder: NetworkBuilder) -> dict[tuple[str, str], Any]:
    """The values of all attributes. Private ones hold what was computed once, and may be kept."""
    return {
        (type(part).__name__, name): value.copy() if isinstance(value, (list, set, dict)) else value
        for part in parts_of(builder)
        for name, value in vars(part).items()
        if not name.startswith("_")
    }


class Changed(Exception):
    """A trial has left something changed."""


class Comparing(Observer):
    """Tries every side that is not taken, and stops where that leaves anything changed."""

    def __init__(self) -> None:
        self.builder: NetworkBuilder | None = None
        self.tried = 0

    def untaken(self, side: tree.Node, try_out: Callable[[], bool]) -> None:
        assert self.builder is not None
        before = state_of(self.builder)
        try_out()
        after = state_of(self.builder)
        self.tried += 1
        if before != after:
            raise Changed([key for key in before if before[key] != after.get(key)])


def try_sides(text: str) -> None:
    """Build a network and try the sides that are not taken; `Changed` where one leaves anything changed."""
    parsed, observer = parse(Source("net.cnn", text)), Comparing()
    builder = observer.builder = NetworkBuilder("net", observer=observer)
    builder.build(parsed.body, Files(no_files, builder.building).define(parsed).scope)
    assert observer.tried


@pytest.mark.parametrize("what", SIDES)
def test_a_side_that_is_tried_changes_no_part(what: str) -> None:
    try_sides(TEXT.format(SIDES[what]))


def test_all_parts_are_looked_at() -> None:
    found = {type(part).__name__ for part in parts_of(NetworkBuilder("net"))}
    assert found > {*PARTS, "Graph", "Dispatch", "ControlFlow", "LayerPlacer", "StepRunner", "BlockCaller", "Caller"}
    assert found >= {type(part).__name__ for part in attempts_of(NetworkBuilder("net")).changing}


def attempts_of(builder: NetworkBuilder) -> Attempts:
    (found,) = [part for part in parts_of(builder) if isinstance(part, Attempts)]
    return found


def test_these_parts_change() -> None:
    assert sorted(type(part).__name__ for part in attempts_of(NetworkBuilder("net")).changing) == list(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_forgot_something_would_be_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in attempts_of(NetworkBuilder("net")).changing:
        if type(part).__name__ == name:
            monkeypatch.setattr(type(part), "restore", lambda self, saved: None)
    with pytest.raises(Changed, match=name):
        list(map(try_sides, [TEXT.format(side) for side in SIDES.values()]))
