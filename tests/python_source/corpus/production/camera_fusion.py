"""Fusion of several cameras: one backbone for all, a head for each task."""
import contextlib
import dataclasses
import itertools
from collections import OrderedDict
from types import SimpleNamespace

import tensorflow as tf
from tensorflow import keras

settings = SimpleNamespace(
    cameras=("front", "left", "right"),
    image=(120, 160, 3),
    widths=[24, 32, 48],
    tasks=OrderedDict(steering=1, speed=1, lane=4),
    fuse="attention",
    mixed_precision=False,
)


@contextlib.contextmanager
def precision(policy):
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)


@dataclasses.dataclass
class Task:
    name: str
    units: int
    weight: float = 1.0

    @property
    def activation(self):
        return "softmax" if self.units > 1 else None

    @property
    def loss(self):
        return "sparse_categorical_crossentropy" if self.units > 1 else "mse"

    def head(self, features):
        hidden = keras.layers.Dense(32, activation="relu")(features)
        return keras.layers.Dense(self.units, activation=self.activation, name=self.name)(hidden)


class FusionBuilder:
    def __init__(self, settings):
        self.settings = settings
        self.tasks = [Task(name, units) for name, units in settings.tasks.items()]

    def backbone(self):
        image = keras.Input(self.settings.image)
        x = image
        for width, nxt in itertools.zip_longest(self.settings.widths, self.settings.widths[1:]):
            x = keras.layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            if nxt is not None:
                x = keras.layers.Conv2D(nxt, 3, strides=2, padding="same", activation="relu")(x)
        x = keras.layers.GlobalAveragePooling2D()(x)
        return keras.Model(image, x, name="backbone")

    def fuse(self, features):
        how = self.settings.fuse
        if how == "concat":
            return keras.layers.Concatenate()(features)
        if how == "max":
            return keras.layers.Maximum()(features)
        stacked = keras.layers.Concatenate(axis=1)([keras.layers.Reshape((1, -1))(f) for f in features])
        attended = keras.layers.MultiHeadAttention(2, 16)(stacked, stacked)
        return keras.layers.Flatten()(keras.layers.LayerNormalization()(attended + stacked))

    def build(self):
        shared = self.backbone()
        inputs = {camera: keras.Input(self.settings.image, name=camera) for camera in self.settings.cameras}
        fused = self.fuse([shared(inputs[camera]) for camera in self.settings.cameras])
        outputs = [task.head(fused) for task in self.tasks]
        model = keras.Model(inputs=list(inputs.values()), outputs=outputs, name=f"fusion_{self.settings.fuse}")
        model.compile(optimizer="adam", loss=[task.loss for task in self.tasks],
                      loss_weights=[task.weight for task in self.tasks])
        return model


def train_all(strategy=None):
    strategy = strategy or tf.distribute.get_strategy()
    policy = "mixed_float16" if settings.mixed_precision else "float32"
    built = {}
    with strategy.scope(), precision(policy):
        for how in ("attention", "concat", "max"):
            settings.fuse = how
            built[how] = FusionBuilder(settings).build()
    return built


if __name__ == "__main__":
    for name, model in train_all().items():
        print(name, model.count_params())
