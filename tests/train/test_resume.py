"""A training that was stopped, however, goes on to the end that it would have come to, bit for bit; and what is refused."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
from pathlib import Path

import pytest

from cnnspec.cli import main
from cnnspec.train.runs import folder
from cnnspec.train.runs.lock import is_locked
from tests.support import IN_THOROUGH, THOROUGH
from tests.train.resuming import (
    NET,
    differences,
    finish,
    killed_after_batch,
    press,
    stopped_at_write,
    terminate_after_batch,
    train_stopped,
    train_whole,
    whole,
)

pytest.importorskip("keras")

BACKENDS = ["tensorflow", "jax", "torch"]
SHORT = NET.replace("epochs = 6", "epochs = 4")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training that nothing stopped, net.cnn and whole/."""
    folder = tmp_path_factory.mktemp("resume")
    (folder / "net.cnn").write_text(SHORT)
    assert main(["train", str(folder / "net.cnn"), "-q", "--run-dir", str(folder / "whole")]) == 0
    return folder


def test_a_killed_training_comes_to_the_same_end(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed while the model at the end of an epoch is written; the batch before it was kept."""
    assert finish(stopped_at_write(finished, signal.SIGKILL, 41, "train", "net.cnn", "--run-dir", "killed"))[0] == (
        -signal.SIGKILL
    )
    whole(finished / "killed")
    assert json.loads((finished / "killed/run.json").read_text())["epochs"] == 0
    assert main(["resume", str(finished / "killed")]) == 0
    assert "going on with epoch 1, batch 11" in capsys.readouterr().err
    assert differences(finished / "whole", finished / "killed") == []


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
def test_a_training_killed_three_times_comes_to_the_same_end(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed after the first batch of all, while the end of an epoch is written, and after the last batch but one of a
    later epoch; Keras may not train a batch more than there are."""
    assert finish(killed_after_batch(finished, 0, 0, "train", "net.cnn", "--run-dir", "thrice"))[0] == -signal.SIGKILL
    status, _, err = finish(stopped_at_write(finished, signal.SIGKILL, 36, "resume", "thrice"))
    assert status == -signal.SIGKILL
    assert "going on with epoch 1, batch 2" in err
    whole(finished / "thrice")
    assert json.loads((finished / "thrice/run.json").read_text())["epochs"] <= 1
    assert finish(killed_after_batch(finished, 2, 9, "resume", "thrice"))[0] == -signal.SIGKILL
    assert main(["resume", str(finished / "thrice")]) == 0
    assert "going on with epoch 3, batch 11" in capsys.readouterr().err
    assert differences(finished / "whole", finished / "thrice") == []


def test_ctrl_c_within_an_epoch_and_sigterm_lose_nothing(
    finished: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second signal comes at the last batch but one of an epoch: Keras may not train a batch more than there are."""
    monkeypatch.chdir(finished)
    press(monkeypatch, signal.SIGINT, 20)
    assert main(["train", "net.cnn", "--run-dir", "pressed"]) == 130
    err = capsys.readouterr().err
    assert "go on with: cnnspec resume pressed" in err
    assert "stopping after this batch" in err
    whole(finished / "pressed")
    monkeypatch.undo()
    monkeypatch.chdir(finished)
    terminate_after_batch(monkeypatch, 2, 9)
    assert main(["resume", "pressed", "-q"]) == 143
    assert json.loads((finished / "pressed/run.json").read_text())["status"] == "stopped"
    monkeypatch.undo()
    monkeypatch.chdir(finished)
    assert main(["resume", "pressed"]) == 0
    assert "going on with epoch 3, batch 11" in capsys.readouterr().err
    assert differences(finished / "whole", finished / "pressed") == []


@IN_THOROUGH
def test_more_epochs_are_those_of_a_longer_training(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    assert main(["train", "net.cnn", "--run-dir", "short", "--epochs", "2", "-q"]) == 0
    assert main(["resume", "short", "--epochs", "4", "-q"]) == 0
    assert differences(finished / "whole", finished / "short") == ["run.json: overrides differs"]


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="many minutes; HYPOTHESIS_PROFILE=thorough runs it")
@pytest.mark.parametrize("backend", BACKENDS)
def test_thirty_kills(tmp_path: Path, backend: str) -> None:
    pytest.importorskip(backend)
    train_whole(tmp_path, backend)
    rng = random.Random(0)
    for number in range(10):
        moments = [rng.randrange(1, 300) for _ in range(3)]
        run, _ = train_stopped(tmp_path, f"killed{number}", moments, signal.SIGKILL, backend)
        assert differences(tmp_path / "whole", run) == []
        shutil.rmtree(run)


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="many minutes; HYPOTHESIS_PROFILE=thorough runs it")
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "section",
    [
        "optimizer = sgd(cosine_decay(0.1, 100), momentum=0.9); metrics = [accuracy, f1_score]; loss = categorical_crossentropy",
        "optimizer = adam(use_ema=true); callbacks = swap_ema_weights",
        "optimizer = adamw(amsgrad=true, gradient_accumulation_steps=3); callbacks = swap_ema_weights(swap_on_epoch=true)",
        "optimizer = loss_scale_optimizer(adam(clipnorm=1)); callbacks = [learning_rate_scheduler(exponential_decay(0.01, 1, 0.7)), "
        'backup_and_restore("backup"), model_checkpoint("b-{epoch}-{batch}.keras", save_freq=8)]',
    ],
)
def test_every_kind_of_state_is_kept(tmp_path: Path, backend: str, section: str) -> None:
    pytest.importorskip(backend)
    section = section.replace("amsgrad=true", "amsgrad=true, use_ema=true")
    text = (
        NET[: NET.index("train {")]
        + f"train {{ data = digits; epochs = 4; batch = 100; save_every = 0.000001; {section} }}"
    )
    train_whole(tmp_path, backend, text)
    run, came = train_stopped(tmp_path, "pressed", [20, 50], signal.SIGINT, backend)
    assert came == 2
    assert differences(tmp_path / "whole", run) == []


# ---- what is refused -----------------------------------------------------------------------------------------
def copy(finished: Path, tmp_path: Path) -> Path:
    """The finished run, as one that could go on."""
    shutil.copytree(finished / "whole", tmp_path / "run")
    told(tmp_path / "run", status="stopped", epochs=3)
    return tmp_path / "run"


def told(run: Path, **changes: object) -> None:
    account = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(account | changes))


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["resume", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()[-1]


def test_what_changed_is_refused(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = copy(finished, tmp_path)
    spec = run / "spec/net.cnn"
    before = spec.read_text()
    spec.write_text(before.replace("dense(32", "dense(33"))
    assert f"{run}/spec/net.cnn is not what was trained; train the changed spec anew" in refused(capsys, str(run))
    spec.write_text(before)
    data = json.loads((run / "run.json").read_text())["data"]
    told(run, data=data | {"fingerprint": "0" * 64})
    assert f"the data of {run}, digits in {data['folder']}, have changed since it began" in refused(capsys, str(run))
    told(run, data=data)
    settings = json.loads((run / "run.json").read_text())["settings"]
    told(run, settings=settings | {"batch": 63})
    assert f"reads other settings from {run}: batch is 128, it was 63" in refused(capsys, str(run))
    told(run, settings=settings, backend="jax")
    assert "Keras already runs on tensorflow in this process, which cannot be changed to jax" in refused(
        capsys, str(run)
    )
    told(run, backend="tensorflow")
    (run / "state/state.npz").write_bytes((run / "state/state.npz").read_bytes()[:-3000])
    assert "state.npz is damaged" in refused(capsys, str(run))
    (run / "state/state.npz").unlink()
    assert "state.npz is not there any more" in refused(capsys, str(run))
    assert (run / "metrics.jsonl").read_text().count("\n") == 4


def test_a_damaged_account_is_named(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = copy(finished, tmp_path)
    whole = json.loads((run / "run.json").read_text())
    optional = "name loss precision seed why started ended last examples_per_second data_wait"
    for key in sorted(whole.keys() - {*optional.split(), "format"}):
        told(run, **whole | {key: [[]] if key != "devices" else "gpu:0"})
        assert refused(capsys, str(run)).startswith(f"cnnspec: {run}/run.json is damaged: {key} is not a"), key
        (run / "run.json").write_text(json.dumps({name: value for name, value in whole.items() if name != key}))
        assert refused(capsys, str(run)) == f"cnnspec: {run}/run.json is damaged: it has no {key}"
    told(run, **whole | {"settings": {**whole["settings"], "epochs": "6"}})
    assert "damaged: settings.epochs is not a whole number from 1 to " in refused(capsys, str(run))
    assert main(["evaluate", str(run)]) == 2
    assert "damaged: settings.epochs is not a whole number from 1 to " in capsys.readouterr().err


def test_a_run_that_has_ended_is_refused(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(finished / "whole")
    assert refused(capsys, run).endswith(
        f"is finished, with 4 epochs; to go on, give more: cnnspec resume {run} --epochs 8"
    )
    assert "has trained 4 epochs already, more than 3" in refused(capsys, run, "--epochs", "3")


def test_a_run_that_runs_is_refused(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = copy(finished, tmp_path)
    with folder.open_run(str(run)):
        assert is_locked(str(run))
        assert f"another process is training {run} (process {os.getpid()}); wait for its end" in refused(
            capsys, str(run)
        )
    assert not is_locked(str(run))


def test_a_file_system_without_locks_is_said(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def without(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", without)
    assert f"cannot be written: {os.strerror(errno.ENOLCK)}" in refused(capsys, str(copy(finished, tmp_path)))


def test_what_is_no_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no run folder" in refused(capsys, str(tmp_path / "absent"))
    assert "it has no run.json" in refused(capsys, str(tmp_path))
    for text, message in (
        ("{", "is damaged: it is no JSON"), ("[]", "it has no format number"), ('{"format": 1}', "it has no spec"),
        ('{"format": 2}', "was written by a newer cnnspec (format 2; this one reads 1); upgrade cnnspec"),
    ):  # fmt: skip
        (tmp_path / "run.json").write_text(text)
        assert message in refused(capsys, str(tmp_path))
