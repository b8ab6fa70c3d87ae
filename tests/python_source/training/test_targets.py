"""What is said of data, labels and losses, held to Keras: reported is what no training begins with, and nothing else."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.python_source import read_python
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
HEAD = "import keras, numpy as np\nfrom keras.layers import Dense, Flatten, GlobalAveragePooling2D\n"
FUNCTIONAL = "x = keras.Input({wanted})\nmodel = keras.Model(x, Dense(10)(Flatten()(x)))"
MODELS = (
    FUNCTIONAL,
    "model = keras.Sequential([keras.Input({wanted}), Flatten(), Dense(10)])",
)
TRAINING = """
model.compile(loss="sparse_categorical_crossentropy")
model.fit(np.zeros({given}), np.zeros(2), verbose=0)
"""


def read_source(text: str) -> tuple[Any, ...]:
    return read_python(Source("a.py", HEAD + text), lambda _: Diagnostic("E020", "there is no such file", None)).found


@pytest.mark.parametrize("text", MODELS)
def test_examples(text: str) -> None:
    import keras

    for wanted in WANTED:
        names: dict[str, Any] = {}
        exec(HEAD + text.format(wanted=wanted), names)
        for given in GIVEN:
            true = works(names["model"], np.zeros((2, *given)))
            found = read_source(text.format(wanted=wanted) + TRAINING.format(given=(2, *given)))
            labels_fit = names["model"].output_shape == (None, 10)
            assert not labels_fit or bool(found) is not true, (wanted, given, found)
    keras.backend.clear_session(free_memory=False)


def test_why_examples_do_not_fit() -> None:
    (found,) = read_source(MODELS[1].format(wanted=(28, 28)) + TRAINING.format(given=(2, 32, 32)))
    assert found.message == "the model takes examples of (28, 28), and these are (32, 32)"
    assert found.span.text == "np.zeros((2, 32, 32))"
    assert [note.message for note in found.notes] == ["this layer has weights for 784 values, and would get 1,024"]


def test_messages() -> None:
    labels = ArrayValue((60000,), "uint8", data="mnist", labels=Labels(10, True))
    names = {"x": ArrayValue((60000, 28, 28, 1)), "y": labels}
    told = {}
    for text, loss in (
        ("fit(x, y)", "categorical_crossentropy"),
        ("fit(x, keras.utils.to_categorical(y))", "sparse_categorical_crossentropy"),
        ("fit(x, keras.utils.to_categorical(y, 12))", "categorical_crossentropy"),
        ("fit(x, y)", "binary_crossentropy"),
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
    }
