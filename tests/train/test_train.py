"""Trainings from beginning to end on the digits: what they print, save and reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnnspec.compile.keras_model import to_keras
from cnnspec.train import keras_objects
from cnnspec.train.data.prepare import prepare
from cnnspec.train.data.sources import load
from cnnspec.train.plan import make_plan
from cnnspec.train.section import resolve
from cnnspec.train.settings import TrainSettings
from tests.support import IN_THOROUGH, THOROUGH, network
from tests.train.trainings import SECTION, SMALL, command, trained

keras = pytest.importorskip("keras")


ROOT = Path(__file__).resolve().parents[2]


def test_the_command_trains_saves_and_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, SMALL + SECTION)
    assert status == 0
    result, saved = out.splitlines()
    assert result.startswith("test accuracy ")
    assert "(359 test examples, with the model of epoch " in result
    assert saved.startswith("saved runs/net-1/best.keras")
    assert "1,295 examples to train, 143 to validate" in err
    assert len([line for line in err.splitlines() if line.startswith(("epoch 1/2  loss", "epoch 2/2  loss"))]) == 2
    assert sorted(os.listdir()) == ["net.cnn", "runs"]
    assert sorted(os.listdir("runs")) == ["net-1"]
    kept = ["best.keras", "curves.png", "last.keras", "metrics.csv", "metrics.jsonl", "run.json", "spec", "state"]
    assert sorted(os.listdir("runs/net-1")) == kept


@pytest.mark.usefixtures("eager")
def test_options_stand_above_the_section(capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--epochs",
        "1",
        "--batch",
        "500",
        "--seed",
        "3",
        "--learning-rate",
        "0.25",
        "--validation",
        "0",
        "-o",
        "a.keras",
    ]
    status, out, err = command(capsys, SMALL + SECTION.replace("}", "; optimizer = sgd }"), *options)
    assert status == 0
    assert out.splitlines()[1:2] == ["saved a.keras"]
    assert "1,438 examples to train, " in err
    assert "val_loss" not in err
    assert "epoch 1/1" in err
    model = keras.models.load_model("a.keras", safe_mode=True)
    assert float(model.optimizer.learning_rate) == 0.25
    assert int(model.optimizer.iterations) == 3


@pytest.mark.usefixtures("eager")
def test_quiet_shows_the_result_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = command(capsys, SMALL + SECTION, "-q", "--epochs", "1", "--batch", "500")
    assert (status, err, len(out.splitlines())) == (0, "", 2)


@pytest.mark.usefixtures("eager")
def test_a_seed_gives_the_same_training() -> None:
    text = SMALL.replace("-> dense(10", "-> dropout(0.5) -> dense(10") + SECTION
    first, second, other = (trained(text, seed=s, batch=300)[0].figures for s in (5, 5, 6))
    assert first == second
    assert first != other


@IN_THOROUGH
def test_the_saved_model_has_the_accuracy_that_was_printed() -> None:
    outcome, _ = trained(SMALL + SECTION, seed=4, epochs=5)
    assert outcome.figures["accuracy"] > 0.7
    net = network(SMALL + SECTION)
    settings, _ = resolve(net.train, {"seed": 4})
    data = prepare(load(settings, net.graph), make_plan(net.graph, settings))
    assert data.test is not None
    x, y = data.test.take(slice(None))
    model = keras.models.load_model("model.keras", safe_mode=True)
    right = model.predict(x, verbose=0).argmax(axis=1) == y
    assert right.mean() == pytest.approx(outcome.figures["accuracy"], abs=1e-6)
    assert model.evaluate(x, y, verbose=0, return_dict=True)["loss"] == pytest.approx(outcome.figures["loss"], rel=1e-4)


def test_the_example_reaches_its_accuracy() -> None:
    """A third of its epochs suffices."""
    text = (ROOT / "examples/digits.cnn").read_text()
    outcome, shown = trained(text, epochs=5)
    assert outcome.figures["accuracy"] >= 0.97
    assert "112,682 parameters" in text
    assert "112,682 parameters" in shown


ON_VECTORS = ["mse"]
ON_VECTORS += (
    ["categorical_crossentropy(label_smoothing=0.1)", "categorical_focal_crossentropy", "kl_divergence"]
    if THOROUGH
    else []
)


@pytest.mark.parametrize("loss", ON_VECTORS)
def test_losses_on_vectors_get_a_vector_for_each_class(loss: str) -> None:
    outcome, _ = trained(SMALL + SECTION.replace("sparse_categorical_crossentropy", loss), epochs=4)
    assert outcome.figures["accuracy"] > 0.5


@pytest.mark.parametrize(
    ("end", "loss"), [("dense(10, softmax)", False), ("dense(10)", True), ("dense(10) -> softmax", False)]
)
def test_without_a_loss_the_networks_end_decides(end: str, loss: bool) -> None:
    net = network(f"input 8x8x1\nflatten -> {end}")
    model = to_keras(net.graph)
    term = keras_objects.choose_loss(TrainSettings(data="digits"), model.outputs[0], "classes")
    assert (term.name, dict(term.keywords)) == ("SparseCategoricalCrossentropy", {"from_logits": True} if loss else {})


@pytest.mark.usefixtures("eager")
def test_digits_are_resized_to_the_network() -> None:
    _, shown = trained(
        "input 16x12x1\nconv(4, 3x3, stride=2) -> flatten -> dense(10)\ntrain { data = digits }",
        epochs=1,
        batch=500,
    )
    assert "the images of digits, 8x8x1, are resized to 16x12x1" in shown
    assert keras.models.load_model("model.keras").input_shape == (None, 16, 12, 1)
