"""Models of several inputs and outputs, measured: each output against Keras's own model and scikit-learn."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnnspec
from cnnspec.train.evaluation.text import write_text
from tests.api.answered import look_at
from tests.support import IN_THOROUGH
from tests.train.evaluations import command, evaluated
from tests.train.run_folders import make_run, measured

keras = pytest.importorskip("keras")
metrics = pytest.importorskip("sklearn.metrics")
LAYERS = keras.layers
pytestmark = [
    pytest.mark.usefixtures("eager"),
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer"),
]


def test_the_figures_are_those_of_the_training(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the names of the spec: the saved model has one name for first and second. A picture of the worst names its output."""
    pytest.importorskip("matplotlib")
    found = evaluated(capsys, several / "run", "--worst", "worst.svg")
    assert "<!-- same: accuracy" in Path("worst.svg").read_text()
    told = json.loads((several / "run/run.json").read_text())["test"]
    assert found["compiled"] == pytest.approx({name: told[name] for name in told if name != "on"}, rel=1e-6)
    assert {"first_accuracy", "second_loss", "same_auc", "loss"} < set(found["compiled"])
    assert list(found["outputs"]) == ["same", "first", "apart", "second"]
    assert found["outputs"]["second"]["accuracy"] == found["compiled"]["second_accuracy"]
    assert found["examples"] == 100 and "kind" not in found


def test_scores_of_every_output_are_scikit_learns(several: Path) -> None:
    """Of the model's file alone, which has Keras's names: the layer's, and another for its second output."""
    own = {"first": "dense3", "second": "dense3_2"}
    with np.load(several / "pairs.npz") as file:
        data = {own.get(name, name): file[name] for name in file.files}
    np.savez("renamed.npz", **data)
    found = cnnspec.evaluate(several / "run/best.keras", "renamed.npz")
    model = keras.models.load_model(several / "run/best.keras")
    made = model.predict((data["left"], data["right"]), verbose=0)
    same, first, apart, second = made[0][:, 0] > 0.5, made[1].argmax(1), made[2][:, 0], made[4].argmax(1)
    assert (found.examples, found.split) == (500, "all")
    assert {name: one.kind for name, one in found.outputs.items()} == {
        "same": "binary", "dense3": "classes", "apart": "quantities", "dense3_2": "classes",
    }  # fmt: skip
    for name, answers in {"same": same, "dense3": first, "dense3_2": second}.items():
        scores = found.outputs[name].scores
        assert scores is not None and scores.confusions is not None
        matrix, every = metrics.confusion_matrix(data[name], answers), range(len(scores.classes))
        assert [[scores.confusions[true, taken] for taken in every] for true in every] == matrix.tolist()
    quantities = found.outputs["apart"].scores
    assert quantities is not None
    assert quantities.figures["mae"] == pytest.approx(metrics.mean_absolute_error(data["apart"], apart), rel=1e-5)
    assert quantities.figures["r2"] == pytest.approx(metrics.r2_score(data["apart"], apart), rel=1e-4)


def test_each_output_has_a_section(several: Path) -> None:
    found = cnnspec.evaluate(several / "run")
    for width in (60, 80, 120):
        text = write_text(found, width)
        lines = text.splitlines()
        assert max(map(len, lines)) <= width and ("no room for the matrix" in text) == (width < 60)
        assert lines[0].startswith("test loss ") and lines[0].endswith("(100 test examples of pairs.npz)")
        headings = [line for line in lines if line.startswith(("same: ", "first: ", "apart: ", "second: "))]
        assert [line.split()[1] for line in headings] == ["accuracy", "accuracy", "loss", "accuracy"]
        assert text.count("macro average") == 3 and "R²" in text


def test_from_python(several: Path) -> None:
    found = cnnspec.evaluate(several / "run")
    with pytest.raises(
        ValueError, match=r"the model has the outputs same, first, apart and second: take outputs\[name\]"
    ):
        _ = found.scores
    assert found.outputs["same"].figures["auc"] == found.figures["same_auc"]
    rows = found.to_rows()
    assert [row["output"] for row in rows] == ["same"] * 2 + ["first"] * 10 + ["second"] * 10
    page = " ".join(look_at(found._repr_html_()).texts)
    assert all(f"{name}: " in page for name in found.outputs) and page.count("macro average") == 3


@IN_THOROUGH
def test_a_picture_has_the_matrices_side_by_side(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert command(capsys, "evaluate", several / "run", "-q", "--picture", "all.svg")[0] == 0
    drawn = Path("all.svg").read_text()
    assert [f"{name}: accuracy" in drawn for name in ("same", "first", "apart", "second")] == [True, True, False, True]
    assert os.listdir() == ["all.svg"]


def test_other_data_are_known_by_their_names(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(several / "pairs.npz") as file:
        data = {name: file[name] for name in file.files}
    np.savez("other.npz", **(data | {"left": (data["left"] * 7).astype(np.float32)}))
    status, _, err = command(capsys, "evaluate", several / "run", "--data", "other.npz")
    assert status == 0
    assert "the values of left of other.npz run from 0 to 7, and the model was trained on values from 0 to 1" in err
    assert "of right of other.npz" not in err
    del data["second"]
    np.savez("less.npz", **data)
    assert "less.npz has no second" in command(capsys, "evaluate", several / "run", "--data", "less.npz")[2]
    assert "takes 2 inputs, left and right" in command(capsys, "evaluate", several / "run", "--data", "digits")[2]


def test_a_record_of_another_model(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(several / "run", "run")
    whole = json.loads(Path("run/run.json").read_text())
    del whole["data"]["outputs"]["idle"]
    Path("run/run.json").write_text(json.dumps(whole))
    status, _, err = command(capsys, "evaluate", "run")
    assert (status, "best.keras has 5 outputs, and its run.json names 4" in err) == (2, True)


TWINS = """input left 8x8
input right 8x8
shared tower = flatten -> dense(16, relu)
subtract(left -> tower, right -> tower) -> abs -> dense(1, sigmoid) as same
output same
train { data = pairs("floats.npz"); epochs = 1; batch = 100 }
"""


def test_a_run_on_pairs_is_measured_on_its_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    digits = pytest.importorskip("sklearn.datasets").load_digits()
    pixels, labels = (digits.images[:300] * 15.9).astype(np.uint8), digits.target[:300]
    np.savez("floats.npz", x_train=pixels.astype(np.float32) * np.float32(255 / 254), y_train=labels)
    line = make_run(Path("run"), TWINS, capsys)
    status, out, _ = command(capsys, "evaluate", "run")
    assert status == 0 and out.splitlines()[0] == measured(line, "floats.npz")
    np.savez("bytes.npz", x_train=pixels, y_train=labels)
    np.savez("same.npz", x_train=pixels.astype(np.float32), y_train=labels)
    found = [evaluated(capsys, "run", "--data", name) for name in ("bytes.npz", "same.npz")]
    assert found[0]["compiled"] == pytest.approx(found[1]["compiled"], rel=1e-4)
    assert found[0]["examples"] == found[1]["examples"] == 600
    x = pixels.astype(np.float32)
    np.savez("pairs.npz", left=x[:99], right=x[99:198], same=(labels[:99] == labels[99:198]).astype(int))
    assert evaluated(capsys, "run", "--data", "pairs.npz")["examples"] == 99
    np.savez("none.npz", z=x)
    assert (
        "none.npz has no x_train and no y_train: it has z"
        in command(capsys, "evaluate", "run", "--data", "none.npz")[2]
    )


def test_look_says_what_it_takes(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = command(capsys, "look", several / "run")
    assert (status, "has 2 inputs; look into one with one input and one output" in " ".join(err.split())) == (2, True)


# ---- models of Keras ---------------------------------------------------------------------------------------------
def build(outputs: Any = list, **options: Any) -> Any:
    """A model of one input and two outputs, saved as model.keras."""
    given = keras.Input((6, 6))
    flat = LAYERS.Flatten()(given)
    made = LAYERS.Dense(3, activation="softmax", name="kind")(flat), LAYERS.Dense(1, name="size")(flat)
    model = keras.Model(given, made if outputs is list else dict(zip(("kind", "size"), made, strict=True)))
    model.compile(**options) if options else None
    model.save("model.keras")
    return model


COMPILED: dict[str, dict[str, Any]] = {
    "a list": {"loss": ["sparse_categorical_crossentropy", "mse"], "metrics": [["accuracy"], ["mae"]]},
    "a dictionary": {"loss": {"size": "mse", "kind": keras.losses.SparseCategoricalCrossentropy()}},
    "one of them": {"loss": [None, "mse"]},
    "nothing": {},
}


@pytest.mark.parametrize("name", COMPILED)
def test_losses_of_keras_models_by_output(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    model = build(**COMPILED[name])
    rng = np.random.default_rng(0)
    x, kind, size = rng.random((40, 6, 6), np.float32), rng.integers(0, 3, 40), rng.random(40, np.float32)
    np.savez("data.npz", x_train=x, kind_train=kind, size_train=size)
    found = evaluated(capsys, "model.keras", "--data", "data.npz")
    answers, sizes = model.predict(x, verbose=0)
    if COMPILED[name]:
        expected = model.evaluate(x, [kind, size[:, None]], verbose=0, return_dict=True)
        assert found["compiled"] == pytest.approx(expected, rel=1e-5)
    if name == "one of them":
        assert found["kind"] == "quantities" and found["mse"] == pytest.approx(found["compiled"]["loss"], rel=1e-5)
        return
    assert found["outputs"]["kind"]["accuracy"] == pytest.approx((answers.argmax(1) == kind).mean())
    if COMPILED[name]:
        assert found["outputs"]["size"]["mse"] == pytest.approx(((sizes[:, 0] - size) ** 2).mean(), rel=1e-4)


def test_a_dictionary_of_outputs_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    build(dict)
    message = "the model in model.keras has its outputs in a dictionary; save keras.Model(model.inputs, model.outputs)"
    status, _, err = command(capsys, "evaluate", "model.keras", "--data", "digits")
    assert status == 2 and message in " ".join(err.split())
