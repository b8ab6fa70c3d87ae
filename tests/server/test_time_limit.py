"""An analysis that takes too long is given up, said so, and tried again; nothing of it is left behind."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from random import Random
from time import process_time

import pytest
from pygls.exceptions import JsonRpcException

from cnnspec.base.source import Source
from cnnspec.pipeline import analyse
from cnnspec.server import time_limit
from cnnspec.server.commands import COMMANDS, run_command
from cnnspec.server.diagnostics import place_findings
from cnnspec.server.hints import list_hints
from cnnspec.server.hover import find_hover
from cnnspec.server.known import GivenUp
from cnnspec.server.outline import list_symbols
from cnnspec.server.time_limit import OutOfTime, run_within
from tests.example_files import FILES
from tests.server.opened import open_text

SMALL = "input 8x8x4\nconv(4, 3x3, padding=same) -> relu as x\n"
LARGE = "".join([f"model M{number} {{ input 8x8x4; conv(4, 1x1) * 99999 }}\n" for number in range(1000)])


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is raised while rubbish is collected Python reports and passes over: the next look at the clock raises again."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)


def spin(seconds: float = 60.0) -> None:
    end = process_time() + seconds
    while process_time() < end:
        pass


def test_what_takes_too_long_ends() -> None:
    assert run_within(60, lambda: 3) == 3
    with pytest.raises(OutOfTime):
        run_within(0.01, spin)
    with pytest.raises(OutOfTime):  # the outer limit holds in the inner one
        run_within(0.01, lambda: run_within(60, spin))

    def give_inner_up() -> str:
        with pytest.raises(OutOfTime):
            run_within(0.01, spin)
        return "went on"

    assert run_within(60, give_inner_up) == "went on"
    spin(3 * time_limit.TICK)  # no limit holds any more


def test_a_limit_waits_for_what_is_apart() -> None:
    def go_apart() -> str:
        with pytest.raises(OutOfTime):
            run_within(0.01, spin, apart=True)
        run_within(60, lambda: spin(0.4), apart=True)
        return "went on"

    assert run_within(0.3, go_apart) == "went on"
    with pytest.raises(OutOfTime):
        run_within(0.3, lambda: (go_apart(), spin()))


def test_what_is_known_of_a_file_does_not_depend_on_who_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on a request that had nearly no time left."""
    monkeypatch.setattr(time_limit, "TICK", 1e-3)
    documents, document = open_text(
        "/nowhere/a.cnn", "input 8x8x4\n" + "conv(4, 1x1) -> relu\n" * 500 + "conv(4, 9x9)\n"
    )
    learnt: list[Callable[[], object]] = [
        lambda: documents.know(document),
        lambda: documents.find_uses(document),
        lambda: documents.repair(document),
    ]
    for learn in learnt:
        with suppress(OutOfTime):
            run_within(0, learn)
        learn()
    known = documents.know(document)
    assert not isinstance(known.analysis, GivenUp)
    assert known.uses is not None and known.uses.steps
    assert known.repaired is not None and any(found.repairs for found in known.repaired)


def test_an_analysis_that_runs_away_is_told_and_what_was_known_stays() -> None:
    documents, document = open_text("/nowhere/a.cnn", SMALL)
    documents.patience = 0.3
    (good,) = list_hints(document, documents, document.places.whole)
    documents.edit(document.uri, [(None, SMALL + LARGE)], 2)
    (found,) = place_findings(documents.know(document).found, document, documents)[document.uri]
    assert str(found.message).startswith("the analysis takes more than 0.3 s, for which an editor does not wait")
    with pytest.raises(JsonRpcException, match=r"a\.cnn takes too long to analyse in an editor"):
        run_command(COMMANDS["cnnspec.summary"], documents, [document.uri])
    (hint,) = list_hints(document, documents, document.places.whole)
    assert (hint.position, hint.label) == (good.position, f"was {good.label}")
    hover = find_hover(document, documents, document.places.find_position(SMALL.index("conv")))
    assert hover is not None and "was, when" in str(hover.contents)
    assert len(list_symbols(document, documents)) > 900  # of the tree, which is there
    documents.edit(document.uri, [(None, SMALL)], 3)
    assert documents.know(document).found == analyse(Source(document.name, SMALL)).diagnostics
    (hint,) = list_hints(document, documents, document.places.whole)
    assert hint.label == good.label


def test_what_is_stopped_anywhere_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "TICK", 1e-3)
    random, stopped = Random(1), 0
    sources = [Source("a.cnn", path.read_text(encoding="utf-8")) for path in FILES if path.stat().st_size < 4000][::3]
    whole = [analyse(source).diagnostics for source in sources]
    for _ in range(40):
        number = random.randrange(len(sources))
        try:
            run_within(random.random() * 0.01, lambda number=number: analyse(sources[number]))  # type: ignore[misc]
        except OutOfTime:
            stopped += 1
        assert gc.isenabled()
        assert analyse(sources[number]).diagnostics == whole[number]
    assert stopped
