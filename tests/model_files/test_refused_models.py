"""Models that the language cannot express are refused, with the reason for each layer."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec.compile.keras_model import import_keras
from cnnspec.model_files.keras.application import build_application, convert_model
from cnnspec.model_files.refusal import ModelRefused
from tests.model_files.keras_builds import Build, model, said

REFUSED: list[tuple[str, Build]] = [
    ("lambda (Lambda): no layer of the language is Keras's Lambda", lambda k: lambda x: k.layers.Lambda(abs, name="lambda")(x)),
    ("masking", lambda k: lambda x: k.layers.Masking()(k.layers.Reshape((64, 4))(x))),
    ("(LSTM): no layer", lambda k: lambda x: k.layers.LSTM(3)(k.layers.Reshape((64, 4))(x))),
    ("data_format=channels_first", lambda k: lambda x: k.layers.Conv2D(3, 3, data_format="channels_first")(x)),
    ("its dtype is float16", lambda k: lambda x: k.layers.ReLU(dtype="float16")(x)),
    ("training=True", lambda k: lambda x: k.layers.Dropout(0.5)(x, training=True)),
    ("training=False", lambda k: lambda x: k.layers.BatchNormalization()(x, training=False)),
    ("noise_shape must begin", lambda k: lambda x: k.layers.Dropout(0.5, noise_shape=(1, 1, 1, 4))(x)),
    ("the operation cumsum", lambda k: lambda x: k.ops.cumsum(x, axis=1)),
    ("only channels can be sliced", lambda k: lambda x: x[:, 1:3]),
    ("divides by a tensor", lambda k: lambda x: 1.0 / x),
    ("the operation sin", lambda k: lambda x: k.ops.sin(x)),
    ("rms_scaling=true", lambda k: lambda x: k.layers.LayerNormalization(rms_scaling=True)(x)),
    ("its axis=() cannot be said of normalization", lambda k: lambda x: k.layers.Normalization(axis=None)(x)),
    ("its activation=threshold must be an activation", lambda k: lambda x: k.layers.Dense(2, activation="threshold")(x)),
    ("its kernel_initializer must be an object that the language knows", lambda k: lambda x: k.layers.Dense(2, kernel_initializer=k.initializers.Identity())(x)),
]  # fmt: skip


@pytest.mark.parametrize(("why", "build"), REFUSED, ids=[why for why, _ in REFUSED])
def test_what_cannot_be_said_is_refused_by_name(why: str, build: Build) -> None:
    with pytest.raises(ModelRefused) as refused:
        convert_model(model(build))
    assert why in str(refused.value)
    assert len(str(refused.value).split("\n")) == 2


def test_all_refusals_are_listed() -> None:
    made = model(
        lambda k: lambda x: k.layers.Lambda(abs, name="b")(k.layers.Conv2D(3, 3)(k.layers.Lambda(abs, name="a")(x)))
    )
    with pytest.raises(ModelRefused) as refused:
        convert_model(made)
    head, *lines = str(refused.value).split("\n  ")
    assert "2 layers" in head
    assert [line.split(" ")[0] for line in lines] == ["a", "b"]


def test_class_of_its_own_is_refused_with_its_module() -> None:
    keras = import_keras()

    class Conv2D(keras.layers.Conv2D):  # type: ignore[misc, name-defined]
        pass

    with pytest.raises(ModelRefused, match=f"{__name__}.Conv2D is a class of its own"):
        convert_model(model(lambda k: Conv2D(3, 3)))


def test_subclassed_model_is_refused() -> None:
    keras = import_keras()

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(ModelRefused, match="Net is a class of its own"):
        convert_model(Net())


def test_fixed_batch_and_integer_inputs() -> None:
    keras = import_keras()
    x = keras.Input(batch_shape=(2, 4))
    with pytest.raises(ModelRefused, match="batch is fixed at 2"):
        convert_model(keras.Model(x, keras.layers.ReLU()(x)))
    words = keras.Input((9,), dtype="int32")
    assert said(keras.Model(words, keras.layers.Embedding(5, 2)(words))) == ["input", "embedding"]
    with pytest.raises(ModelRefused, match="its dtype is int32"):
        convert_model(keras.Model(words, keras.layers.Rescaling(2.0)(words)))


def test_unknown_application() -> None:
    with pytest.raises(ModelRefused, match='did you mean "ResNet50"'):
        build_application("ResNet5O")
