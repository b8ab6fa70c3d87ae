"""Reads its network from a YAML file that the operations team edits."""
import os
import yaml
import keras
from keras import layers

DEFAULT = {
    "image": [64, 64, 1],
    "convs": [[16, 3], [32, 3], [64, 3]],
    "dense": 64,
    "classes": 6,
}


def load(path):
    if not os.path.exists(path):
        return dict(DEFAULT)
    with open(path) as stream:
        return {**DEFAULT, **yaml.safe_load(stream)}


def make(settings):
    model = keras.Sequential([layers.Input(tuple(settings["image"]))])
    for filters, kernel in settings["convs"]:
        model.add(layers.Conv2D(filters, kernel, activation="relu", padding="same"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    if settings.get("dense"):
        model.add(layers.Dense(settings["dense"], activation="relu"))
    model.add(layers.Dense(settings["classes"], activation="softmax"))
    return model


served = make(load(os.path.join(os.getcwd(), "network.yaml")))
default = make(DEFAULT)
small = make({**DEFAULT, "convs": DEFAULT["convs"][:1], "dense": 0})
