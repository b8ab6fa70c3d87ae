"""`net.train` and `cnnspec.resume`: the same runs as the command's, on data that a program gives."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.cli import main
from tests.support import IN_THOROUGH, run_eagerly, unwrap
from tests.train.resuming import press

pytest.importorskip("keras")

NET = "model Small(width=4) {\n  input 8x8x1\n  conv(width, 3x3, activation=relu) -> flatten -> dense(10, softmax)\n}\n"
SETTINGS: dict[str, Any] = {"epochs": 3, "batch": 64, "seed": 5, "optimizer": "adam(0.002)"}


@pytest.fixture(scope="module")
def digits() -> tuple[Any, Any]:
    """As `data = digits` has them."""
    from sklearn.datasets import load_digits

    bundled = load_digits()
    return (bundled.images[..., None] / 16).astype(np.float32), bundled.target


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("python")


@pytest.fixture(scope="module")
def training(digits: tuple[Any, Any], folder: Path) -> cnnspec.Training:
    return cnnspec.loads(NET, width=6).train(*digits, run_dir=folder / "given", quiet=True, **SETTINGS)


def test_it_is_the_training_of_the_command(
    training: cnnspec.Training, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "net.cnn").write_text(NET + "train { data = digits; optimizer = adam(0.002) }")
    options = [
        "--epochs",
        "3",
        "--batch",
        "64",
        "--seed",
        "5",
        "--run-dir",
        str(folder / "command"),
        "--set",
        "width=6",
    ]
    assert main(["train", str(folder / "net.cnn"), "-q", *options]) == 0
    (run,) = cnnspec.runs(folder / "command").runs
    apart = ("seconds",)
    mine = [{name: row[name] for name in row if name not in apart} for row in training.epochs]
    assert mine == [{name: row[name] for name in row if name not in apart} for row in run.read_epochs()]
    assert training.figures == pytest.approx({name: run.record["test"][name] for name in training.figures})
    assert str(training).startswith(capsys.readouterr().out.splitlines()[0].rpartition(" (")[0][:20])
    assert [row["epoch"] for row in training.to_rows()] == [1, 2, 3]


def test_whatever_takes_a_run_takes_it(training: cnnspec.Training, digits: tuple[Any, Any]) -> None:
    found = cnnspec.evaluate(training, digits)
    assert found.part == "359 test examples of data given in Python"
    assert found.figures["accuracy"] == pytest.approx(training.figures["accuracy"])
    everything = cnnspec.evaluate(training, (digits[0][:500], digits[1][:500]))
    answers = training.to_keras().predict(digits[0][:500], verbose=0).argmax(1)
    assert everything.figures["accuracy"] == pytest.approx((answers == digits[1][:500]).mean(), abs=1e-6)
    assert cnnspec.runs(training).runs[0].record["parameters"] == {"width": "6"}
    with pytest.raises(
        ValueError, match=r"the data of this training were given in Python, and are in no file; give them again"
    ):
        cnnspec.evaluate(training)


def test_a_report_is_one_page(training: cnnspec.Training, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run of the command is measured; that of data which were given, and a damaged one, say why they are not."""
    if not (folder / "command").exists():
        test_it_is_the_training_of_the_command(training, folder, capsys)
    (folder / "elsewhere" / "<torn>").mkdir(parents=True)
    (folder / "elsewhere" / "<torn>" / "run.json").write_text("{")
    runs = [str(folder / name) for name in ("command", "given", "elsewhere/<torn>")]
    kept = folder / "elsewhere" / "net.cnn"
    kept.write_text("input 4")
    for path, said in (
        (kept, "is not what cnnspec wrote there last"),
        (folder / "no/r.html", "its folder does not exist"),
    ):
        capsys.readouterr()
        assert main(["runs", *runs, "--html", str(path)]) == 2
        err = capsys.readouterr().err
        assert said in unwrap(err) and "measuring" not in err
    assert kept.read_text() == "input 4"
    assert main(["runs", *runs, "--html", str(folder / "report.html")]) == 2
    page = (folder / "report.html").read_text(encoding="utf-8")
    (run,) = cnnspec.runs(folder / "command").runs
    assert f"test accuracy {100 * run.record['test']['accuracy']:.2f} %" in page
    assert "not measured: the data of this training were given in Python" in page
    assert page.count('src="data:image/png;base64,') == page.count("<img ") == 3  # curves of both, and what is worst
    assert "<td style='text-align:left'>none</td>" in page and "None" not in page and "[]" not in page  # of settings
    assert "<torn>" not in page and "&lt;torn&gt;/run.json is damaged" in page
    assert not re.findall(r"(?:src|href)=.(?!data:)|<script|url\(", page)


def test_ctrl_c_loses_nothing(
    training: cnnspec.Training,
    digits: tuple[Any, Any],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor does what the spec says of files count, in whose place they are given."""
    text = NET + 'train { data = "digits.csv"; columns = {path: photo}; resize = crop }'
    press(monkeypatch, signal.SIGINT, 20)
    with pytest.raises(
        KeyboardInterrupt, match=r"stopped at epoch \d/3, batch \d+/21; go on with cnnspec.resume\('.*pressed', x, y\)"
    ):
        cnnspec.loads(text, width=6).train(*digits, run_dir=folder / "pressed", quiet=True, **SETTINGS)
    monkeypatch.undo()
    assert main(["resume", str(folder / "pressed")]) == 2
    assert "the data of this training were given in Python" in capsys.readouterr().err
    for data, said in (
        ((), "are in no file"),
        ((1 - digits[0], digits[1]), "are not those that .* was trained on; give the same"),
    ):
        with pytest.raises(ValueError, match=said):
            cnnspec.resume(folder / "pressed", *data, quiet=True)
    resumed = cnnspec.resume(folder / "pressed", *digits, quiet=True)
    assert resumed.figures == training.figures
    for mine, theirs in zip(resumed.to_keras().get_weights(), training.to_keras().get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_advice_is_of_python(training: cnnspec.Training, digits: tuple[Any, Any]) -> None:
    for call, said in (
        (lambda: cnnspec.resume(training, *digits), f"give more: cnnspec.resume('{training.path}', epochs=6)"),
        (lambda: cnnspec.resume(training, *digits, epochs=1), "more than 1; give more epochs="),
        (
            lambda: cnnspec.loads(NET).train(*digits, run_dir=training),
            f"go on with it: cnnspec.resume('{training.path}'), or choose another run_dir=",
        ),
        (
            lambda: cnnspec.loads(NET).train(*digits, folds=2, output="a.keras"),
            "leave output= out; each fold keeps its own",
        ),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert str(caught.value).endswith(said)


REFUSED: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    (NET, {}, ValueError, 'there is nothing to train on: give x and y, or data="digits"'),
    (NET, {"y": [1]}, ValueError, "y is given without x"),
    (NET, {"x": [[1.0]], "y": [1], "data": "digits"}, ValueError, "data and x are both given: leave one out"),
    (
        NET,
        {"x": [[1.0]], "y": [1], "columns": {"x": "photo"}},
        ValueError,
        "columns and x are both given: leave one out",
    ),
    (NET, {"x": [[1.0]], "y": [1], "resize": "pad"}, ValueError, "resize and x are both given: leave one out"),
    (
        NET,
        {"x": [[1.0]], "y": [1], "test": 0.2, "folds": 5},
        ValueError,
        "test is a share of the data, and each of 5 folds",
    ),
    (NET, {"data": "digits", "batch_size": 8, "batch": 8}, TypeError, "batch is given twice, as batch_size, too"),
    (NET, {"data": "digits", "validation": 0.5, "val": 0.1}, TypeError, "validation is given twice, as val, too"),
    (NET, {"data": "digits", "lr": 0}, ValueError, "learning_rate must be a number above 0"),
    (NET, {"data": "digits", "epochs": 0}, ValueError, "epochs must be a whole number from 1, not 0"),
    (NET, {"data": "digits", "epoch": 3}, ValueError, 'there is no setting "epoch"; did you mean "epochs"?'),
    (NET, {"data": "digits", "optimizer": "adm"}, ValueError, 'there is no optimizer "adm"; did you mean "adam"?'),
    (NET, {"data": "digits", "optimizer": "adam("}, ValueError, 'optimizer: "adam(" is no value'),
    (NET, {"data": "digits", "optimizer": object()}, TypeError, "optimizer must be as in a train section"),
    (NET + "train { epochs = 0 }", {"data": "digits"}, cnnspec.SpecError, "the train section of Small has mistakes"),
    ("input 4x4x1\nconv(2, 9x9)", {"data": "digits"}, cnnspec.SpecError, "<text> cannot be trained: it has mistakes"),
]


@pytest.mark.parametrize(("text", "given", "kind", "said"), REFUSED, ids=[said[:40] for *_, said in REFUSED])
def test_what_is_refused(
    text: str, given: dict[str, Any], kind: type[Exception], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(kind) as caught:
        cnnspec.loads(text).train(**given)
    assert str(caught.value).startswith(said)
    assert not (folder / "runs").exists()


@IN_THOROUGH
def test_folds(digits: tuple[Any, Any], training: cnnspec.Training, folder: Path) -> None:
    """Of data that are given, from the weights of another run; groups are not torn, what is missing is trained by resume."""
    x, y = digits[0][:300], digits[1][:300]
    more: dict[str, Any] = {"folds": 2, "epochs": 1, "validation": 0, "quiet": True, "start": training}
    with run_eagerly():
        found = cnnspec.loads(NET, width=6).train(x, y, groups=np.arange(300) // 3, run_dir=folder / "folds", **more)
        shutil.rmtree(folder / "folds/fold-2")
        with pytest.raises(ValueError, match="are in no file"):
            cnnspec.resume(folder / "folds", quiet=True)
        again = cnnspec.resume(folder / "folds", x, y, groups=np.arange(300) // 3, quiet=True)
    assert found.folds is not None
    assert again.to_data()["test"] == found.to_data()["test"]
    assert found.held_back == "300 test examples in 2 folds"
    assert found.figures["accuracy"] == found.folds.figures["test_accuracy"].mean
    assert [row["fold"] for row in found.to_rows()] == [1, 2]
    assert str(found).startswith(f"{folder}/folds: 2 folds, test accuracy ")
    with pytest.raises(ValueError, match="holds 2 folds, each with its own model"):
        found.to_keras()
