"""Where a training runs: backends, devices, precisions, processes. A training on two devices is that on one.

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
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.layers.argument import Unfit
from cnnspec.train.devices.distribution import Cluster, check_distribution, read_cluster
from cnnspec.train.devices.request import DeviceRequest, Devices, read_devices, read_request
from cnnspec.train.devices.share import ALONE, Share
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.settings import TrainSettings
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


# ---- what is asked for -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("written", "read"), [
    (1, "1"), ("3", "3"), ("all", "all"), ("cpu", "cpu:1"), ("GPU", "gpu:1"), ("gpu:2", "gpu:2"), ("gpu:all", "gpu:all"),
    ("cpu:2", "cpu:2"), ("cpu:all", "cpu:1"),
])  # fmt: skip
def test_devices_are_read_in_one_spelling(written: Any, read: str) -> None:
    assert read_devices(written) == read == read_devices(read)


@pytest.mark.parametrize(
    "written", [0, -1, True, 1.5, None, "", ":2", "gpu:", "gpu:0", "gpu:-1", "tpu:1", "2:gpu", "two"]
)
def test_other_devices_are_refused(written: Any) -> None:
    with pytest.raises(Unfit):
        read_request(written)


def test_devices_are_called_by_their_names() -> None:
    assert str(Devices("GPU", ("NVIDIA H200",))) == "GPU NVIDIA H200"
    assert str(Devices("GPU", ("NVIDIA H200", "NVIDIA H200"))) == "2 GPUs NVIDIA H200"
    assert str(Devices("CPU", ("", ""))).endswith("as 2 devices")
    assert DeviceRequest("gpu", None).count is None


@pytest.mark.parametrize(("asked", "environment", "made"), [
    ((None, None, None), {}, None),
    ((2, 1, "here:80"), {}, Cluster(2, 1, "here:80")),
    ((None, None, None), {"NUM_PROCESSES": "3", "PROCESS_ID": "2", "JOB_ADDRESSES": "a:1,b:1,c:1"}, Cluster(3, 2, "a:1")),
    ((2, 0, "b:2"), {"NUM_PROCESSES": "3", "PROCESS_ID": "2", "JOB_ADDRESSES": "a:1"}, Cluster(2, 0, "b:2")),
    ((2, None, "here:80"), {}, "give each --coordinator"), ((2, 0, None), {}, "give each --coordinator"),
    ((2, 0, "here"), {}, "give each --coordinator"), ((2, 2, "here:80"), {}, "number them 0 to 1"),
    ((None, 1, None), {}, "need --processes"), ((None, None, None), {"NUM_PROCESSES": "x"}, "whole numbers"),
])  # fmt: skip
def test_who_trains_together(
    asked: Any, environment: dict[str, str], made: Cluster | str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NUM_PROCESSES", "PROCESS_ID", "JOB_ADDRESSES"):
        monkeypatch.delenv(f"KERAS_DISTRIBUTION_{name}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(f"KERAS_DISTRIBUTION_{name}", value)
    if not isinstance(made, str):
        assert read_cluster(*asked) == made
        return
    with pytest.raises(TrainingFailed) as caught:
        read_cluster(*asked)
    assert made in str(caught.value)
    assert caught.value.status == 2


@pytest.mark.parametrize(("backend", "count", "processes", "more", "said"), [
    ("torch", 2, 1, {}, "PyTorch trains on one device here"),
    ("torch", 1, 2, {}, "on JAX alone: Keras's fit does not offer PyTorch's"),
    ("tensorflow", 1, 2, {}, "on JAX alone: Keras 3 does not work with TensorFlow's MultiWorkerMirroredStrategy"),
    ("tensorflow", 2, 1, {"xla": True}, "leave out --xla"),
    ("jax", 3, 1, {"batch": 32}, "a batch of 32 cannot be shared alike by 3 devices; take 30 or 33"),
    ("jax", 2, 2, {"batch": 3}, "by 4 devices; take 4"),
    ("jax", 2, 2, {"batch": 8}, ""), ("tensorflow", 2, 1, {}, ""), ("torch", 1, 1, {"batch": 7, "xla": True}, ""),
])  # fmt: skip
def test_what_does_not_work_is_refused(
    backend: str, count: int, processes: int, more: dict[str, Any], said: str
) -> None:
    settings = TrainSettings(**more)
    if not said:
        check_distribution(settings, backend, count, processes)
        return
    with pytest.raises(TrainingFailed) as caught:
        check_distribution(settings, backend, count, processes)
    assert said in str(caught.value)


# ---- the shares of a batch ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("per_process", "processes"), [(1, 1), (2, 1), (1, 2), (4, 3), (1, 5)])
def test_processes_read_every_example_of_a_batch_once(per_process: int, processes: int) -> None:
    total = per_process * processes
    shares = [Share(total, processes, number) for number in range(processes)]
    for count in range(3 * total):
        whole = shares[0].count_used(count)
        assert whole % total == 0 <= count - whole < total
        rows = np.arange(whole)
        parts = [rows[share.rows(whole)] for share in shares]
        assert np.array_equal(np.concatenate(parts), rows)
        assert len({len(part) for part in parts}) == 1
        batch, share = shares[0].for_evaluation(count, 4 * total)
        if count % total == 0:
            assert (batch, share) == (4 * total, shares[0])
        elif per_process > 1:  # the layout sees by the size that the batch is not shared
            assert share == ALONE and batch % per_process


# ---- trainings ---------------------------------------------------------------------------------------------
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
    """A spec and data: 84 examples to train, 21 to validate, 15 to test; an odd count cannot be shared by two."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(120, 6, 6, 1)).astype("float32")
    y = (x[:, 2, 2, 0] - x[:, 3, 1, 0] * 2).astype("float32")
    np.savez(tmp_path / "d.npz", x_train=x[:105], y_train=y[:105], x_test=x[105:], y_test=y[105:])
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


@pytest.mark.parametrize("end", ["dense(10, softmax)", "dense(10) -> softmax"])
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_under_mixed_precision_the_network_ends_in_float32(end: str, precision: str) -> None:
    keras = pytest.importorskip("keras")
    from cnnspec.compile.keras_model import to_keras
    from cnnspec.train.devices.precision import computing_in
    from tests.support import legal

    half = precision.removeprefix("mixed_")
    before = keras.config.dtype_policy().name
    with computing_in(keras, precision):
        model = to_keras(legal(f"input 8x8x1\nconv(4, 3x3) -> bn -> relu -> gap -> {end}"))
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy())
    assert keras.config.dtype_policy().name == before
    kinds = [layer.compute_dtype for layer in model.layers if layer.weights or layer is model.layers[-1]]
    assert kinds[:2] == [half, half] and kinds[-1] == "float32"
    assert model.output.dtype == model.loss.dtype == "float32"
    assert {w.dtype for w in model.weights} == {"float32"}
    scaled = type(model.optimizer).__name__ == "LossScaleOptimizer"
    assert scaled == (precision == "mixed_float16")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype("float32")
    y = np.asarray(model(x))
    assert y.dtype == np.float32 and np.allclose(y.sum(axis=-1), 1, atol=1e-6)
    expected = -np.log(y[np.arange(4), [1, 2, 3, 4]]).mean()
    assert model.evaluate(x, np.array([1, 2, 3, 4]), verbose=0) == pytest.approx(expected, rel=1e-5)


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
