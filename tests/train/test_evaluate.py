"""Evaluations of runs and models, against Keras's own `evaluate` and scikit-learn."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.support import IN_THOROUGH, QUICK_XLA, THOROUGH
from tests.train.evaluations import TEXT, command, digits, evaluated
from tests.train.run_folders import make_run, measured

keras = pytest.importorskip("keras")


metrics = pytest.importorskip("sklearn.metrics")


pytestmark = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # of models never trained


eager = pytest.mark.usefixtures("eager")


ROOT = Path(__file__).resolve().parents[2]


SECTION = "train { data = digits; epochs = 2; batch = 64; seed = 3 }\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run on the digits, and what the training printed of its test."""
    folder = tmp_path_factory.mktemp("digits")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as printed:
        patch.chdir(folder)
        make_run(folder / "run", TEXT + SECTION)
    return folder / "run", printed.getvalue().splitlines()[0]


@eager
def test_it_prints_what_the_training_printed(run: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, line = run
    assert line.startswith("test accuracy ")
    status, out, err = command(capsys, "evaluate", folder)
    assert status == 0
    assert out.splitlines()[0] == measured(line, "digits")
    assert f"the model is {folder / 'best.keras'}" in err
    assert f"the model is {folder / 'last.keras'}" in command(capsys, "evaluate", folder, "--last")[2]


@eager
@pytest.mark.parametrize(
    ("split", "count"), [("test", 359), pytest.param("validation", 143, marks=IN_THOROUGH), ("train", 1295)]
)
def test_every_part_is_the_trainings(
    run: tuple[Path, str], capsys: pytest.CaptureFixture[str], split: str, count: int
) -> None:
    found = evaluated(capsys, run[0], "--split", split)
    if split == "validation":
        assert evaluated(capsys, run[0], "--split", "val") == found
    data = digits(3)
    part = {"test": data.test, "validation": data.validation, "train": data.train}[split]
    x, y = part.take(slice(None))
    model = keras.models.load_model(run[0] / "best.keras")
    answers = model.predict(x, verbose=0).argmax(axis=1)
    assert (found["split"], found["examples"]) == (split, count)
    assert found["confusion"] == metrics.confusion_matrix(y, answers).tolist()
    expected = model.evaluate(x, y, batch_size=64, verbose=0, return_dict=True)
    assert found["compiled"] == pytest.approx(expected, rel=1e-5)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(y, answers))


@eager
def test_its_own_data_named_again_are_split_as_in_the_training(
    run: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated(capsys, run[0], "--data", "digits") == evaluated(capsys, run[0])


@eager
def test_changed_data_are_not_taken_for_the_trainings(
    run: tuple[Path, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "copy").mkdir()
    account = json.loads((run[0] / "run.json").read_text())
    account["data"]["fingerprint"] = "0" * 64
    (tmp_path / "copy" / "run.json").write_text(json.dumps(account))
    (tmp_path / "copy" / "best.keras").write_bytes((run[0] / "best.keras").read_bytes())
    status, _, err = command(capsys, "evaluate", "copy")
    assert status == 2
    assert "digits is not what it was in the training" in err
    assert evaluated(capsys, "copy", "--data", "digits")["split"] == "all"


@eager
def test_a_model_on_data_without_a_test_part_is_measured_on_all(
    run: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = command(capsys, "evaluate", run[0] / "best.keras", "--data", "digits", "-q")
    assert status == 0
    assert out.splitlines()[0].startswith("accuracy ")
    assert out.splitlines()[0].endswith("(1,797 examples of digits)")


@eager
def test_a_model_on_data_with_a_test_part(run: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    x, y = digits(0).train.take(slice(100))
    np.savez("own.npz", x_train=x, y_train=y, x_test=x[:30], y_test=y[:30])
    assert evaluated(capsys, run[0] / "best.keras", "--data", "own.npz")["examples"] == 30
    assert evaluated(capsys, run[0] / "best.keras", "--data", "own.npz", "--split", "train")["examples"] == 100
    status, _, err = command(capsys, "evaluate", run[0] / "best.keras", "--data", "own.npz", "--split", "validation")
    assert (status, "what is held back of own.npz to validate is drawn in a training" in err) == (2, True)


def pictures(folder: str, classes: dict[str, int], count: int = 6) -> None:
    """A folder of class folders: images of one grey a class."""
    from PIL import Image

    for name, grey in classes.items():
        Path(folder, name).mkdir(parents=True)
        for number in range(count):
            Image.new("L", (6, 6), grey + number).save(Path(folder, name, f"{number}.png"))


GREYS = {"black": 0, "grey": 120, "white": 240}


def test_classes_are_known_by_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that has some of the classes numbers them otherwise."""
    pictures("all", GREYS, 12)
    pictures("some", {"grey": 120, "white": 240})
    pictures("other", {"grey": 120, "red": 240})
    text = 'input 6x6x1\nflatten -> dense(16, relu) -> dense(3)\ntrain { data = "all/"; epochs = 12; batch = 2 }'
    make_run(Path("run"), text, learning_rate=0.02)
    found = evaluated(capsys, "run", "--data", "some")
    assert [score["name"] for score in found["classes"]] == ["black", "grey", "white"]
    assert found["confusion"] == [[0, 0, 0], [0, 6, 0], [0, 0, 6]]
    assert found["averages"]["macro"]["f1"] == 1
    status, _, err = command(capsys, "evaluate", "run", "--data", "other/")
    assert status == 2
    assert 'other/ has the class "red", which the model does not know; it knows black, grey, white' in err


@IN_THOROUGH
@eager
def test_pictures_of_every_format(run: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    starts = {"a.png": b"\x89PNG", "b.svg": b"<?xml", "c.pdf": b"%PDF"}
    for name, start in starts.items():
        assert command(capsys, "evaluate", run[0], "-q", "--picture", name)[0] == 0
        assert Path(name).read_bytes().startswith(start)
    first = Path("b.svg").read_bytes()
    command(capsys, "evaluate", run[0], "-q", "--picture", "b.svg")
    assert Path("b.svg").read_bytes() == first
    assert sorted(os.listdir()) == sorted(starts)


@pytest.mark.parametrize("name", ["a.gif", "absent/a.png", "folder.png", "png"])
def test_a_picture_that_cannot_be_drawn_is_found_first(capsys: pytest.CaptureFixture[str], name: str) -> None:
    Path("folder.png").mkdir()
    status, out, err = command(capsys, "evaluate", "absent.keras", "--picture", name)
    assert (status, out) == (2, "")
    assert name in err and "absent.keras" not in err


@pytest.mark.skipif(not THOROUGH, reason="with HYPOTHESIS_PROFILE=thorough")
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_find_the_same(run: tuple[Path, str], capsys: pytest.CaptureFixture[str], backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **QUICK_XLA}
    done = subprocess.run(
        [sys.executable, "-m", "cnnspec", "evaluate", str(run[0]), "--backend", backend, "--format", "json", "-q"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, expected = json.loads(done.stdout), evaluated(capsys, run[0])
    assert found["confusion"] == expected["confusion"]
    assert found["compiled"] == pytest.approx(expected["compiled"], rel=1e-4)


def test_a_backend_that_cannot_be_had(run: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 'no backend is called "thean"' in command(capsys, "evaluate", run[0], "--backend", "thean")[2]
