"""Trainings in processes of their own that are stopped, resumed, and compared bit for bit with one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.train import run as training

ROOT = Path(__file__).resolve().parents[2]
NET = """input 8x8x1
conv(8, 3x3, padding=same) -> bn -> relu -> maxpool(2x2) -> flatten -> dense(32, relu) -> dropout(0.3) -> dense(10, softmax)
train {
  data = digits; epochs = 6; batch = 128; optimizer = adam(0.003); save_every = 0.000001
  callbacks = [
    early_stopping(patience=6, restore_best_weights=true), reduce_lr_on_plateau(patience=1, factor=0.5, min_delta=0.3),
    model_checkpoint("kept/best-{epoch:02d}.keras", save_best_only=true), csv_logger("log.csv"), terminate_on_nan,
    backup_and_restore("backup", save_freq=5),
  ]
}
"""

PHASES = """block stage(filters) { conv(filters, 3x3, padding=same, bias=false) -> bn -> relu }
input 8x8x1
stage(8) -> maxpool(2x2) -> stage(16) as features
features -> gap -> dense(10, softmax) as aux
features -> flatten -> dense(32, relu) -> dropout(0.3) -> dense(10, softmax) as digit
output digit, aux
train {
  data = digits; epochs = 6; batch = 128; optimizer = adam(0.003); save_every = 0.000001
  start = "start.keras"; freeze = start; unfreeze_after = 3; unfreeze_rate = 0.001; learning_rates = {stage: 0.1, digit: 2}
  loss_weights = {aux: 0.3}; best = val_digit_accuracy
  callbacks = [
    early_stopping(patience=6, restore_best_weights=true), reduce_lr_on_plateau(patience=1, factor=0.5, min_delta=0.3),
    model_checkpoint("kept/best-{epoch:02d}.keras", save_best_only=true), csv_logger("log.csv"),
  ]
}
"""  # two phases and two outputs; START is what it starts from
START = """input 8x8x1
conv(8, 3x3, padding=same, bias=false) -> bn -> relu -> maxpool(2x2) -> conv(16, 3x3, padding=same, bias=false) -> bn -> relu
gap -> dense(7)
"""


# A command that sends itself a signal when it writes its so-many-th file, and one that is killed after a batch.
AT_WRITE = """
import os, sys
number, moment, calls, plain = int(sys.argv[1]), int(sys.argv[2]), 0, os.fsync
def fsync(file):
    global calls
    calls += 1
    if calls == moment:
        os.kill(os.getpid(), number)
    plain(file)
os.fsync = fsync
from cnnspec.cli import main
sys.exit(main(sys.argv[3:]))
"""
AFTER_BATCH = """
import os, signal, sys
import cnnspec.train.run as run
place = int(sys.argv[1]), int(sys.argv[2])
class Killed(run.RunCallback):
    def end_batch(self, batch, logs=None):
        super().end_batch(batch, logs)
        if (self.epoch, batch) == place:
            os.kill(os.getpid(), signal.SIGKILL)
run.RunCallback = Killed
from cnnspec.cli import main
sys.exit(main(sys.argv[3:]))
"""


def start(folder: Path, *words: str, backend: str = "tensorflow") -> subprocess.Popen[str]:
    """A Python process that runs in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def stopped_at_write(
    folder: Path, number: int, moment: int, *words: str, backend: str = "tensorflow"
) -> subprocess.Popen[str]:
    """A cnnspec command that gets a signal when it brings something to the disk for the so-many-th time."""
    return start(folder, "-c", AT_WRITE, str(number), str(moment), *words, backend=backend)


def killed_after_batch(folder: Path, epoch: int, batch: int, *words: str) -> subprocess.Popen[str]:
    """A cnnspec command that is killed after a batch; both numbers count from 0."""
    return start(folder, "-c", AFTER_BATCH, str(epoch), str(batch), *words)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate()
    assert "Traceback" not in err, err
    return process.returncode, out, err


def press(monkeypatch: pytest.MonkeyPatch, number: int, moment: int) -> None:
    """Let this process get a signal when so many files have been written."""
    plain, calls = os.fsync, iter(range(1, 10_000))

    def fsync(file: int) -> None:
        if next(calls) == moment:
            os.kill(os.getpid(), number)
        plain(file)

    monkeypatch.setattr(os, "fsync", fsync)


def terminate_after_batch(monkeypatch: pytest.MonkeyPatch, epoch: int, batch: int) -> None:
    """Let this process get SIGTERM at a batch, after which it stops; both numbers count from 0."""

    class Terminated(training.RunCallback):
        def end_batch(self, number: int, logs: Any = None) -> None:
            if (self.epoch, number) == (epoch, batch):
                os.kill(os.getpid(), signal.SIGTERM)
            super().end_batch(number, logs)

    monkeypatch.setattr(training, "RunCallback", Terminated)


def whole(folder: Path) -> None:
    """No model in a run folder is half-written."""
    for path in folder.rglob("*.keras"):
        if not path.name.startswith("."):
            with zipfile.ZipFile(path) as file:
                assert file.testzip() is None and "model.weights.h5" in file.namelist(), path


def train_whole(folder: Path, backend: str = "tensorflow", text: str = NET) -> Path:
    """A training that nothing stops; its run folder."""
    (folder / "net.cnn").write_text(text)
    if "start.keras" in text:
        (folder / "start.cnn").write_text(START)
        assert finish(start(folder, "-m", "cnnspec", "compile", "start.cnn", "-o", "start.keras"))[0] == 0
    words = ("-m", "cnnspec", "train", "net.cnn", "-q", "--run-dir", "whole")
    assert finish(start(folder, *words, backend=backend))[0] == 0
    return folder / "whole"


def train_stopped(
    folder: Path, name: str, moments: list[int], number: int, backend: str = "tensorflow"
) -> tuple[Path, int]:
    """A training that gets a signal at each of these moments (see `stopped_at_write`), and is resumed each time.

    Yields the run folder and how often the signal came before the end.
    """
    run, came = folder / name, 0
    for moment in moments:
        words = ("resume", name) if run.exists() else ("train", "net.cnn", "--run-dir", name)
        status = finish(stopped_at_write(folder, number, moment, *words, backend=backend))[0]
        whole(run) if run.exists() else None
        if status == 0:
            return run, came
        assert status in (-number, 128 + number), status
        came += 1
        if run.exists() and json.loads((run / "run.json").read_text())["status"] == "finished":
            return run, came  # stopped when all was done
    words = ("resume", name) if run.exists() else ("train", "net.cnn", "--run-dir", name)
    status, _, err = finish(start(folder, "-m", "cnnspec", *words, backend=backend))
    assert status == 0, err
    whole(run)
    return run, came


def differences(one: Path, other: Path) -> list[str]:
    """What differs between two finished runs, but for times."""
    found = []
    files = [{str(p.relative_to(r)) for p in r.rglob("*") if p.is_file()} for r in (one, other)]
    found += [f"only one has {name}" for name in sorted(files[0] ^ files[1])]
    for name in sorted(files[0] & files[1]):
        if name.endswith(".keras"):
            found += _arrays(name, _weights(one / name), _weights(other / name))
        elif name.endswith(".npz"):
            found += _arrays(name, _state(one / name), _state(other / name))
        elif name.endswith(".csv") and "metrics" not in name and (one / name).read_text() != (other / name).read_text():
            found.append(f"{name} differs")
    rows = [
        [_timeless(json.loads(line)) for line in (r / "metrics.jsonl").read_text().splitlines()] for r in (one, other)
    ]
    found += [] if rows[0] == rows[1] else ["metrics.jsonl differs"]
    lines = [[line.rsplit(",", 1)[0] for line in (r / "metrics.csv").read_text().splitlines()] for r in (one, other)]
    found += [] if lines[0] == lines[1] else ["metrics.csv differs"]
    told = [_timeless(json.loads((r / "run.json").read_text())) for r in (one, other)]
    found += [f"run.json: {key} differs" for key in told[0] if told[0][key] != told[1].get(key)]
    return found if len(found) < 8 else [*found[:8], f"and {len(found) - 8} more"]


TIMES = ("seconds", "within", "started", "ended", "examples_per_second", "data_wait")


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if k not in TIMES}
    return value


def _arrays(name: str, one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    if one.keys() != other.keys():
        return [f"{name} holds other arrays"]
    return [
        f"{name}: {key} differs"
        for key in one
        if (one[key].tobytes() if hasattr(one[key], "tobytes") else one[key])
        != (other[key].tobytes() if hasattr(other[key], "tobytes") else other[key])
    ]


def _state(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        arrays: dict[str, Any] = {name: file[name] for name in file.files}
    said = json.loads(arrays.pop("said").tobytes())
    said["more"] = _timeless(said["more"])
    return {**arrays, **said}


def _weights(path: Path) -> dict[str, Any]:
    """Everything in a model's file that is no time: variables of layers, optimizer and seeds."""
    import io

    import h5py

    found: dict[str, Any] = {}
    with zipfile.ZipFile(path) as file, h5py.File(io.BytesIO(file.read("model.weights.h5"))) as weights:
        weights.visititems(lambda n, item: found.update({n: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found
