"""Trainings that fail: the run folder keeps the last good state, and only a way on that is there is promised."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.train.runs import durable, state
from cnnspec.train.runs.history import read_rows
from tests.support import THOROUGH, sample, unwrap
from tests.train.resuming import whole
from tests.train.runs import SMALL, account, trained

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.usefixtures("eager")


def test_a_loss_that_turns_to_nothing_leaves_the_last_good_state(capsys: pytest.CaptureFixture[str]) -> None:
    rates = "optimizer = sgd(piecewise_constant_decay([3], [0.01, 1e17])); loss = mse"
    status, out, err = trained(capsys, rates, "--epochs", "4", net=SMALL.replace("softmax", "linear"))
    assert (status, out) == (1, "")
    assert re.search(
        r"the loss is (nan|inf) at epoch 2/4, batch \d/3; runs/net-1 keeps what was reached before", unwrap(err)
    )
    assert "try a smaller learning rate" in err
    said = account()
    assert (said["status"], said["epochs"]) == ("failed", 1)
    assert said["why"].startswith("the loss is ")
    model = keras.models.load_model("runs/net-1/last.keras", safe_mode=True)
    assert int(model.optimizer.iterations) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_leaves_the_last_good_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        monkeypatch.chdir(disk)
        status, out, err = trained(capsys, 'callbacks = model_checkpoint("c-{epoch}.keras")', "--epochs", "12")
        assert (status, out) == (2, "")
        assert "No space left on device" in err.splitlines()[-1]
        assert "runs/net-1 keeps what was reached before" in err.splitlines()[-1]
        whole(disk)
        assert not [p for p in disk.rglob("*") if p.name.startswith(durable.MARK)]
        reached = len(read_rows(str(disk / "runs/net-1/metrics.jsonl")))
        assert reached > 1
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        status = main(["resume", "runs/net-1"])
        err = capsys.readouterr().err
        assert status == 0, err
        assert f"going on with epoch {reached}" in err or f"going on with epoch {reached + 1}" in err
        assert [row["epoch"] for row in read_rows(str(disk / "runs/net-1/metrics.jsonl"))] == list(range(1, 13))
    finally:
        monkeypatch.chdir(tmp_path)
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


@pytest.mark.parametrize("case", sample(ENDS, ["too large", "read-only at first", "full, as HDF5 says it"]))
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
    if "cnnspec resume" in end and (THOROUGH or case in ("full later", "read-only later")):
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
