"""Trainings on simulated devices of the CPU. What chooses them does so once in a process, so each is one of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support import QUICK_XLA

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


def make_folder(at: Path) -> None:
    """A spec and data: 68 examples to train, 17 to validate, 17 to test; an odd count cannot be shared by two."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(102, 6, 6, 1)).astype("float32")
    y = (x[:, 2, 2, 0] - x[:, 3, 1, 0] * 2).astype("float32")
    np.savez(at / "d.npz", x_train=x[:85], y_train=y[:85], x_test=x[85:], y_test=y[85:])
    (at / "net.cnn").write_text(SPEC)
