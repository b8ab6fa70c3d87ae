"""Networks as data: a list of dicts, walked by an interpreter."""
import json
from typing import Any

import keras
from keras import layers as kl

Spec = list[dict[str, Any]]

DETECTOR: Spec = [
    {"type": "Conv2D", "filters": 16, "kernel_size": 3, "strides": 2, "padding": "same"},
    {"type": "BatchNormalization"},
    {"type": "ReLU"},
    {"type": "repeat", "times": 3, "body": [
        {"type": "residual", "body": [
            {"type": "Conv2D", "filters": 16, "kernel_size": 3, "padding": "same", "use_bias": False},
            {"type": "BatchNormalization"},
            {"type": "ReLU"},
            {"type": "Conv2D", "filters": 16, "kernel_size": 3, "padding": "same", "use_bias": False},
            {"type": "BatchNormalization"},
        ]},
        {"type": "ReLU"},
    ]},
    {"type": "MaxPooling2D", "pool_size": 2},
    {"type": "Flatten"},
    {"type": "Dense", "units": 64, "activation": "relu"},
    {"type": "Dense", "units": 4},
]


def apply(spec: Spec, x):
    for entry in spec:
        options = dict(entry)
        kind = options.pop("type")
        if kind == "repeat":
            for _ in range(options["times"]):
                x = apply(options["body"], x)
        elif kind == "residual":
            x = kl.Add()([x, apply(options["body"], x)])
        else:
            x = getattr(kl, kind)(**options)(x)
    return x


def compile_spec(spec: Spec, shape: tuple) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, apply(spec, inputs))


box_regressor = compile_spec(DETECTOR, (48, 48, 3))
box_regressor.compile("adam", loss="huber", metrics=["mae"])

parsed = json.loads('[{"type": "Conv2D", "filters": 4, "kernel_size": 5}, {"type": "GlobalMaxPooling2D"}, {"type": "Dense", "units": 2}]')
from_text = compile_spec(parsed, (20, 20, 1))
