"""Trainings on two devices, two processes and every backend, against one device; what cannot be had is one sentence.

Devices are simulated on the CPU; what chooses them does so once in a process, so each case that trains is one of its own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnspec.cli import main
from tests.support import QUICK_XLA, THOROUGH

ROOT = Path(__file__).resolve().parents[2]
SPEC = """
input 6x6x1
conv(4, 3x3, activation=relu) -> flatten -> dense(8, activation=tanh) -> dense(1)
train { data = "d.npz"; loss = mse; epochs = 2; batch = 16; validation = 0.2 }
"""
SCRIPT = """
import sys

from importlib.machinery import PathFinder

class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in {hidden!r} else PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Hiding
from cnnspec.cli import main
for number, options in enumerate({runs!r}):
    assert main(["train", "--run-dir", f"{folder}{{number}}", *options]) == 0
assert not set({hidden!r}) & set(sys.modules)
"""


def needs(backend: str) -> None:
    if importlib.util.find_spec(backend) is None or importlib.util.find_spec("keras") is None:
        pytest.skip(f"{backend} or Keras is not installed")


def process(folder: Path, backend: str, name: str, *runs: list[str]) -> subprocess.Popen[str]:
    hidden = [b for b in ("tensorflow", "jax", "torch") if b != backend]
    script = SCRIPT.format(hidden=hidden, runs=[["--backend", backend, *run] for run in runs], folder=name)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KERAS_", "JAX_", "XLA_"))}
    env |= {"PYTHONPATH": str(ROOT), "KERAS_HOME": str(folder), **QUICK_XLA}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", script], cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True)


def ended(*processes: subprocess.Popen[str]) -> list[tuple[str, str]]:
    """What processes wrote; none may have failed."""
    try:
        done = [(p, *p.communicate()) for p in processes]
    finally:
        for p in processes:
            p.kill()
    for p, _, err in done:
        assert p.returncode == 0, err
    return [(out, err) for _, out, err in done]


def figures(run: Path) -> list[float]:
    """Losses of the epochs, of their validation, and of the test."""
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    test = json.loads((run / "run.json").read_text())["test"]
    return [row[name] for row in rows for name in ("loss", "val_loss")] + [test["loss"]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec and data: 68 examples to train, 17 to validate, 17 to test; an odd count cannot be shared by two."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(102, 6, 6, 1)).astype("float32")
    y = (x[:, 2, 2, 0] - x[:, 3, 1, 0] * 2).astype("float32")
    np.savez(tmp_path / "d.npz", x_train=x[:85], y_train=y[:85], x_test=x[85:], y_test=y[85:])
    (tmp_path / "net.cnn").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_devices_of_tensorflow_train_as_one(folder: Path) -> None:
    needs("tensorflow")
    two, one = ["--devices", "cpu:2"], ["--devices", "1"]
    (folder / "bn.cnn").write_text(SPEC.replace("-> flatten", "-> bn -> flatten"))
    runs = ["net.cnn", *two], ["net.cnn", *one], ["bn.cnn", "--epochs", "1", *two]
    ((_, err),) = ended(process(folder, "tensorflow", "tf", *runs))
    assert err.count("as 2 devices with TensorFlow") == 2
    assert figures(folder / "tf0") == pytest.approx(figures(folder / "tf1"), rel=1e-5)
    assert "leaves out" not in err
    assert err.count("batch normalisation (bn1) takes its statistics from each device's share of a batch") == 1


def test_two_devices_and_two_processes_of_jax_train_as_one(folder: Path) -> None:
    needs("jax")
    (folder / "net.cnn").write_text(SPEC.replace("-> flatten", "-> bn -> dropout(0.1) -> flatten"))
    runs = [["net.cnn", "--devices", run] for run in ("cpu:2", "1")]
    ((_, err),) = ended(process(folder, "jax", "one", *runs))
    assert err.count("as 2 devices with JAX") == 1
    one = figures(folder / "one1")
    assert figures(folder / "one0") == pytest.approx(one, rel=1e-5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{free.getsockname()[1]}"
    together = ["net.cnn", "--processes", "2", "--coordinator", where, "--devices", "cpu", "--process"]
    first, second = ended(*[process(folder, "jax", f"two{i}", [*together, str(i)]) for i in (0, 1)])
    assert "process 0 of 2" in first[1]
    assert second[0] == "" and "epoch" not in second[1]
    assert first[0].startswith("test loss ")
    assert figures(folder / "two00") == pytest.approx(one, rel=1e-5)
    assert sorted(p.name for p in folder.glob("two*")) == ["two00"]


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
def test_half_precision_of_jax_trains_nearly_alike(folder: Path) -> None:
    needs("jax")
    runs = ["net.cnn"], ["net.cnn", "--precision", "mixed_bfloat16"]
    ((_, err),) = ended(process(folder, "jax", "run", *runs))
    assert err.count(", mixed_bfloat16\n") == 1
    assert figures(folder / "run1") == pytest.approx(figures(folder / "run0"), rel=3e-2)
    assert figures(folder / "run1") != pytest.approx(figures(folder / "run0"), rel=1e-5)


def test_torch_trains_without_the_others(folder: Path) -> None:
    needs("torch")
    run = ["net.cnn", "--precision", "mixed_bfloat16", "--devices", "cpu", "--epochs", "4"]
    ((_, err),) = ended(process(folder, "torch", "torch", run))
    assert "with PyTorch" in err and ", mixed_bfloat16\n" in err
    said = json.loads((folder / "torch0" / "run.json").read_text())
    assert (said["backend"], said["precision"]) == ("torch", "mixed_bfloat16")
    losses = figures(folder / "torch0")
    assert losses[-3] < losses[0]


def test_what_is_asked_for_and_not_there_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("keras")
    for options, said in (
        (["--devices", "64"], "64 devices are asked for, and "),
        (["--devices", "gpu"], "finds no GPU here, the CPU alone; "),
        (["--devices", "gpus"], "--devices must be a count, all, cpu or gpu, or both, such as gpu:2"),
        (["--precision", "float16"], "--precision must be float32, mixed_float16 or mixed_bfloat16"),
        (["--backend", "theano"], "--backend must be tensorflow, jax or torch"),
        (["--devices", "5"], "a batch of 16 cannot be shared alike by 5 devices; take 15 or 20"),
        (["--process", "1"], "--process and --coordinator need --processes"),
    ):
        options = [*options, "--batch", "64"] if options[1] == "64" else options
        assert main(["train", "net.cnn", *options]) == 2
        out, err = capsys.readouterr()
        assert said in err and not out and "Traceback" not in err
    assert sorted(p.name for p in folder.iterdir()) == ["d.npz", "net.cnn"]
