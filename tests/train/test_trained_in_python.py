"""`evaluate` and `predict` say what their commands say, print nothing, and answer what cannot be in one sentence."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.cli import main
from tests.api.answered import look_at

keras = pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.usefixtures("eager")
NET = "input 8x8x1\nconv(4, 3x3)\n"


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was trained elsewhere, which does not say what it yields."""
    path = tmp_path_factory.mktemp("outside") / "net.keras"
    keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]).save(path)
    return path


@pytest.fixture
def scans() -> Path:
    """A folder of images: two that can be read, one of another size, one that is none, and one that is hidden."""
    folder = Path("scans")
    (folder / "more").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (2, 8, 8), np.uint8)
    for name, pixels in zip(("a.png", "more/b.png"), noise, strict=True):
        pillow.fromarray(pixels).save(folder / name)
    pillow.new("RGB", (20, 30)).save(folder / "large.jpg")
    (folder / "torn.png").write_bytes(b"no image")
    (folder / ".hidden.png").write_bytes(b"no image")
    return folder


def printed(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[str, str]:
    capsys.readouterr()
    main([str(word) for word in words])
    done = capsys.readouterr()
    return done.out, done.err


# ---- evaluate ----------------------------------------------------------------------------------------------------
ASKED: list[tuple[list[str], dict[str, Any]]] = [
    ([], {}),
    (["--split", "validation", "--last", "--batch", "100"], {"split": "validation", "last": True, "batch": np.int64(100)}),
    (["--data", "digits", "--split", "train"], {"data": "digits", "split": "train"}),
]  # fmt: skip


@pytest.mark.parametrize(("options", "asked"), ASKED)
def test_an_evaluation_is_that_of_the_command(
    options: list[str], asked: dict[str, Any], kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    found = cnnspec.evaluate(kept / "run", **asked)
    assert capsys.readouterr() == ("", "")
    data, _ = printed(capsys, "evaluate", kept / "run", *options, "--format", "json", "-q")
    assert data == found.to_json() and json.loads(data) == found.to_data()
    text, _ = printed(capsys, "evaluate", kept / "run", *options, "-q")
    assert text == found.to_text() and str(found) == text.rstrip("\n")
    rows = found.to_rows()
    assert found.scores is not None and [row["name"] for row in rows] == [str(digit) for digit in range(10)]
    assert [row["support"] for row in rows] == [score.support for score in found.scores.classes]
    assert found.figures["accuracy"] == json.loads(data)["accuracy"] and found.examples == found.scores.count
    page = look_at(found._repr_html_())
    assert {"macro average", "true \\ predicted"} <= set(page.texts) and found.part in " ".join(page.texts)
    assert len(repr(found)) < 200


def test_a_run_is_taken_as_runs_gives_it(kept: Path) -> None:
    (run,) = cnnspec.runs(kept / "run").runs
    assert cnnspec.evaluate(run).figures["accuracy"] == pytest.approx(run.figures["test_accuracy"])


def test_what_is_to_be_known_stands_in_the_notes(outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 1), np.uint8)
    np.savez("mine.npz", x_train=images, y_train=np.arange(6) % 3)
    for digit in range(3):
        Path(f"mine/{digit}").mkdir(parents=True)
        pillow.fromarray(images[digit, ..., 0]).save(f"mine/{digit}/a.png")
    Path("mine/0/torn.png").write_bytes(b"no image")
    capsys.readouterr()
    found = cnnspec.evaluate(outside, Path("mine"))
    assert (found.split, found.examples, found.figures) == ("all", 3, {}) and capsys.readouterr() == ("", "")
    _, err = printed(capsys, "evaluate", outside, "--data", "mine")
    assert found.notes and all(note in err for note in found.notes)
    assert any("torn.png" in note for note in found.notes) and all(note in found.to_html() for note in found.notes)
    assert cnnspec.evaluate(outside, "./mine.npz").examples == 6


# ---- predict -----------------------------------------------------------------------------------------------------
def test_predictions_are_those_of_the_command(kept: Path, scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, one = kept / "run", kept / "scan.png"
    for words, asked in (([], {}), (["--top", "2", "--last", "--batch", "1"], {"top": 2, "last": True, "batch": 1})):
        capsys.readouterr()
        found = cnnspec.predict(run, [str(one), scans, "none.png"], **asked)
        assert capsys.readouterr() == ("", "")
        command = ["predict", run, one, scans, "none.png", *words]
        data, err = printed(capsys, *command, "--format", "json")
        assert data == found.to_json() and json.loads(data) == found.to_data()
        assert printed(capsys, *command)[0] == found.to_text() and str(found) == found.to_text().rstrip("\n")
        assert printed(capsys, *command, "--format", "csv")[0] == found.to_text("csv")
        assert [image.path for image in found.images if image.why] == ["scans/torn.png", "none.png"]
        assert all(f"{image.path}: {image.why}" in err for image in found.images if image.why)
        rows = found.to_rows()
        assert rows == [
            {name: value or None for name, value in row.items()}
            | {name: float(row[name]) for name in row if name.startswith("p") and row[name]}
            for row in csv.DictReader(io.StringIO(found.to_text("csv")))
        ]
        assert found.unit == "probability" and found.names == tuple("0123456789") and found.model.startswith(str(run))
        assert found.to_html().count("<tr class='error'>") == 2
        assert {image.path for image in found.images} <= set(look_at(found._repr_html_()).texts)
    assert repr(found) == "<cnnspec.Predictions of 6 images>"


def test_a_model_that_was_trained_elsewhere_is_asked_with_names_and_a_range(
    outside: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = kept / "scan.png"
    found = cnnspec.predict(outside, image, names=["ant", "bat", "cow"], range=(-1, 1))
    data, err = printed(capsys, "predict", outside, image, "--names", "ant,bat,cow", "--range=-1,1", "--format", "json")
    assert data == found.to_json() and json.loads(data) == found.to_data()
    assert found.notes == (f"{outside} does not say what it yields: its outputs are taken for logits of classes",)
    assert found.notes[0] in err.replace("\n    ", " ") and found.notes[0] in found.to_html()


# ---- what cannot be ----------------------------------------------------------------------------------------------
@pytest.fixture
def wrong(kept: Path, outside: Path) -> None:
    """Files and folders that are no trained model."""
    Path("net.cnn").write_text(NET)
    for folder in ("empty", "torn", "new"):
        Path(folder).mkdir()
    Path("torn/run.json").write_text("{")
    shutil.copy(kept / "run/run.json", "new/run.json")
    Path("broken.keras").write_bytes(b"PK\3\4\0\0")
    shutil.copy(outside, "net.keras")
    shutil.copy(kept / "scan.png", "scan.png")


NO_MODEL: list[tuple[Any, type[Exception], str]] = [
    ("none.keras", FileNotFoundError, "cannot read none.keras: No such file or directory"),
    ("runs/net-1", FileNotFoundError, "cannot read runs/net-1: No such file or directory"),
    ("", FileNotFoundError, "an empty path names no file"),
    ("a\0b", FileNotFoundError, "there is no such file: a.*b"),
    ("net.cnn", ValueError, "net.cnn is no .keras file; give a trained model, or the folder of a run"),
    (NET, FileNotFoundError, "No such file or directory"),
    ("empty", ValueError, "empty is a folder without a run; give a run's folder or a .keras file"),
    ("torn", ValueError, "torn/run.json is damaged"),
    ("new", ValueError, r"new has no model yet; train it: cnnspec\.resume\('new'\)"),
    ("broken.keras", ValueError, "broken.keras is a damaged .keras file"),
    (None, TypeError, "a path is a str or an os.PathLike, not NoneType"),
    (5, TypeError, "a path is a str or an os.PathLike, not int"),
    (cnnspec.loads(NET), TypeError, "a path is a str or an os.PathLike, not Network"),
]


@pytest.mark.parametrize(("model", "error", "words"), NO_MODEL)
def test_what_is_no_trained_model_is_said_in_a_sentence(
    model: Any, error: type[Exception], words: str, wrong: None
) -> None:
    for ask in (cnnspec.evaluate, lambda model: cnnspec.predict(model, "scan.png")):
        with pytest.raises(error, match=words) as caught:
            ask(model)
        assert "\n" not in str(caught.value).replace(NET, "")


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({}, ValueError, "net.keras does not say what it was trained on; give data=$"),
        (
            {"data": "none/"},
            FileNotFoundError,
            "there is no data folder none/; a folder holds a folder of images for each class",
        ),
        ({"data": "none.csv"}, FileNotFoundError, "there is no data file none.csv"),
        ({"data": "digitz"}, ValueError, 'data must be digits, .*, not "digitz"; did you mean "digits"'),
        ({"data": "empty"}, ValueError, "empty has no images in class folders"),
        ({"data": "net.cnn"}, ValueError, 'data must be .*, not "net.cnn"'),
        ({"data": 5}, TypeError, "a path is a str or an os.PathLike, not int"),
        ({"data": "cifar10/../digits"}, FileNotFoundError, "there is no data folder"),
        ({"split": "all"}, ValueError, "split must be test, validation or train, not 'all'"),
        ({"split": None}, ValueError, "split must be test, validation or train, not None"),
        ({"split": ["test"]}, ValueError, "split must be test, validation or train"),
        ({"batch": 0}, ValueError, "batch must be a whole number from 1, not 0"),
        ({"batch": "32"}, TypeError, "batch must be a whole number from 1, not '32'"),
        ({"backend": "numpy"}, ValueError, "numpy"),
        ({"backend": 5}, TypeError, "backend must be a str, not int"),
        ({"data": "digits", "split": "validation"}, ValueError, "choose another split=$"),
        ({"data": "digits"}, ValueError, "10"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(
    asked: Any, error: type[Exception], words: str, wrong: None
) -> None:
    with pytest.raises(error, match=words) as caught:
        cnnspec.evaluate("net.keras", **asked)
    assert "\n" not in str(caught.value) and "--" not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"images": "empty"}, ValueError, "there is no image in empty: png, jpg, .* are read"),
        ({"images": []}, ValueError, "images names no image"),
        ({"images": ""}, FileNotFoundError, "an empty path names no file"),
        ({"images": 5}, TypeError, "a path is a str or an os.PathLike, not int"),
        ({"images": None}, TypeError, "a path is a str or an os.PathLike, not NoneType"),
        (
            {"images": np.zeros((1, 4, 4))},
            ValueError,
            "the model takes 8x8x1, an example of x of data given in Python is 4x4",
        ),
        ({"images": b"scan.png"}, TypeError, "a path is a str or an os.PathLike, not bytes"),
        ({"top": 0}, ValueError, "top must be a whole number from 1, not 0"),
        ({"top": 2.5}, TypeError, "top must be a whole number from 1, not 2.5"),
        ({"names": "ant,bat,cow"}, TypeError, "names must be texts in a list, not 'ant,bat,cow'"),
        ({"names": []}, TypeError, r"names must be texts in a list, not \[\]"),
        ({"names": ["ant", "bat"]}, ValueError, "2 names are given, and the model has 3 classes"),
        ({"range": "0,255"}, TypeError, r"range must be two numbers, such as \(0, 255\), not '0,255'"),
        ({"range": (1, 1)}, ValueError, r"range must be two numbers, such as \(0, 255\), not \(1, 1\)"),
        ({"range": (0, float("nan"))}, ValueError, "range must be two numbers"),
        ({"range": 255}, TypeError, "range must be two numbers"),
        ({"batch": True}, TypeError, "batch must be a whole number from 1, not True"),
        ({"backend": "numpy"}, ValueError, "numpy"),
    ],
)
def test_what_cannot_be_predicted_is_said_in_a_sentence(
    asked: Any, error: type[Exception], words: str, wrong: None
) -> None:
    with pytest.raises(error, match=words) as caught:
        cnnspec.predict("net.keras", **{"images": "scan.png", **asked})
    assert "\n" not in str(caught.value) and "--" not in str(caught.value)


def test_without_keras_it_is_said_how_to_install_it(wrong: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    for ask in (cnnspec.evaluate, lambda model: cnnspec.predict(model, "scan.png")):
        with pytest.raises(cnnspec.MissingExtra, match="install"):
            ask("net.keras")
