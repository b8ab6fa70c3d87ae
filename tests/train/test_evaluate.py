"""Evaluations from a model to what is printed: held against Keras's own `evaluate` and `predict`, and scikit-learn."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.data.prepare import prepare
from cnnspec.train.data.sources import load
from cnnspec.train.evaluation.head import Head, head_of, last_activation, loss_term
from cnnspec.train.plan import make_plan
from cnnspec.train.settings import TrainSettings
from tests.support import network
from tests.train.run_folders import make_run, measured

keras = pytest.importorskip("keras")
metrics = pytest.importorskip("sklearn.metrics")
pytestmark = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # of models never trained

ROOT = Path(__file__).resolve().parents[2]
TEXT = "input 8x8x1\nconv(4, 3x3, activation=relu) -> flatten -> dense(10, softmax)\n"
SECTION = "train { data = digits; epochs = 2; batch = 64; seed = 3 }\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run on the digits, and what the training printed of its test."""
    folder = tmp_path_factory.mktemp("digits")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as printed:
        patch.chdir(folder)
        make_run(folder / "run", TEXT + SECTION)
    return folder / "run", printed.getvalue().splitlines()[0]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def command(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main([str(word) for word in words])
    done = capsys.readouterr()
    assert "Traceback" not in done.err and "internal error" not in done.err
    return status, done.out, done.err


def evaluated(capsys: pytest.CaptureFixture[str], *words: Any) -> dict[str, Any]:
    status, out, err = command(capsys, "evaluate", *words, "--format", "json", "-q")
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def digits(seed: int) -> Any:
    """The digits as a training with this seed splits them."""
    settings = TrainSettings(data="digits", seed=seed)
    return prepare(load(settings), make_plan(network(TEXT).graph, settings))


# ---- a run ---------------------------------------------------------------------------------------------------
def test_it_prints_what_the_training_printed(run: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder, line = run
    assert line.startswith("test accuracy ")
    status, out, err = command(capsys, "evaluate", folder)
    assert status == 0
    assert out.splitlines()[0] == measured(line, "digits")
    assert f"the model is {folder / 'best.keras'}" in err
    assert f"the model is {folder / 'last.keras'}" in command(capsys, "evaluate", folder, "--last")[2]


@pytest.mark.parametrize(("split", "count"), [("test", 359), ("validation", 143), ("train", 1295)])
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


def test_its_own_data_named_again_are_split_as_in_the_training(
    run: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluated(capsys, run[0], "--data", "digits") == evaluated(capsys, run[0])


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


# ---- a model's file ------------------------------------------------------------------------------------------
def test_a_model_on_data_without_a_test_part_is_measured_on_all(
    run: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = command(capsys, "evaluate", run[0] / "best.keras", "--data", "digits", "-q")
    assert status == 0
    assert out.splitlines()[0].startswith("accuracy ")
    assert out.splitlines()[0].endswith("(1,797 examples of digits)")


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
    text = 'input 6x6x1\nflatten -> dense(16, relu) -> dense(3)\ntrain { data = "all/"; epochs = 60; batch = 4 }'
    make_run(Path("run"), text, learning_rate=0.01)
    found = evaluated(capsys, "run", "--data", "some")
    assert [score["name"] for score in found["classes"]] == ["black", "grey", "white"]
    assert found["confusion"] == [[0, 0, 0], [0, 6, 0], [0, 0, 6]]
    assert found["averages"]["macro"]["f1"] == 1
    status, _, err = command(capsys, "evaluate", "run", "--data", "other/")
    assert status == 2
    assert 'other/ has the class "red", which the model does not know; it knows black, grey, white' in err


# ---- every kind of head ----------------------------------------------------------------------------------------
RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 6, 6)).astype(np.float32)
YES = (X.mean(axis=(1, 2)) > 0).astype(int)
MANY = (X[:, 0, :3] > 0).astype(np.float32)
MAPS = RNG.integers(0, 3, (120, 6, 6))
FLAT = "input 6x6\nflatten -> "
HEADS: list[tuple[str, Any, str, str, str]] = [
    (FLAT + "dense(2, softmax)", YES, "", "classes", "accuracy"),
    (FLAT + "dense(12)", np.arange(120) % 12, "", "classes", "accuracy"),
    (FLAT + "dense(2, softmax)", np.eye(2)[YES], "categorical_crossentropy", "classes", "accuracy"),
    (FLAT + "dense(2)", YES, "mse", "classes", "accuracy"),  # class numbers become vectors
    (FLAT + "dense(1, sigmoid)", YES, "", "binary", "accuracy"),
    (FLAT + "dense(1)", YES, "", "binary", "accuracy"),
    (FLAT + "dense(1, tanh)", YES, "hinge", "binary", "accuracy"),
    (FLAT + "dense(3, sigmoid)", MANY, "", "labels", "accuracy"),
    (FLAT + "dense(3)", MANY, "binary_crossentropy(from_logits=true)", "labels", "accuracy"),
    (FLAT + "dense(1)", X[:, 0, 0], "mse", "quantities", "mse"),
    (FLAT + "dense(2)", X[:, 0, :2], "", "quantities", "mse"),
    ("input 6x6x1\nconv(3, 3x3, padding=same)", MAPS, "", "classes", "accuracy"),
    ("input 6x6x1\nconv(1, 3x3, padding=same, activation=sigmoid)", (X > 0).astype(np.float32)[..., None], "", "binary", "accuracy"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "labels", "loss", "kind", "figure"), HEADS)
def test_every_kind_of_head(
    capsys: pytest.CaptureFixture[str], text: str, labels: Any, loss: str, kind: str, figure: str
) -> None:
    np.savez("data.npz", x_train=X, y_train=labels)
    section = f'train {{ data = "data.npz"; epochs = 2; {f"loss = {loss}" if loss else ""} }}'
    line = make_run(Path("run"), f"{text}\n{section}", capsys)
    status, out, _ = command(capsys, "evaluate", "run", "-q")
    assert status == 0
    shown = line.partition(" (")[0]
    assert out.startswith(shown)
    found = evaluated(capsys, "run")
    assert found["kind"] == kind
    assert figure in found
    if kind == "quantities":
        assert found["mse"] == pytest.approx(found["compiled"]["loss"], rel=1e-5)
    model = evaluated(capsys, "run/best.keras", "--data", "data.npz")
    assert (model["kind"], model["examples"]) == (kind, 120)


@pytest.mark.parametrize("data", ["digits", "rows.npz"])
def test_soft_targets_are_measured_as_they_were_trained(capsys: pytest.CaptureFixture[str], data: str) -> None:
    """Rows of one class each, too, are held back class by class, as in the training."""
    x, y = digits(0).train.take(slice(None))
    np.savez("rows.npz", x_train=x, y_train=np.eye(10)[y])
    line = make_run(
        Path("run"), TEXT + f'train {{ data = "{data}"; epochs = 1; batch = 200; label_smoothing = 0.1 }}', capsys
    )
    status, out, _ = command(capsys, "evaluate", "run", "-q")
    assert status == 0
    assert out.splitlines()[0] == measured(line, data)


# ---- models that cnnspec did not make --------------------------------------------------------------------------
def built(*layers: Any, shape: tuple[int | None, ...] = (6, 6), **options: Any) -> Any:
    model = keras.Sequential([keras.Input(shape), *layers])
    if options:
        model.compile(**options)
    return model


def nested() -> Any:
    inner = built(keras.layers.Flatten(), keras.layers.Dense(3), keras.layers.Softmax())
    return built(inner, keras.layers.Reshape((3,)), keras.layers.Activation("linear"))


LAYERS = keras.layers
FOREIGN = {
    "softmax": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3, activation="softmax")), Head("classes")),
    "nested": (nested, Head("classes")),
    "logits": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3)), Head("classes", "softmax", True)),
    "one output": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(1)), Head("quantities", None)),
    "sigmoid": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(1, activation="sigmoid")), Head("binary")),
    "sigmoids": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3), LAYERS.Activation("sigmoid")), Head("labels")),
    "a word": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3, activation="softmax"), loss="categorical_crossentropy"), Head("classes")),
    "a loss": (
        lambda: built(LAYERS.Flatten(), LAYERS.Dense(3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
        Head("classes", "softmax"),
    ),
    "margins": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3), loss="categorical_hinge"), Head("classes", None)),
    "quantities": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3), loss="mse"), Head("quantities", None)),
    "embedded": (lambda: built(LAYERS.Flatten(), LAYERS.Dense(3), loss="cosine_similarity"), Head("other", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_what_outputs_mean(name: str) -> None:
    make, head = FOREIGN[name]
    model = make()
    model.save("model.keras")
    loaded = keras.models.load_model("model.keras")
    assert head_of(loaded, loss_term(loaded)) == head


def test_the_last_activation_of_a_nested_model() -> None:
    assert last_activation(nested()) == "softmax"


@pytest.mark.parametrize("name", ["softmax", "nested", "logits", "a word", "a loss", "margins"])
def test_a_foreign_model_is_measured(capsys: pytest.CaptureFixture[str], name: str) -> None:
    model = FOREIGN[name][0]()
    model.save("model.keras")
    labels = np.arange(120) % 3
    np.savez("data.npz", x_train=X, y_train=labels)
    found = evaluated(capsys, "model.keras", "--data", "data.npz")
    answers = model.predict(X, verbose=0).argmax(axis=1)
    assert found["confusion"] == metrics.confusion_matrix(labels, answers).tolist()
    assert ("loss" in found["compiled"]) == (name in ("a word", "a loss", "margins"))


def refusals(folder: Path) -> dict[str, str]:
    """Files that are no model to measure, and what is said of each."""
    os.chdir(folder)
    built(LAYERS.Flatten(), LAYERS.Lambda(lambda x: 2 * x), LAYERS.Dense(3)).save("lambda.keras")
    inputs = [keras.Input((6, 6)), keras.Input((6, 6))]
    keras.Model(inputs, LAYERS.Dense(3)(LAYERS.Flatten()(LAYERS.Add()(inputs)))).save("two.keras")
    whole = Path("two.keras").read_bytes()
    Path("cut.keras").write_bytes(whole[: len(whole) // 2])
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 255
    Path("flipped.keras").write_bytes(flipped)
    Path("text.keras").write_text("no model")
    Path("old.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    Path("folder").mkdir()
    built(LAYERS.Flatten(), LAYERS.Dense(3)).save("good.keras")
    return {
        "lambda.keras": "has a Lambda layer, whose code would have to be run",
        "two.keras": "has 2 inputs",
        "cut.keras": "is a damaged .keras file",
        "flipped.keras": "is a damaged .keras file",
        "text.keras": "is no .keras file",
        "old.h5": "is an HDF5 file",
        "folder": "is a folder without a run",
        "absent.keras": "cannot read absent.keras",
        "good.keras": "give --data",
    }


def test_what_is_no_model_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, message in refusals(tmp_path).items():
        status, out, err = command(capsys, "evaluate", name, "-q")
        assert (status, out, len(err.splitlines())) == (2, "", 1), name
        assert message in err


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": np.zeros((4, 5, 5)), "y_train": np.arange(4) % 3}, "the model takes 6x6, an example of bad.npz is 5x5"),
        ({"x_train": np.zeros((4, 6, 6)), "y_train": np.arange(4)}, "has 4 classes, the model 3 outputs"),
    ],
)  # fmt: skip
def test_data_that_do_not_fit(capsys: pytest.CaptureFixture[str], arrays: dict[str, Any], message: str) -> None:
    built(LAYERS.Flatten(), LAYERS.Dense(3)).save("good.keras")
    np.savez("bad.npz", **arrays)
    status, out, err = command(capsys, "evaluate", "good.keras", "--data", "bad.npz", "-q")
    assert (status, out) == (2, "")
    assert message in err


def test_outputs_that_are_no_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    model = built(LAYERS.Flatten(), LAYERS.Dense(3))
    model.layers[-1].set_weights([np.full((36, 3), np.nan), np.zeros(3)])
    model.save("nan.keras")
    np.savez("data.npz", x_train=X, y_train=np.arange(120) % 3)
    status, _, err = command(capsys, "evaluate", "nan.keras", "--data", "data.npz", "-q")
    assert (status, "yields NaN or infinity" in err) == (2, True)


# ---- what is shown -----------------------------------------------------------------------------------------------
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


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_find_the_same(run: tuple[Path, str], capsys: pytest.CaptureFixture[str], backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
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
