"""`runs` says what `cnnspec runs` says, of whole runs and damaged ones, without Keras and NumPy."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from tests.api.answered import look_at
from tests.api.test_answers import said


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A folder `runs` with a run, the same once more with another batch and no test, a torn one, and pictures."""
    for name in ("net-2", "net-10", "torn"):
        Path("runs", name).mkdir(parents=True)
        for file in ("run.json", "metrics.jsonl"):
            shutil.copy(kept / "run" / file, f"runs/{name}/{file}")
    record = json.loads(Path("runs/net-10/run.json").read_text())
    Path("runs/net-2/run.json").write_text(json.dumps({**record, "status": "finished"}))
    other = {**record, "settings": {**record["settings"], "batch": 64}, "test": None, "best": None, "status": "stopped"}
    Path("runs/net-10/run.json").write_text(json.dumps(other))
    Path("runs/torn/run.json").write_text(json.dumps({**record, "best": 3}))
    Path("runs/pictures").mkdir()
    return tmp_path / "runs"


@pytest.mark.parametrize(
    "paths",
    [(), ("runs",), ("runs/net-2",), ("runs/net-2", "runs/net-10"), ("runs/torn", "runs/net-10"), ("runs/pictures",)],
)
def test_runs_are_those_of_the_command(
    paths: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = cnnspec.runs(*paths)
    assert said(capsys, "runs", *paths, "--format", "json") == found.to_json()
    assert json.loads(found.to_json()) == found.to_data()
    assert said(capsys, "runs", *paths) == found.to_text() and str(found) == found.to_text().rstrip("\n")
    page = look_at(found._repr_html_())
    for run in found.runs:
        assert {run.path} & set(page.texts) or (found.compared and run.wrong)
        assert run.wrong in " ".join(page.texts)
    assert len(repr(found)) < 200 and cnnspec.runs(*map(Path, paths)) == found


def test_a_row_is_a_run_for_a_table(folder: Path) -> None:
    found = cnnspec.runs()
    assert [(run.path, run.state) for run in found.runs] == [
        ("runs/net-2", "finished"),
        ("runs/net-10", "stopped"),
        ("runs/torn", "damaged"),
    ]
    rows = found.to_rows()
    assert [row["settings_batch"] for row in rows] == [256, 64, None] and [row["state"] for row in rows] == [
        "finished",
        "stopped",
        "damaged",
    ]
    assert rows[0]["test_accuracy"] == found.runs[0].figures["test_accuracy"] and rows[1]["test_accuracy"] is None
    assert rows[2]["wrong"] == found.runs[2].wrong and found.runs[2].figures == {}
    table = csv.DictWriter(io.StringIO(), list(rows[0]))
    table.writerows(rows)
    assert (found.settings["batch"], found.compared) == ([256, 64], False)
    assert found.figures["test_accuracy"] == [rows[0]["test_accuracy"], None]


def test_a_run_has_its_epochs(folder: Path) -> None:
    run, other, torn = cnnspec.runs().runs
    epochs = run.read_epochs()
    assert [row["epoch"] for row in epochs] == [1, 2] and epochs[-1] == run.record["last"]
    assert {"loss", "val_loss", "learning_rate", "seconds"} <= epochs[0].keys()
    assert torn.read_epochs() == epochs  # its figures are whole, though run.json is not
    Path("runs/net-10/metrics.jsonl").unlink()
    assert other.read_epochs() == []


@pytest.mark.parametrize(
    ("paths", "error", "words"),
    [
        (("none",), FileNotFoundError, "none cannot be read: No such file or directory"),
        (("runs", "none"), FileNotFoundError, "there is no run folder none; cnnspec runs lists those that there are"),
        (("net.cnn",), OSError, "net.cnn cannot be read: Not a directory"),
        (("runs/net-2", "net.cnn"), OSError, "there is no run folder net.cnn"),
        (("",), FileNotFoundError, "an empty path names no file"),
        ((5,), TypeError, "a path is a str or an os.PathLike, not int"),
        ((None,), TypeError, "a path is a str or an os.PathLike, not NoneType"),
        ((["runs"],), TypeError, "a path is a str or an os.PathLike, not list"),
        ((b"runs",), TypeError, "a path is a str or an os.PathLike, not bytes"),
        (("a\0b",), FileNotFoundError, "there is no such file: a.*b"),
    ],
)  # fmt: skip
def test_what_is_no_folder_of_runs_is_answered_in_a_sentence(
    paths: Any, error: type[Exception], words: str, folder: Path
) -> None:
    Path("net.cnn").write_text("input 3\n")
    with pytest.raises(error, match=words) as caught:
        cnnspec.runs(*paths)
    assert "\n" not in str(caught.value)


def test_no_folder_and_an_empty_one() -> None:
    with pytest.raises(
        FileNotFoundError, match="there is no folder runs here; cnnspec train makes one, or name another"
    ):
        cnnspec.runs()
    Path("runs").mkdir()
    none = cnnspec.runs()
    assert (none.runs, none.to_text(), none.to_rows(), repr(none)) == ((), "", [], "<cnnspec.Runs: none>")
    assert "there are no runs" in none.to_html() and main(["runs"]) == 0


def test_runs_need_neither_keras_nor_numpy() -> None:
    code = "import sys, cnnspec\ncnnspec.runs('.').to_html()\nprint({'keras', 'numpy', 'rich'} & set(sys.modules))"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": root}
    )
    assert done.stdout == "set()\n"
