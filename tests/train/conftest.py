"""What tests of trainings share: a folder of their own, quick pictures, and a run that may be tampered with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from tests.support import run_eagerly
from tests.train.distributed import make_folder
from tests.train.hostile import NET
from tests.train.pairs import PAIRS, make_pairs


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def real_curves() -> None:
    """For a test that looks at the picture of the curves."""


@pytest.fixture(autouse=True)
def quick_curves(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing the curves takes a sixth of a short training, so it is done for the tests that look at them alone."""

    def draw(rows: Any, drawn: Any, best: Any, title: str, path: str) -> None:
        Path(path).write_bytes(b"a picture")

    if "real_curves" not in request.fixturenames:
        monkeypatch.setattr("cnnspec.train.runs.curves.draw", draw)


@pytest.fixture
def eager() -> Iterator[None]:
    """For trainings of few batches."""
    with run_eagerly():
        yield


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that could go on, and an image."""
    from PIL import Image

    at = tmp_path_factory.mktemp("hostile")
    (at / "net.cnn").write_text(NET)
    assert main(["train", str(at / "net.cnn"), "-q", "--run-dir", str(at / "run")]) == 0
    record = json.loads((at / "run/run.json").read_text())
    (at / "run/run.json").write_text(json.dumps(record | {"status": "stopped"}))
    Image.new("L", (8, 8)).save(at / "scan.png")
    return at


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of several inputs and outputs, and its data."""
    at = tmp_path_factory.mktemp("several")
    make_pairs(at / "pairs.npz")
    (at / "pairs.cnn").write_text(PAIRS)
    with run_eagerly():
        assert main(["train", str(at / "pairs.cnn"), "-q", "--run-dir", str(at / "run")]) == 0
    return at


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Path:
    """A copy of that run to tamper with, and files outside of it that nobody may touch."""
    shutil.copytree(kept / "run", "run")
    (tmp_path / "outside/deep").mkdir(parents=True)
    for name in ("thesis.txt", "deep/notes.txt"):
        (tmp_path / "outside" / name).write_text("mine")
    return tmp_path / "run"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what trainings on several devices need."""
    make_folder(tmp_path)
    return tmp_path
