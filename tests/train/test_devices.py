"""Where a training runs: how devices, processes and precisions are asked for, and how a batch is shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.layers.argument import Unfit
from cnnspec.train.devices.distribution import Cluster, check_distribution, read_cluster
from cnnspec.train.devices.request import DeviceRequest, Devices, read_devices, read_request
from cnnspec.train.devices.share import ALONE, Share
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.settings import TrainSettings


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


# ---- precisions ---------------------------------------------------------------------------------------------
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
