"""Every kind of output that a model may have, of trainings and of models made elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.train.evaluation.evaluate import evaluate
from cnnspec.train.evaluation.head import Head, find_head, find_last_activation, find_losses
from cnnspec.train.evaluation.json import write_data
from cnnspec.train.evaluation.text import write_text
from cnnspec.train.evaluation.trained import open_trained
from cnnspec.train.progress import Lines
from tests.support import sample
from tests.train.evaluations import RNG, TEXT, X, built, command, digits, evaluated
from tests.train.run_folders import make_run, measured

keras = pytest.importorskip("keras")


metrics = pytest.importorskip("sklearn.metrics")


pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer"),  # of models never trained
    pytest.mark.usefixtures("eager"),
]


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


def measure_run(path: str) -> tuple[dict[str, Any], str]:
    """An evaluation of a run as JSON and as text."""
    trained, keras = open_trained(path, None)
    found = evaluate(keras, trained, None, "test", None, Lines(io.StringIO(), quiet=True))
    return write_data(found), write_text(found)


KIN = (1, 10)  # numbers of those of which another has the same kind


@pytest.mark.parametrize("number", sample(range(len(HEADS)), KIN))
def test_every_kind_of_head(capsys: pytest.CaptureFixture[str], number: int) -> None:
    net, labels, loss, kind, figure = HEADS[number]
    np.savez("data.npz", x_train=X, y_train=labels)
    section = f'train {{ data = "data.npz"; epochs = 1; {f"loss = {loss}" if loss else ""} }}'
    line = make_run(Path("run"), f"{net}\n{section}", capsys)
    found, out = measure_run("run")
    assert out.startswith(line.partition(" (")[0])
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
    assert find_head(loaded.outputs[0], *find_losses(loaded, ["out"])) == head


def test_the_last_activation_of_a_nested_model() -> None:
    assert find_last_activation(nested().outputs[0]) == "softmax"


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
