"""Trainings that end early or never begin: one sentence, and no file is half-written."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnspec.base import installing
from cnnspec.train import keras_objects
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.progress import Lines, delay_interrupts
from tests.support import sample
from tests.train.trainings import SECTION, SMALL, command, refused, trained

keras = pytest.importorskip("keras")


ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("output", ["absent/model.keras", "folder.keras", "file/model.keras", "model.h5"])
def test_an_output_that_cannot_be_written_is_found_first(
    output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("folder.keras").mkdir()
    Path("file").write_text("")
    monkeypatch.setattr("cnnspec.train.data.prepare.load", lambda *_: pytest.fail("it began"))
    status, out, err = command(capsys, SMALL + SECTION, "-o", output)
    assert (status, out) == (2, "")
    assert output in err


@pytest.mark.usefixtures("eager")
def test_a_failed_save_leaves_the_old_model(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("model.keras").write_text("old")
    plain = keras.Model.save

    def full_disk(model: Any, path: str, **options: Any) -> None:
        if "model.keras" not in path:
            return plain(model, path, **options)
        Path(path).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full_disk)
    with pytest.raises(TrainingFailed, match=r"model.keras could not be saved: .*No space left.*; runs/net-1 keeps"):
        trained(SMALL + SECTION, epochs=1, batch=500)
    assert {p.name: p.read_text() for p in Path().iterdir() if p.is_file()} == {"model.keras": "old"}


def test_a_loss_that_is_no_number_stops_the_training() -> None:
    error = refused(SMALL.replace("softmax", "linear") + "train { data = digits; loss = mse; optimizer = sgd(1e17) }")
    assert error.status == 1
    assert error.message.startswith("the loss is ")
    assert "at epoch 1/10, batch 2/41" in error.message or "at epoch 1/10, batch 1/41" in error.message
    assert "learning rate (it is 1e+17)" in error.help


def test_what_keras_refuses_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(
        capsys, SMALL + "train { data = digits; optimizer = adam(gradient_accumulation_steps=1) }"
    )
    assert (status, out) == (1, "")
    assert "Keras refuses adam: " in err


class Pressed(keras.callbacks.Callback):  # type: ignore[misc, name-defined]
    """Ctrl-C after some batches: as an exception at once, or as the signal."""

    def __init__(self, batch: int, real: bool) -> None:
        super().__init__()
        self.batch, self.real, self.seen = batch, real, 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.seen += 1
        if self.seen == self.batch:
            if not self.real:
                raise KeyboardInterrupt
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("real", [False, True])
def test_ctrl_c_saves_what_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], real: bool
) -> None:
    handler = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(keras_objects, "build_callbacks", lambda *given, **more: [Pressed(24, real)])
    status, out, err = command(capsys, SMALL + SECTION, "-o", "a.keras")
    assert status == 130
    assert out == "saved runs/net-1/best.keras\n"
    where = "batch 3/21" if real else "batch 2/21, before its end was kept"
    assert f"stopped at epoch 2/2, {where}; go on with: cnnspec resume runs/net-1\n" in err
    model = keras.models.load_model("runs/net-1/last.keras", safe_mode=True)
    assert int(model.optimizer.iterations) == (24 if real else 21)  # the second Ctrl-C leaves what was kept before
    assert not os.path.exists("a.keras")  # the model of a training that has ended
    assert signal.getsignal(signal.SIGINT) is handler


def test_ctrl_c_before_the_first_batch_saves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keras_objects, "build_callbacks", lambda *given, **more: [Pressed(1, False)])
    status, out, err = command(capsys, SMALL + SECTION)
    assert (status, out) == (130, "")
    assert "stopped before the first batch; nothing was saved" in err
    assert os.listdir() == ["net.cnn"]


def test_ctrl_c_from_a_terminal() -> None:
    Path("net.cnn").write_text(SMALL + SECTION)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        [sys.executable, "-m", "cnnspec", "train", "net.cnn", "--epochs", "100000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert started.stderr is not None
    lines = []
    for line in started.stderr:
        lines.append(line)
        if line.startswith("epoch 2/"):
            break
    started.send_signal(signal.SIGINT)
    out, err = started.communicate()
    assert started.returncode == 130, "".join([*lines, err])
    assert out.startswith("saved runs/net-1/best.keras")
    assert "stopping after this batch" in err
    assert "go on with: cnnspec resume runs/net-1" in err
    assert "Traceback" not in err
    keras.models.load_model("runs/net-1/last.keras", safe_mode=True)


class Raw(io.RawIOBase):
    """A stream that is told to stop while its first line is written."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        first, self.written = not self.written, self.written + bytes(part)
        if first:
            signal.raise_signal(signal.SIGINT)
        return len(part)


def test_ctrl_c_while_a_line_is_written_is_heard_and_told_behind_it() -> None:
    raw = Raw()
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    shown = Lines(stream)
    with delay_interrupts(shown, "after this batch") as interrupts:
        shown.note("epoch 1/2")
        assert interrupts.asked
    assert raw.written == b"epoch 1/2\nstopping after this batch\n"


@pytest.mark.parametrize("missing", sample(["keras", "tensorflow", "sklearn", "numpy"], ["tensorflow", "numpy"]))
def test_what_is_not_installed_is_one_sentence(missing: str) -> None:
    Path("net.cnn").write_text(SMALL + SECTION)
    program = (
        "import sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] == {missing!r}:\n"
        f"            raise ModuleNotFoundError('No module named {missing}', name={missing!r})\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "from cnnspec.cli import main\n"
        "sys.exit(main(['train', 'net.cnn', '-q']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cnnspec: {missing} is not installed")
    assert installing.write_install_command("keras") in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_with_mistakes_is_not_trained(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(capsys, SMALL + "train { data = digits; epochs = 0 }")[0] == 1
    assert command(capsys, "input 8x8x1\nconv(8, 9x9)\ntrain { data = digits }")[0] == 1
    assert command(capsys, SMALL + "expect params < 10\ntrain { data = digits }")[0] == 1
    status, _, err = command(capsys, SMALL)
    assert status == 2
    assert "does not say what to train on" in err
    assert command(capsys, SMALL, "--epochs", "0")[0] == 2
    assert command(capsys, SMALL, "--data", "digit")[0] == 2
