"""Trainings of JAX on two devices, in two processes and in half precision, against one device."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.support import IN_THOROUGH, THOROUGH
from tests.train.distributed import SPEC, ended, figures, needs, process


@IN_THOROUGH
def test_two_devices_of_jax_train_as_one(folder: Path) -> None:
    needs("jax")
    (folder / "net.cnn").write_text(SPEC.replace("-> flatten", "-> bn -> dropout(0.1) -> flatten"))
    runs = [["net.cnn", "--devices", run] for run in ("cpu:2", "1")]
    ((_, err),) = ended(process(folder, "jax", "one", *runs))
    assert err.count("as 2 devices with JAX") == 1
    one = figures(folder / "one1")
    assert figures(folder / "one0") == pytest.approx(one, rel=1e-5)


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
def test_two_processes_of_jax_train_as_one(folder: Path) -> None:
    needs("jax")
    (folder / "net.cnn").write_text(SPEC.replace("-> flatten", "-> bn -> dropout(0.1) -> flatten"))
    ended(process(folder, "jax", "one", ["net.cnn", "--devices", "1"]))
    one = figures(folder / "one0")
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
