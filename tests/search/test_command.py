"""`cnnspec search`: real trainings of tiny networks, killed and gone on with, by several at once; and what makes no sense."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cnnspec.train.resume import check_resumable
from cnnspec.train.runs.folder import read_record
from tests.cli.commands import run
from tests.docs.schema_use import SchemaUse
from tests.search.specs import DIGITS, FILLED
from tests.support import THOROUGH

optuna = pytest.importorskip("optuna", reason="Optuna comes with the extra search")
ROOT = Path(__file__).resolve().parents[2]
OVER = ["--over", "f=2..16:2", "--over", "k=1..5:2", "--where", "params < 400"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.cnn").write_text(DIGITS)
    return tmp_path


def start(*more: str) -> subprocess.Popen[str]:
    """A search in a process of its own."""
    command = [sys.executable, "-m", "cnnspec", "search", "net.cnn", *OVER, "--format", "json", *more]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def end(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def trained(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [trial for trial in found["trials"] if trial["run"]]


def check_runs(found: dict[str, Any]) -> None:
    """Every trial is a run folder, whose figures are those of the study."""
    for trial in trained(found):
        record = read_record(trial["run"])
        assert record["best"]["val_accuracy"] == trial["value"]
        assert record["parameters"] == trial["parameters"]
        assert record["params"]["total"] == trial["figures"]["params"] < 400
        assert record["status"] == {"finished": "finished", "given up": "stopped"}[trial["state"]]
        assert ("given up" in record["why"]) == (trial["state"] == "given up")
        rows = [json.loads(line) for line in Path(trial["run"], "metrics.jsonl").read_text().splitlines()]
        assert [{"epoch": row["epoch"], "value": row["val_accuracy"]} for row in rows] == trial["curve"]
        assert trial["value"] == max(row["val_accuracy"] for row in rows)
    parameters = [json.dumps(trial["parameters"]) for trial in trained(found)]
    assert len(set(parameters)) == len(parameters), "no candidate is trained twice"
    finished = [trial for trial in found["trials"] if trial["state"] == "finished"]
    best = max(trial["value"] for trial in finished)
    assert next(trial for trial in finished if trial["trial"] == found["best"])["value"] == best
    for number in found["front"]:
        one = found["trials"][number]
        assert not [
            other for other in finished
            if other["value"] >= one["value"] and other["figures"]["params"] <= one["figures"]["params"]
            and (other["value"], other["figures"]["params"]) != (one["value"], one["figures"]["params"])
        ]  # fmt: skip


def test_a_search_gives_up_and_goes_on(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    status, out, err = run(capsys, "search", "net.cnn", *OVER, "--trials", "3", "--epochs", "2", "-o", "found.html")
    assert status == 0, err
    assert "among 21 candidates that fit, of 24: " in " ".join(out.split())
    assert "the best: trial " in out
    assert "trial 0: f=" in err
    page = (folder / "found.html").read_text()
    assert page.count("<polyline") + page.count('r="3"') == 3
    drawn = [ElementTree.fromstring(part) for part in re.findall("<svg.*?</svg>", page, re.S)]
    assert len(drawn) == 2
    for picture in drawn:
        width, height = [float(number) for number in picture.attrib["viewBox"].split()[2:]]
        for line in picture.iter("polyline"):
            for point in line.attrib["points"].split():
                x, y = map(float, point.split(","))
                assert 0 < x < width
                assert 0 < y < height
    assert "<script" not in page
    status, out, _ = run(capsys, "search", "net.cnn", *OVER, "--trials", "4", "--epochs", "2", "--format", "json", "-q")
    found = json.loads(out)
    assert status == 0
    assert len(trained(found)) == 4, "those of before count"
    assert {trial["state"] for trial in trained(found)} == {"finished", "given up"}
    check_runs(found)
    use = SchemaUse({"search"})
    use.hold("search", found)
    assert use.list_unmet() == []
    status, out, _ = run(capsys, "runs", "runs/net-search")
    assert status == 0
    assert out.count("trial-") == 4
    assert run(capsys, "runs")[::2] == (0, "cnnspec: there are no runs in runs; there are some in runs/net-search\n")
    for form in ("markdown", "csv", "latex"):  # in which nothing is trained any more
        status, out, _ = run(capsys, "search", "net.cnn", *OVER, "--trials", "4", "--epochs", "2", "--format", form)
        assert status == 0
        assert sum([out.count(state) for state in ("finished", "given up")]) >= 4
    assert run(capsys, "search", "net.cnn", *OVER, "--trials", "4", "--epochs", "3")[0] == 2, "other settings"
    given_up = next(trial for trial in trained(found) if trial["state"] == "given up")
    check_resumable(Folder(given_up["run"]), None)  # type: ignore[arg-type]


class Folder:
    """A run folder to look at."""

    def __init__(self, path: str) -> None:
        from cnnspec.base.confined_folder import ConfinedFolder

        self.path, self.record, self.inside = path, read_record(path), ConfinedFolder(path)


@pytest.mark.parametrize("study", ["study.db", *(["study.log"] if THOROUGH else [])])
def test_two_search_together_and_one_is_killed(study: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was killed in the middle of a trial is gone on with, and comes to what it would have come to."""
    more = ["--trials", "3", "--epochs", "4", "--pruner", "none", "--study", study]
    both = [start(*more), start(*more)]
    killed: dict[str, int] = {}
    begun = time.monotonic()
    while not killed and time.monotonic() - begun < 100:
        for number in range(3):
            state = folder / "runs" / "net-search" / f"trial-{number}" / "state"
            epochs = state.parent / "metrics.jsonl"
            if epochs.exists() and epochs.read_text().count("\n") in (1, 2):
                holder = int((folder / "runs/net-search/.trials" / str(number) / "state/lock").read_text())
                os.kill(holder, signal.SIGKILL)
                killed[f"trial-{number}"] = holder
                break
        time.sleep(0.02)
    assert killed
    (left,) = [process for process in both if process.pid not in killed.values()]
    (dead,) = [process for process in both if process.pid in killed.values()]
    dead.communicate(timeout=20)
    assert dead.returncode == -signal.SIGKILL
    found = end(left)
    check_runs(found)
    assert [trial["state"] for trial in trained(found)] == ["finished"] * 3
    _, out, _ = run(capsys, "search", "net.cnn", *OVER, "--format", "json", "-q", *more)
    assert json.loads(out)["trials"] == found["trials"]
    number = int(next(iter(killed)).removeprefix("trial-"))
    trial = found["trials"][number]
    sets = [word for name, value in trial["parameters"].items() for word in ("--set", f"{name}={value}")]
    options = ["--epochs", "4", "--best", "val_accuracy", "--run-dir", "alone", "-q"]
    assert run(capsys, "train", "net.cnn", *sets, *options)[0] == 0
    alone = [json.loads(line) for line in Path("alone/metrics.jsonl").read_text().splitlines()]
    assert [row["val_accuracy"] for row in alone] == [point["value"] for point in trial["curve"]]


@pytest.mark.skipif(not THOROUGH, reason="half a minute; HYPOTHESIS_PROFILE=thorough runs it")
def test_ends(capsys: pytest.CaptureFixture[str]) -> None:
    """All candidates tried; a budget of epochs; a budget of time, after which a trial goes on."""
    small = ["search", "net.cnn", "--over", "f=2, 4", "--epochs", "2", "--pruner", "none", "-q", "--format", "json"]
    _, out, _ = run(capsys, *small, "--budget", "1 epoch")
    found = json.loads(out)
    assert [trial["state"] for trial in found["trials"]] == ["running"]
    assert "budget of 1 epoch is spent" in found["ended"]
    status, out, _ = run(capsys, *small, "--budget", "0.001s")
    assert "time of its budget is over" in json.loads(out)["ended"]
    assert status == 1, "none is finished"
    status, out, _ = run(capsys, *small)
    found = json.loads(out)
    assert status == 0
    assert [trial["epochs"] for trial in trained(found)] == [2, 2]
    assert found["ended"] == "all 2 candidates that fit were tried"


BAD = [
    ([], 'there is nothing to go over: name a parameter and its options'),
    (["--over", "g=1..2"], 'the model has no parameter "g"'),
    (["--over", "f=3..1"], '"3..1" is empty'),
    (["--over", "f=2..4", "--where", "prams < 1"], 'nothing is called "prams"'),
    (["--over", "f=2..4", "--trials", "0"], "must be a whole number from 1"),
    (["--over", "f=2..4", "--objective", "val_acuracy"], 'does not report "val_acuracy"; did you mean "val_accuracy"'),
    (["--over", "f=2..4", "--validation", "0"], "nothing is held back to compare candidates on"),
    (["--over", "f=2..4", "--budget", "3 days"], "--budget is a time or a number of epochs"),
    (["--over", "f=2..4", "--budget", "0s"], "--budget is a time or a number of epochs"),
    (["--over", "f=2..4", "--cost", "price"], 'nothing is called "price"'),
    (["--over", "f=2..4", "-o", "report.pdf"], "a report is written as .html"),
    (["--over", "f=2..4", "-o", "none/report.html"], "none"),
    (["--over", "f=2..4", "--run-dir", "net.cnn"], "net.cnn is a file, no folder for runs"),
    (["--over", "f=2..4", "--study", "net.cnn"], "is no study: it is not an SQLite file"),
    (["--over", "f=2..4", "--study", "none/study.db"], "its folder does not exist"),
    (["--over", "f=2..4", "--data", "no_such_data"], "no_such_data"),
    (["--over", "f=2..4", "--set", "f=3"], "f has a value already"),
    (["--over", "f=2..4", "--model", "Other"], 'has no model "Other"'),
]  # fmt: skip


NOTHING = [
    (["--over", "f=2..4", "--where", "params < 1"], "net.cnn: none of the 3 candidates of Digits meets params < 1"),
    (["--over", "f=2..4", "--where", "params < 9 and params > 9"], "meets params < 9 and params > 9"),
    (["--over", "f=-2..-1"], "net.cnn: none of the 2 candidates of Digits is legal"),
]


def test_what_failed_at_first_binds_nobody(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """A study in which nothing was trained yet takes other settings; one in which something was is of these."""
    asked = ["search", "net.cnn", "--over", "f=2..4", "--epochs", "1", "--trials", "1", "-q"]
    status, _, err = run(capsys, *asked, "--data", "no_such_data.npz")
    assert status == 2
    assert "no_such_data.npz" in err
    status, _, err = run(capsys, *asked)
    assert status == 0, err
    status, _, err = run(capsys, *asked, "--batch", "64")
    assert status == 2
    assert "has a study of another search, with other values for settings" in " ".join(err.split())
    assert len(list(folder.rglob("run.json"))) == 1


def test_the_options_of_the_text(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """Values that stand in the spec are what is searched; a run with a hole filled goes on as any other."""
    (folder / "net.cnn").write_text(FILLED)
    status, out, err = run(capsys, "search", "net.cnn", "--trials", "1", "-q", "--format", "json")
    assert status == 0, err
    found = json.loads(out)
    assert (found["axes"], found["space"]) == (["f", "?second"], 6)
    assert trained(found)[0]["parameters"].keys() == {"f", "?second"}
    assert run(capsys, "resume", trained(found)[0]["run"], "--epochs", "2", "-q")[0] == 0
    assert run(capsys, "search", "net.cnn", "--over", "f=1..9", "--trials", "1", "-q")[0] == 2, "another space"


@pytest.mark.parametrize(("options", "said"), [*BAD, *NOTHING])
def test_what_makes_no_sense_is_a_sentence(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    status, out, err = run(capsys, "search", "net.cnn", *options, "--epochs", "1", "-q")
    assert status == (1 if (options, said) in NOTHING else 2), (out, err)
    assert said in " ".join(err.split())
    assert not out
    assert not list(folder.rglob("run.json"))
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


OTHERS = {
    "no train section": (DIGITS.partition("train {")[0], 2, "does not say what to train on"),
    "a wrong train section": (DIGITS.replace("epochs = 2", "epochs = two"), 1, "epochs"),
    "folds": (DIGITS.replace("epochs = 2", "epochs = 2; folds = 3"), 2, "a search trains each candidate once"),
    "mistakes": (DIGITS.replace("gap", "gap("), 1, "E"),
    "data that do not suit it": (DIGITS.replace("8x8x1", "9x9x3"), 1, "digits"),
    "several outputs": (
        DIGITS.replace("  gap\n  dense(10, softmax)", "  gap as g\n  g -> dense(10, softmax) as a\n  g -> dense(10, softmax) as b\n  output a, b"),
        2, "say what is compared with --objective",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", OTHERS)
def test_a_spec_that_cannot_be_searched(which: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text, expected, said = OTHERS[which]
    (folder / "net.cnn").write_text(text)
    status, out, err = run(capsys, "search", "net.cnn", "--over", "f=2..4", "--epochs", "1", "-q")
    assert (status, out) == (expected, ""), err
    assert said in " ".join(err.split())


def test_what_is_no_spec(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "net.py").write_text("import keras\n")
    for name, said in (("net.py", "is no spec"), ("net.keras", "is no spec"), ("none.cnn", "none.cnn")):
        status, _, err = run(capsys, "search", name, "--over", "f=1..2")
        assert status == 2
        assert said in err
