"""CP-SAT beside TensorFlow, with which it would end the process: it searches in another, and finds the same."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest

from cnnspec.solve import apart
from cnnspec.solve.cp_sat import search_cp_sat
from cnnspec.solve.lagrange import NoSum
from tests.solve.asking import agrees, ask, find_by_loading
from tests.solve.families import FAMILIES, Asked
from tests.support import IN_THOROUGH

pytestmark = pytest.mark.skipif(find_spec("ortools") is None, reason="OR-tools is not installed")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that are started, in one that has TensorFlow, or seems to."""
    made: list[Any] = []

    class Started(subprocess.Popen[bytes]):
        def __init__(self, *asked: Any, **more: Any) -> None:
            super().__init__(*asked, **more)
            made.append(self)

    monkeypatch.setitem(sys.modules, "tensorflow", sys.modules.get("tensorflow", ModuleType("tensorflow")))
    monkeypatch.setattr(subprocess, "Popen", Started)
    return made


def test_another_process_finds_the_best_and_ends(started: list[Any]) -> None:
    request = ask(FAMILIES["holes"])
    assert agrees(request, search_cp_sat(request), find_by_loading("holes"))
    assert [process.returncode for process in started] == [0]


def test_what_it_cannot_search_is_told_from_there(started: list[Any]) -> None:
    text = "model Net(w=[8, 8, 8, 8]) { input 512x512x3\n for n in w { conv(n, 7x7, padding=same) } }"
    asked = Asked(text, {"w[*]": tuple(range(8, 512, 56))}, "max(macs, w[0]) * max(params, w[1])", "")
    with pytest.raises(NoSum, match="numbers beyond 64 bits"):
        search_cp_sat(ask(asked))
    assert len(started) == 1


def test_a_process_that_ends_is_told(started: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CODE", "raise SystemExit(3)")
    with pytest.raises(NoSum, match="the process of CP-SAT ended without an answer"):
        search_cp_sat(ask(FAMILIES["holes"]))


BESIDE = """
import tensorflow
from cnnspec.solve.cp_sat import search_cp_sat
from tests.solve.asking import ask
from tests.solve.families import FAMILIES, Asked
print(search_cp_sat(ask(FAMILIES["holes"])).is_whole)
"""


@IN_THOROUGH
def test_beside_tensorflow_itself() -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    done = subprocess.run([sys.executable, "-c", BESIDE], capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.split() == ["True"], done.stderr
