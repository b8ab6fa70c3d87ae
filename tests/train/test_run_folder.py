"""A run folder: the files in it, and where it may lie."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.percent import percent
from cnnspec.cli import main
from cnnspec.train.runs import durable, folder
from cnnspec.train.runs.history import History, read_rows
from cnnspec.train.runs.spec import gather_spec
from cnnspec.train.section import resolve
from cnnspec.train.section_words import METRICS, lower_is_better
from tests.support import network
from tests.train.runs import SMALL, account, trained

keras = pytest.importorskip("keras")


def test_a_run_says_everything_about_itself(capsys: pytest.CaptureFixture[str], real_curves: None) -> None:
    status, out, _ = trained(
        capsys, "optimizer = sgd(0.1); callbacks = csv_logger('log.csv')".replace("'", '"'), "--seed", "7", "-q"
    )
    assert status == 0
    said = account()
    assert (said["status"], said["epochs"], said["seed"], said["overrides"]) == ("finished", 2, 7, {"seed": 7})
    assert said["settings"]["optimizer"] == "sgd(learning_rate=0.1)"
    assert said["settings"]["callbacks"] == ['csv_logger(filename="log.csv")']
    of_several = {"outputs", "losses", "loss_weights", "metrics_by_output", "pairing", "each"}
    of_starts = {"start", "start_folder", "freeze", "unfreeze_after", "unfreeze_rate", "learning_rates"}
    rare = {"spans", "folder", "columns", "group", "folds", "fold", "sampling", "resize", "crop", "windows"}
    left_out = rare | of_several | of_starts
    assert said["settings"].keys() == set(resolve({})[0]._fields) - left_out
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
    assert int(model.optimizer.iterations) == 6


@pytest.mark.usefixtures("eager")
def test_the_best_model_is_that_of_its_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    """The rate grows until the network unlearns, so that an epoch before the last is the best."""
    rates = "optimizer = sgd(piecewise_constant_decay([12], [0.3, 60.0]))"
    for figure in ("val_loss", "val_accuracy", "loss"):
        trained(capsys, f"{rates}; best = {figure}", "--epochs", "5", "-q", "--run-dir", figure)
        rows = read_rows(f"{figure}/metrics.jsonl")
        best = (max if "accuracy" in figure else min)(rows, key=lambda row: row[figure])
        assert best["epoch"] < 5
        assert account(figure)["best"] == {"by": figure, **best}
        model = keras.models.load_model(f"{figure}/best.keras", safe_mode=True)
        assert int(model.optimizer.iterations) == 3 * best["epoch"]


def test_lower_is_better_where_keras_says_so() -> None:
    for word, (cls, _) in METRICS.items():
        made = getattr(keras.metrics, cls, None)
        needed = {"thresholds": 0.5, "num_classes": 2, "target_class_ids": [0], "recall": 0.5, "precision": 0.5}
        needed |= {"sensitivity": 0.5, "specificity": 0.5}
        parameters = [p[:-1] for p in dict(METRICS.values()).get(cls, "").split() if p.endswith("!")]
        direction = getattr(made(**{p: needed[p] for p in parameters}), "_direction", None) if made else None
        if direction is not None:
            assert lower_is_better(word) == (direction == "down"), word


@pytest.mark.usefixtures("eager")
def test_a_run_has_the_files_that_its_spec_uses(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a/parts").mkdir(parents=True)
    Path("pyproject.toml").write_text("")
    Path("blocks.cnn").write_text("block wide(n) { dense(n, relu) }\n")
    Path("a/parts/more.cnn").write_text('use "../../blocks.cnn" (wide)\nblock two(n) { wide(n) -> wide(n) }\n')
    Path("a/net.cnn").write_text(
        'use "parts/more.cnn" (two)\nmodel M(n = 4) { input 8x8x1\nflatten -> two(n) -> dense(10) }\n'
        "model N { input 8x8x1\nflatten -> dense(10) }\ntrain { data = digits }\n"
    )
    words = ["--model", "M", "--set", "n=6", "--epochs", "1", "--batch", "512", "-q", "--run-dir", "../elsewhere"]
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


@pytest.mark.usefixtures("eager")
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
    monkeypatch.setattr("cnnspec.train.data.prepare.load", lambda *_: pytest.fail("it began"))
    status, out, err = trained(capsys, "")
    assert (status, out) == (2, "")
    assert err == "cnnspec: runs cannot be written: Permission denied; choose another folder with --run-dir\n"


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


def test_a_stop_while_rows_are_cut_takes_none_away(monkeypatch: pytest.MonkeyPatch) -> None:
    history, rows = History("."), [{"epoch": n, "loss": 1 / n, "seconds": 0.5} for n in (1, 2, 3)]
    for row in rows:
        history.add(row)

    def stop(number: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(os, "fsync", stop)
        History(".", 2)
    assert read_rows("metrics.jsonl") == rows


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


@pytest.mark.usefixtures("eager")
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
