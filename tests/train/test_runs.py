"""Run folders: what lies in them, that nothing destroys them, and what is said of them."""

from __future__ import annotations

import csv
import errno
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.percent import percent
from cnnspec.cli import main
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import durable, folder, state
from cnnspec.train.runs.history import History, read_rows
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from cnnspec.train.words import METRICS, lower_is_better
from tests.support import network
from tests.train.resuming import command as started
from tests.train.resuming import finish, whole

keras = pytest.importorskip("keras")

SMALL = "input 8x8x1\nflatten -> dense(32, relu) -> dense(10, softmax)\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def trained(capsys: pytest.CaptureFixture[str], section: str, *options: str, net: str = SMALL) -> tuple[int, str, str]:
    Path("net.cnn").write_text(net + f"train {{ data = digits; epochs = 2; batch = 128; {section} }}\n")
    status = main(["train", "net.cnn", *options])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out, said.err


def account(path: str = "runs/net-1") -> Any:
    return json.loads(Path(path, "run.json").read_text())


# ---- what lies in one ----------------------------------------------------------------------------------------
def test_a_run_says_everything_about_itself(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = trained(
        capsys, "optimizer = sgd(0.1); callbacks = csv_logger('log.csv')".replace("'", '"'), "--seed", "7", "-q"
    )
    assert status == 0
    said = account()
    assert (said["status"], said["epochs"], said["seed"], said["overrides"]) == ("finished", 2, 7, {"seed": 7})
    assert said["settings"]["optimizer"] == "sgd(learning_rate=0.1)"
    assert said["settings"]["callbacks"] == ['csv_logger(filename="log.csv")']
    assert said["settings"].keys() == {n for n in resolve({})[0]._fields if n not in ("spans", "folder")}
    data = said["data"]
    assert (data["given"], data["train"], data["validation"], data["test"]) == ("digits", 1295, 143, 359)
    assert (data["shape"], data["targets"], data["folder"]) == ([8, 8, 1], "classes", os.getcwd())
    assert said["params"] == {"total": 2410, "trainable": 2410}
    assert said["versions"]["keras"] == keras.__version__
    assert Path("runs/net-1", said["spec"]).read_text() == Path("net.cnn").read_text()
    assert f"accuracy {percent(said['test']['accuracy'])}" in out
    rows = read_rows("runs/net-1/metrics.jsonl")
    with open("runs/net-1/metrics.csv", newline="") as file:
        table = list(csv.DictReader(file))
    assert [{k: float(v) for k, v in row.items()} for row in table] == rows
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[1]["learning_rate"] == pytest.approx(0.1)
    assert said["best"] == {"by": "val_loss", **min(rows, key=lambda row: row["val_loss"])}
    assert Path("runs/net-1/curves.png").read_bytes().startswith(b"\x89PNG")
    model = keras.models.load_model("runs/net-1/last.keras", safe_mode=True)
    assert int(model.optimizer.iterations) == 22


def test_the_best_model_is_that_of_its_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    """The rate grows until the network unlearns, so that an epoch before the last is the best."""
    rates = "optimizer = sgd(piecewise_constant_decay([44], [0.3, 60.0]))"
    for figure in ("val_loss", "val_accuracy", "loss"):
        trained(capsys, f"{rates}; best = {figure}", "--epochs", "5", "-q", "--run-dir", figure)
        rows = read_rows(f"{figure}/metrics.jsonl")
        best = (max if "accuracy" in figure else min)(rows, key=lambda row: row[figure])
        assert best["epoch"] < 5
        assert account(figure)["best"] == {"by": figure, **best}
        model = keras.models.load_model(f"{figure}/best.keras", safe_mode=True)
        assert int(model.optimizer.iterations) == 11 * best["epoch"]


def test_lower_is_better_where_keras_says_so() -> None:
    for word, (cls, _) in METRICS.items():
        made = getattr(keras.metrics, cls, None)
        needed = {"thresholds": 0.5, "num_classes": 2, "target_class_ids": [0], "recall": 0.5, "precision": 0.5}
        needed |= {"sensitivity": 0.5, "specificity": 0.5}
        parameters = [p[:-1] for p in dict(METRICS.values()).get(cls, "").split() if p.endswith("!")]
        direction = getattr(made(**{p: needed[p] for p in parameters}), "_direction", None) if made else None
        if direction is not None:
            assert lower_is_better(word) == (direction == "down"), word


def test_a_run_has_the_files_that_its_spec_uses(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a/parts").mkdir(parents=True)
    Path("pyproject.toml").write_text("")
    Path("blocks.cnn").write_text("block wide(n) { dense(n, relu) }\n")
    Path("a/parts/more.cnn").write_text('use "../../blocks.cnn" (wide)\nblock two(n) { wide(n) -> wide(n) }\n')
    Path("a/net.cnn").write_text(
        'use "parts/more.cnn" (two)\nmodel M(n = 4) { input 8x8x1\nflatten -> two(n) -> dense(10) }\n'
        "model N { input 8x8x1\nflatten -> dense(10) }\ntrain { data = digits }\n"
    )
    words = ["--model", "M", "--set", "n=6", "--epochs", "1", "-q", "--run-dir", "../elsewhere"]
    assert main(["train", "a/net.cnn", *words]) == 0
    said = account("../elsewhere")
    assert (said["spec"], said["model"], said["parameters"]) == ("spec/a/net.cnn", "M", {"n": "6"})
    assert sorted(said["files"]) == ["a/net.cnn", "a/parts/more.cnn", "blocks.cnn"]
    for path in ("blocks.cnn", "a/parts/more.cnn", "a/net.cnn"):
        os.remove(path)
    assert main(["resume", "../elsewhere", "--epochs", "2", "-q"]) == 0
    assert account("../elsewhere")["epochs"] == 2
    assert "test accuracy" in capsys.readouterr().out


def _made(number: int) -> str:
    with folder.create_run(None, gather_spec("net.cnn", SMALL, {}), {}) as made:
        return made.path


def test_trainings_that_start_at_once_have_folders_of_their_own() -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        paths = pool.map(_made, range(40), chunksize=1)
    assert sorted(paths) == sorted(f"runs/net-{n}" for n in range(1, 41))
    assert sorted(os.listdir("runs")) == sorted(os.path.basename(p) for p in paths)


def test_a_folder_with_something_in_it_is_not_taken(capsys: pytest.CaptureFixture[str]) -> None:
    Path("full").mkdir()
    Path("full/thesis.txt").write_text("x")
    Path("file").write_text("x")
    Path("empty").mkdir()
    assert trained(capsys, "", "--run-dir", "full")[::2] == (
        2,
        "cnnspec: full is not empty; choose another --run-dir\n",
    )
    assert "file is a file, no folder for a run" in trained(capsys, "", "--run-dir", "file")[2]
    assert trained(capsys, "", "--run-dir", "empty", "-q", "--epochs", "1")[0] == 0
    err = trained(capsys, "", "--run-dir", "empty")[2]
    assert (
        err == "cnnspec: empty holds a run already; go on with it: cnnspec resume empty, or choose another --run-dir\n"
    )
    assert os.listdir("full") == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_found_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_only(path: Any, *rest: Any, **more: Any) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "mkdir", read_only)
    monkeypatch.setattr("cnnspec.train.run.load", lambda settings: pytest.fail("it began"))
    status, out, err = trained(capsys, "")
    assert (status, out) == (2, "")
    assert err == "cnnspec: runs cannot be written: Permission denied; choose another folder with --run-dir\n"


# ---- what goes wrong -------------------------------------------------------------------------------------------
def test_a_loss_that_turns_to_nothing_leaves_the_last_good_state(capsys: pytest.CaptureFixture[str]) -> None:
    rates = "optimizer = sgd(piecewise_constant_decay([15], [0.01, 1e17])); loss = mse"
    status, out, err = trained(capsys, rates, "--epochs", "4", net=SMALL.replace("softmax", "linear"))
    assert (status, out) == (1, "")
    assert re.search(r"the loss is (nan|inf) at epoch 2/4, batch \d+/11; runs/net-1 keeps what was reached before", err)
    assert "try a smaller learning rate" in err
    said = account()
    assert (said["status"], said["epochs"]) == ("failed", 1)
    assert said["why"].startswith("the loss is ")
    model = keras.models.load_model("runs/net-1/last.keras", safe_mode=True)
    assert int(model.optimizer.iterations) == 11


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_leaves_the_last_good_state(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        net = SMALL + "train { data = digits; epochs = 30; callbacks = model_checkpoint('c-{epoch}.keras') }\n".replace(
            "'", '"'
        )
        (disk / "net.cnn").write_text(net)
        status, out, err = finish(started(disk, "train", "net.cnn"))
        assert (status, out) == (2, "")
        assert "No space left on device" in err.splitlines()[-1]
        assert "runs/net-1 keeps what was reached before" in err.splitlines()[-1]
        whole(disk)
        assert not [p for p in disk.rglob("*") if p.name.startswith(durable.MARK)]
        reached = len(read_rows(str(disk / "runs/net-1/metrics.jsonl")))
        assert reached > 1
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        status, out, err = finish(started(disk, "resume", "runs/net-1"))
        assert status == 0, err
        assert f"going on with epoch {reached}" in err or f"going on with epoch {reached + 1}" in err
        assert [row["epoch"] for row in read_rows(str(disk / "runs/net-1/metrics.jsonl"))] == list(range(1, 31))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
LATER = "; runs/net-1 keeps what was reached before; "
ENDS = {  # what goes wrong, with which save of the state, and how the sentence ends
    "full at first": (FULL, 1, "; nothing was saved; make room, then train again"),
    "full later": (FULL, 2, LATER + "make room, then go on: cnnspec resume runs/net-1"),
    "too large": (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), 2, LATER + "make room, then go on: cnnspec resume runs/net-1"),
    "full, as HDF5 says it": (RuntimeError("Can't write (file write failed: errno = 28, error message = 'No space left on device')"),
                              2, LATER + "make room, then go on: cnnspec resume runs/net-1"),
    "read-only at first": (PermissionError(errno.EACCES, "Permission denied"), 1, "; nothing was saved; train again"),
    "read-only later": (OSError(errno.EROFS, "Read-only file system"), 2, LATER + "go on: cnnspec resume runs/net-1"),
}  # fmt: skip


@pytest.mark.parametrize("case", ENDS)
def test_a_way_on_is_promised_where_there_is_one(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error, number, end = ENDS[case]
    plain, calls = state.save, iter(range(1, 9))

    def save(*given: Any) -> None:
        if next(calls) == number:
            raise error
        plain(*given)

    monkeypatch.setattr(state, "save", save)
    status, out, err = trained(capsys, "", "--epochs", "3", "-q")
    assert (status, out) == (2, "")
    assert err.endswith(end + "\n"), err
    assert os.path.isdir("runs") == (number > 1)
    if "cnnspec resume" in end:
        assert main(["resume", "runs/net-1", "-q"]) == 0
        assert account()["epochs"] == 3


def without_folder() -> None:
    shutil.rmtree("runs/net-1")


def without_state() -> None:
    os.remove("runs/net-1/state/state.npz")


LOST = {
    without_folder: "is not there any more, and nothing is left",
    without_state: "",  # which is written again
}


@pytest.mark.parametrize("harm", LOST, ids=lambda f: f.__name__)
def test_a_folder_that_goes_during_the_training(
    harm: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = state.save, iter(range(1, 9))

    def save(*given: Any) -> None:
        if next(calls) == 2:
            harm()
        plain(*given)

    monkeypatch.setattr(state, "save", save)
    status, _, err = trained(capsys, "", "--epochs", "2", "-q")
    if harm is without_state:
        assert status == 0
        return
    assert status == 2
    assert LOST[harm] in err
    assert "resume" not in err


def test_a_stop_promises_no_folder_that_is_gone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = state.save, iter(range(1, 9))

    def save(*given: Any) -> None:
        plain(*given)
        if next(calls) == 1:
            return
        shutil.rmtree("runs")
        raise KeyboardInterrupt

    monkeypatch.setattr(state, "save", save)
    status, out, err = trained(capsys, "", "--epochs", "3", "-q")
    assert (status, out) == (130, "")
    assert "nothing was saved" in err
    assert "resume" not in err


def test_a_file_is_there_whole_or_not_at_all() -> None:
    Path("a.txt").write_text("before")
    with suppress(ZeroDivisionError), durable.replacing("a.txt") as beside:
        Path(beside).write_text("half")
        raise ZeroDivisionError
    assert (os.listdir(), Path("a.txt").read_text()) == (["a.txt"], "before")
    durable.write_text("a.txt", "after")
    assert (os.listdir(), Path("a.txt").read_text()) == (["a.txt"], "after")
    Path("sub").mkdir()
    Path("sub/.writing-1-b.keras").write_text("half")
    durable.remove_leftovers(".")
    assert os.listdir("sub") == []


def test_rows_after_the_state_are_cut_and_so_is_half_a_row() -> None:
    history = History(".")
    for epoch in (1, 2, 3):
        history.add({"epoch": epoch, "loss": 1 / epoch, "seconds": 0.5})
    with open("metrics.jsonl", "a") as file:
        file.write('{"epoch": 4, "lo')
    assert [row["epoch"] for row in read_rows("metrics.jsonl")] == [1, 2, 3]
    History(".", 2).add({"epoch": 3, "loss": 0.25, "seconds": 0.5})
    assert Path("metrics.csv").read_text() == "epoch,loss,seconds\n1,1.0,0.5\n2,0.5,0.5\n3,0.25,0.5\n"
    assert [row["loss"] for row in read_rows("metrics.jsonl")] == [1, 0.5, 0.25]


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [
        ('model_checkpoint("best.keras")', "model_checkpoint writes best.keras, which the run folder keeps by itself"),
        ('csv_logger("./metrics.csv")', "csv_logger writes metrics.csv, which the run folder keeps by itself"),
        ('tensorboard("state")', "tensorboard writes state, which the run folder keeps by itself"),
        (
            '[backup_and_restore("b"), csv_logger("b/log.csv")]',
            "backup_and_restore deletes b after the training, and b/log.csv lies in it",
        ),
    ],
)
def test_callbacks_that_would_destroy_files_are_refused(callbacks: str, message: str) -> None:
    (found,) = resolve(network(SMALL + f"train {{ data = digits; callbacks = {callbacks} }}").train)[1]
    assert found.message == message


# ---- callbacks, for real ---------------------------------------------------------------------------------------
def test_a_remote_monitor_is_told_every_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("requests")
    told: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monitor = f'remote_monitor(root="http://127.0.0.1:{server.server_port}", path="/here", send_as_json=true)'
        assert trained(capsys, f"callbacks = {monitor}", "-q")[0] == 0
        server.shutdown()
    assert [(path, row["epoch"]) for path, row in told] == [("/here", 0), ("/here", 1)]
    assert [row["loss"] for _, row in told] == [row["loss"] for row in read_rows("runs/net-1/metrics.jsonl")]


def test_tensorboard_writes_events(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tensorboard")
    assert trained(capsys, 'callbacks = tensorboard("board")', "-q")[0] == 0
    assert list(Path("runs/net-1/board/train").glob("events*"))


# ---- what is said of them --------------------------------------------------------------------------------------
def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = trained(capsys, "", "--dry-run", "--batch", "100")
    assert status == 0
    said = dict(line.split("  ", 1) for line in out.splitlines())
    said = {name: value.strip() for name, value in said.items()}
    assert said["data"] == "digits: 1,295 examples to train, 143 to validate, 359 to test"
    assert said["epochs"] == "2, of 13 batches of 100: 26 steps"
    assert said["parameters"] == "2,410, all of them trained"
    assert said["an example"] == "8x8x1, its target the number of its class"
    assert said["run folder"] == "runs/net-1"
    assert os.listdir() == ["net.cnn"]
    assert trained(capsys, "", "--dry-run", "-o", "net.h5")[::2] == (
        2,
        "cnnspec: net.h5 is no name for a model; end it in .keras\n",
    )
    assert trained(capsys, "", "--dry-run", net=SMALL.replace("10", "9"))[0] == 1
    assert os.listdir() == ["net.cnn"]


def test_memory_is_that_of_the_precision(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 6.67 MiB in float32, 3.73 in half precision; a rehearsal refuses what the training would, as the options say."""
    net = "input 8x8x1\nconv(64, 3x3, padding=same, activation=relu) -> flatten -> dense(10, softmax)\n"
    section = "memory = 5MiB"
    for options in ((), ("--dry-run",)):
        status, _, err = trained(capsys, section, *options, net=net)
        assert (status, "training needs at least" in err) == (1, True)
    assert main(["check", "net.cnn", "--select", "P505"]) == 1
    capsys.readouterr()
    for options in (("--precision", "mixed_float16"), ("--batch", "64")):
        status, _, err = trained(capsys, section, "--dry-run", *options, net=net)
        assert (status, err.count("training needs")) == (0, 0)
    assert trained(capsys, section, "--dry-run", "--batch", "120", net=net)[0] == 1
    trained(capsys, f"{section}; precision = mixed_float16", "--dry-run", net=net)
    assert main(["check", "net.cnn", "--select", "P505"]) == 0


def test_runs_are_listed_and_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 2
    assert "there is no folder runs here" in capsys.readouterr().err
    trained(capsys, "", "-q")
    trained(capsys, "", "-q", "--learning-rate", "0.01", "--epochs", "1")
    assert main(["runs"]) == 0
    head, one, two = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["run", "status", "epochs"]
    assert one.split()[:3] == ["runs/net-1", "finished", "2/2"]
    assert two.split()[:3] == ["runs/net-2", "finished", "1/1"]
    assert main(["runs", "runs/net-1", "runs/net-2", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["settings"] == {"optimizer": ["adam", "adam(learning_rate=0.01)"], "epochs": [2, 1]}
    accounts = [account(f"runs/net-{n}") for n in (1, 2)]
    assert said["figures"]["test_accuracy"] == [a["test"]["accuracy"] for a in accounts]
    assert main(["runs", "runs/net-1", "runs/net-2"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["optimizer"].split()[1:] == ["adam", "adam(learning_rate=0.01)"]
    assert f"{accounts[0]['test']['loss']:.4f}" in lines["test_loss"]


def test_a_damaged_run_is_named_and_a_killed_one_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    trained(capsys, "", "-q", "--epochs", "1")
    Path("runs/net-1/run.json").write_text(json.dumps(account() | {"status": "running"}))
    Path("runs/half/state").mkdir(parents=True)
    Path("runs/pictures").mkdir()
    Path("runs/torn").mkdir()
    Path("runs/torn/run.json").write_text(json.dumps({**account(), "best": 3}))
    Path("runs/.writing-7-run").mkdir()
    assert main(["runs"]) == 2
    said = capsys.readouterr()
    states = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[1:]}
    assert states == {"runs/half": "damaged", "runs/net-1": "killed", "runs/torn": "damaged"}
    assert "runs/half is no run folder: it has no run.json" in said.err
    assert "runs/torn/run.json is damaged" in said.err
    with folder.open_run("runs/net-1"):
        assert main(["runs", "runs"]) == 2
    assert "runs/net-1  running" in capsys.readouterr().out


def test_listing_needs_neither_keras_nor_numpy() -> None:
    code = "import sys\nfrom cnnspec.cli import main\nmain(['runs', '.'])\nprint({'keras', 'numpy', 'rich'} & set(sys.modules))"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": root}
    )
    assert done.stdout.endswith("set()\n")


def test_a_bad_figure_for_the_best_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = trained(capsys, "best = val_acuracy")
    assert status == 1
    assert 'best is "val_acuracy", which this training does not report' in err
    with pytest.raises(TrainingFailed, match="cannot be written"):
        folder.create_run("net.cnn/run", gather_spec("net.cnn", SMALL, {}), {})
