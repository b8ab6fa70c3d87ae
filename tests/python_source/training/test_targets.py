"""What is said of data, labels and losses, held to Keras: reported is what no training begins with, and nothing else."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from cnnspec.python_source.arrays.array_value import ArrayValue, Labels
from tests.python_source.training.test_settings import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
LOSSES = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
)
OUTPUTS: tuple[tuple[int, ...], ...] = ((10,), (2,), (1,), (4, 4, 10), (4, 4, 1))
TARGETS: tuple[tuple[int, ...], ...] = ((), (1,), (2,), (5,), (10,), (4, 4), (4, 4, 1), (4, 4, 10), (3, 3), (10, 1))
NOT_TOLD = {  # what Keras refuses, and is not told: a sparse loss over one unit
    ("sparse_categorical_crossentropy", output) for output in ((1,), (4, 4, 1))
}


def make_model(shape: tuple[int, ...], output: tuple[int, ...]) -> Any:
    import keras

    inputs = keras.Input(shape)
    flat = keras.layers.Dense(int(np.prod(output)), activation="sigmoid")(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Reshape(output)(flat))


def works(step: Callable[..., Any], *arguments: Any) -> bool:
    try:
        step(*arguments)
    except Exception:
        return False
    return True


@pytest.mark.parametrize("output", OUTPUTS)
def test_targets(output: tuple[int, ...]) -> None:
    model = make_model((3,), output)
    answers = np.zeros((6, *output), "float32")
    for loss in LOSSES:
        model.compile(loss=loss)
        for target in TARGETS:
            true = works(model.compute_loss, None, np.zeros((6, *target)), answers)
            names = {"x": ArrayValue((6, 3)), "y": ArrayValue((6, *target), "float32")}
            _, machine = read(f"compile(loss='{loss}')", "fit(x, y)", inputs=(3,), outputs=output, **names)
            if (loss, output) not in NOT_TOLD:
                assert bool(machine.found) is not true, (loss, output, target, machine.found)
            blank = {"x": ArrayValue((6, 3)), "y": ArrayValue((6, *[None] * len(target)), "float32")}
            _, machine = read(f"compile(loss='{loss}')", "fit(x, y)", inputs=(3,), outputs=output, **blank)
            assert not machine.found or not true, "sizes that are not known lead to no mistake"


WANTED: tuple[tuple[int, ...], ...] = ((8,), (28, 28), (28, 28, 1), (28, 28, 3))
GIVEN: tuple[tuple[int, ...], ...] = (
    (8,), (9,), (8, 1), (), (28, 28), (28, 28, 1), (28, 28, 3), (784,), (28, 28, 1, 1), (14, 56),
)  # fmt: skip
LEFT = [  # what Keras refuses at a layer behind the input, or might
    ((28, 28), (8, 1)),
    ((28, 28), (14, 56)),
    ((28, 28, 1), (8, 1)),
    ((28, 28, 1), (14, 56)),
    ((28, 28, 3), (28, 28, 1, 1)),
]


@pytest.mark.parametrize("wanted", WANTED)
def test_examples(wanted: tuple[int, ...]) -> None:
    model = make_model(wanted, (10,))
    for given in GIVEN:
        true = works(model, np.zeros((2, *given)))
        names = {"x": ArrayValue((2, *given), "float32"), "y": ArrayValue((2,), "int64")}
        found = read("compile(loss='sparse_categorical_crossentropy')", "fit(x, y)", inputs=wanted, **names)[1].found
        assert bool(found) is not true or (wanted, given) in LEFT


def test_messages() -> None:
    labels = ArrayValue((60000,), "uint8", data="mnist", labels=Labels(10, True))
    names = {"x": ArrayValue((60000, 28, 28, 1)), "y": labels}
    told = {}
    for text, loss in (
        ("fit(x, y)", "categorical_crossentropy"),
        ("fit(x, keras.utils.to_categorical(y))", "sparse_categorical_crossentropy"),
        ("fit(x, keras.utils.to_categorical(y, 12))", "categorical_crossentropy"),
        ("fit(x, y)", "binary_crossentropy"),
        ("fit(x[..., 0].reshape(-1, 784), y)", "mse"),
    ):
        (found,) = read(f"compile(loss='{loss}')", text, **names)[1].found
        assert found.span is not None
        told[f"{loss} {found.span.text}"] = f"{found.message}; {found.help}"
    assert told == {
        "categorical_crossentropy y": "categorical_crossentropy needs labels of 10 values, as many as the model has outputs, "
        "and these are class numbers; write sparse_categorical_crossentropy, or make them vectors: "
        "keras.utils.to_categorical(y, 10)",
        "sparse_categorical_crossentropy keras.utils.to_categorical(y)": "sparse_categorical_crossentropy takes class "
        "numbers, and the labels are one-hot vectors; write categorical_crossentropy, or leave the labels as numbers",
        "categorical_crossentropy keras.utils.to_categorical(y, 12)": "categorical_crossentropy needs as many values in a "
        "label as the model has outputs: 10, and these have 12; ",
        "binary_crossentropy y": "binary_crossentropy needs labels of 10 values, as many as the model has outputs, and "
        "these are class numbers; ",
        "mse x[..., 0].reshape(-1, 784)": "the model takes examples of (28, 28, 1), and these are (784,); ",
    }
