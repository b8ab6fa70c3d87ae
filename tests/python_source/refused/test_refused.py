"""What Keras refuses of models, layers, training and names is told at its place, in a sentence; and nothing is of what it takes.

Each case is a line that stands behind before.txt; ↵ begins another line. By default every case is read, and a sample of them is run
by Keras.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.source import Source
from cnnspec.python_source import read_python
from tests.python_source.comparing import read_file
from tests.support import THOROUGH

HERE = Path(__file__).parent
BEFORE = (HERE / "before.txt").read_text(encoding="utf-8")
EVERY = 1 if THOROUGH else 12  # case of each file is run by Keras


def read_cases(name: str) -> Iterator[tuple[str, list[str]]]:
    """The cases of a file, and what is indented under each."""
    case, below = "", []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            below.append(line.strip())
        elif line and not line.startswith("#"):
            if case:
                yield case, below
            case, below = line, []
    yield case, below


def write_source(case: str) -> str:
    return BEFORE + case.replace("↵", "\n") + "\n"


def find_mistakes(case: str) -> list[str]:
    """What is said of a case: code, place, sentence; help."""
    found = read_python(Source("case.py", write_source(case)), read_file).found
    return [
        f"{one.code} [{one.span.text if one.span else ''}] {'; '.join(filter(None, [one.message, one.help]))}"
        for one in found
    ]


@pytest.mark.parametrize("name", ["refused.txt", "taken.txt", "untold.txt"])
def test_what_is_told(name: str) -> None:
    told = {case: find_mistakes(case) for case, _ in read_cases(name)}
    assert told == {case: below if name == "refused.txt" else [] for case, below in read_cases(name)}


@pytest.fixture
def in_eager_mode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A training without tracing, which takes long, and without a word; what is saved goes to a folder of its own."""
    import keras

    compile_model = keras.Model.compile

    def compile_eagerly(model: Any, *arguments: Any, **keywords: Any) -> None:
        most = keywords if len(arguments) > 5 else {"run_eagerly": True, **keywords}
        compile_model(model, *arguments, **most)

    monkeypatch.setattr(keras.Model, "compile", compile_eagerly)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_eager_mode")
@pytest.mark.parametrize("name", ["refused.txt", "taken.txt", "untold.txt"])
def test_what_keras_refuses(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran: dict[str, bool] = {}
    for case, _ in list(read_cases(name))[::EVERY]:
        names: dict[str, Any] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(BEFORE, "before.txt", "exec"), names)
            try:
                exec(compile(write_source(case)[len(BEFORE) :], "case.py", "exec"), names)
            except Exception:
                ran[case] = False
            else:
                ran[case] = True
    assert ran == dict.fromkeys(ran, name == "taken.txt")
