"""Everything about the network comes from configs/base.json."""
import json
import os
import sys

import keras
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))
path = os.environ.get("EXPERIMENT", os.path.join(HERE, "configs", "base.json"))

with open(path) as f:
    cfg = json.load(f)

LAYERS = {
    "conv": lambda filters, kernel=3, stride=1: layers.Conv2D(filters, kernel, stride, padding="same", activation="relu"),
    "pool": lambda size=2: layers.MaxPooling2D(size),
    "drop": layers.Dropout,
}


def build(cfg):
    inputs = keras.Input(shape=tuple(cfg["input"]))
    x = inputs
    for kind, kwargs in cfg["body"]:
        x = LAYERS[kind](**kwargs)(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(cfg["classes"], activation="softmax")(x)
    return keras.Model(inputs, outputs)


model = build(cfg)
model.compile(cfg["optimizer"], loss="sparse_categorical_crossentropy")
model.summary()

# a model to compare with
baseline = keras.Sequential([
    keras.Input((32, 32, 3)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(4),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
