"""Trainings of several inputs and outputs: the losses of plain Keras, and the names of the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.compile.keras_model import to_keras
from tests.support import network
from tests.train.trainings import trained

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.usefixtures("eager")


def test_a_training_of_several_ends_is_keras_s_own() -> None:
    """The losses of every epoch are those of plain Keras on the same batches, from the same weights."""
    rng = np.random.default_rng(0)
    data = {"left": rng.normal(size=(48, 6)), "right": rng.normal(size=(48, 4)), "same": np.arange(48) % 2}
    data |= {"kind": np.arange(48) % 3, "size": rng.normal(size=48)}
    data = {name: values.astype(np.float32) for name, values in data.items()}
    np.savez("own.npz", **data)
    text = (
        "input left 6\ninput right 4\nconcat(left, right) -> dense(8, relu) as both\nboth -> dense(1, sigmoid) as same\n"
        "both -> dense(3, softmax) as kind\nboth -> dense(1) as size\noutput same, kind, size\n"
    )
    given: dict[str, Any] = {
        "data": "own.npz", "epochs": 3, "batch": 16, "shuffle": False, "validation": 0.0, "test": 0.0, "optimizer": "sgd",
        "loss": {"same": "binary_crossentropy", "kind": "sparse_categorical_crossentropy"},
        "loss_weights": {"kind": 0.25}, "seed": 3,
    }  # fmt: skip
    trained(text, **given)
    ours = [json.loads(line) for line in Path("runs/net-1/metrics.jsonl").read_text().splitlines()]
    keras.utils.set_random_seed(3)
    model = to_keras(network(text).graph)
    model.compile(
        keras.optimizers.SGD(),
        ["binary_crossentropy", "sparse_categorical_crossentropy", None],
        loss_weights=[1.0, 0.25, 1.0],
    )
    x, y = [data["left"], data["right"]], [data["same"][:, None], data["kind"], data["size"][:, None]]
    theirs = model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0).history
    for name in ("loss", "same_loss", "kind_loss"):
        assert [row[name] for row in ours] == pytest.approx(theirs[name], rel=1e-6), name
    assert ours[0]["loss"] != ours[-1]["loss"]


def test_an_output_is_called_as_the_text_calls_it() -> None:
    """Two outputs of one shared chain have one layer, and two names."""
    text = "input left 6\ninput right 6\nshared head = dense(1, sigmoid)\nleft -> head as first\nright -> head as second\noutput first, second\n"
    rng = np.random.default_rng(0)
    ends = {name: rng.normal(size=(30, 6)).astype(np.float32) for name in ("left", "right")}
    np.savez("two.npz", first=np.arange(30) % 2, second=np.arange(30) // 15, **ends)
    outcome, _ = trained(text, data="two.npz", epochs=1, loss={"first": "bce", "second": "bce"})
    assert {"first_loss", "second_loss", "first_accuracy", "second_accuracy"} <= set(outcome.figures)
    record = json.loads(Path("runs/net-1/run.json").read_text())
    assert list(record["data"]["outputs"]) == ["first", "second"]
