"""Table 3: ablations. Every row is a dict that overrides the defaults."""
import itertools
import logging
from functools import partial

import tensorflow as tf
from tensorflow.keras import layers, Model, Input, initializers, constraints

logging.basicConfig(format="%(asctime)s %(message)s")

DEFAULTS = dict(width=24, depth=3, norm="bn", act="relu", pool="max", head="gap", attention=False)
ROWS = [
    {},
    {"norm": "ln"},
    {"norm": None, "act": "selu"},
    {"act": "swish", "pool": "stride"},
    {"head": "flatten"},
    {"attention": True, "width": 32},
]

Conv = partial(layers.Conv2D, kernel_size=3, padding="same", kernel_initializer=initializers.HeNormal(seed=1))


def normalise(x, kind):
    match kind:
        case "bn":
            return layers.BatchNormalization()(x)
        case "ln":
            return layers.LayerNormalization()(x)
        case None:
            return x


def attend(x):
    b = layers.Conv2D(1, 1)(x)
    h, w = b.shape[1], b.shape[2]
    b = layers.Reshape((h * w,))(b)
    b = layers.Softmax()(b)
    b = layers.Reshape((h, w, 1))(b)
    return x * b


def model(**overrides):
    cfg = {**DEFAULTS, **overrides}
    inp = Input((40, 40, 1))
    x = inp
    for d in range(cfg["depth"]):
        stride = 2 if cfg["pool"] == "stride" else 1
        x = Conv(cfg["width"] * (d + 1), strides=stride, use_bias=cfg["norm"] is None)(x)
        x = normalise(x, cfg["norm"])
        x = layers.Activation(cfg["act"])(x)
        if cfg["pool"] == "max" and d < cfg["depth"] - 1:
            x = layers.MaxPool2D()(x)
    if cfg["attention"]:
        x = attend(x)
    if cfg["head"] == "gap":
        x = layers.GlobalAveragePooling2D()(x)
    elif cfg["head"] == "flatten":
        x = layers.Flatten()(x)
    else:
        raise ValueError(cfg["head"])
    return Model(inp, layers.Dense(5, kernel_constraint=constraints.MaxNorm(3))(x), name="-".join(f"{k}_{v}" for k, v in overrides.items()) or "base")


table = [(row, model(**row)) for row in ROWS]
for row, m in table:
    print(f"{m.name:30s} {m.count_params():9d}")
