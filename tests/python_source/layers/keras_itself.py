"""The same expressions, as Keras evaluates them."""

from __future__ import annotations

import warnings
from typing import Any

from cnnspec.base.record import Record


class Built(Record):
    """What Keras makes of an expression: its shape, batch first, and parameters; where it refuses it, why."""

    shape: tuple[Any, ...] | None
    parameters: int
    refusal: str


def build(text: str, shape: tuple[int | None, ...]) -> Built:
    import keras
    import tensorflow

    x = keras.Input(shape)
    names = {name: getattr(keras.layers, name) for name in dir(keras.layers)}
    names |= {
        "keras": keras,
        "tf": tensorflow,
        "ops": keras.ops,
        "layers": keras.layers,
        "K": tensorflow.keras.backend,
        "x": x,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = eval(text.replace("layers.experimental.preprocessing", "layers"), names)
            model = keras.Model(x, made)
        except Exception as error:
            return Built(None, 0, str(error) or type(error).__name__)
    return Built(tuple(made.shape), model.count_params(), "")
