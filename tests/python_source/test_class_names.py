"""The class of a layer: every answer about a Keras source names the one that stands there, as `model.summary()` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnspec.cli import main

OWN = """
import keras
from keras import layers, ops

class Attention2D(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 4))

    def call(self, x):
        return ops.matmul(x, self.w)

class SameConv(layers.Conv2D):
    pass

class Silent(layers.Layer):
    pass

def body():
    x = inputs = keras.Input((16, 16, 3), name="inputs")
    x = SameConv(8, 3, name="conv")(x)
    x = layers.Activation("relu", name="act")(x)
    x = Attention2D(name="own")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Reshape((49, 4), name="rows")(x)
    x = layers.TimeDistributed(layers.Dense(4), name="each")(x)
    return inputs, layers.LSTM(5, name="steps")(x)

"""
WHOLE = OWN + "model = keras.Model(*body())\n"
REFUSED = (
    OWN
    + """
inputs, x = body()
x = layers.Reshape((5, 1), name="row")(x)
x = layers.MaxPooling1D(9, name="large")(x)
model = keras.Model(inputs, layers.Dense(2, name="head")(Silent(name="silent")(x)))
"""
)
CLASSES = {
    "inputs": "InputLayer", "conv": "SameConv", "act": "Activation", "own": "Attention2D", "pool": "MaxPooling2D", "rows": "Reshape",
    "each": "TimeDistributed", "steps": "LSTM",
}  # fmt: skip
REFUSED_CLASSES = {"row": "Reshape", "large": "MaxPooling1D", "silent": "Silent", "head": "Dense"}


@pytest.mark.parametrize(("text", "classes"), [(WHOLE, CLASSES), (REFUSED, CLASSES | REFUSED_CLASSES)])
@pytest.mark.parametrize("verb", ["summary", "explain", "cost", "rf"])
def test_every_answer_names_the_class(
    verb: str, text: str, classes: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path := tmp_path / "own.py").write_text(text)
    main([verb, str(path), "--format", "json"])
    answer = json.loads(capsys.readouterr().out)
    assert {layer["name"]: layer["type"] for layer in answer["layers"]} == classes
    main([verb, str(path)])
    told = capsys.readouterr().out
    assert [name for name, kind in classes.items() if f"{name} ({kind})" not in told] == []


def test_pictures_and_differences_name_what_the_language_has_no_word_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.py").write_text(WHOLE)
    (tmp_path / "other.py").write_text(
        WHOLE.replace("LSTM", "GRU").replace('Attention2D(name="own")(x)', "x").replace("(49, 4)", "(49, 8)")
    )
    main(["draw", str(tmp_path / "own.py"), "-o", "-"])
    told = capsys.readouterr().out
    assert "Attention2D" in told and "LSTM" in told and "attention" not in told
    main(["diff", str(tmp_path / "own.py"), str(tmp_path / "other.py")])
    told = capsys.readouterr().out
    assert "Attention2D, output 14x14x4" in told and "LSTM -> GRU" in told and "opaque" not in told
