"""Registry of models by decorator."""
import os
from typing import Callable, Dict

import tensorflow as tf
from tensorflow.keras import Model, layers

_REGISTRY: Dict[str, Callable[..., Model]] = {}


def register(name: str):
    def wrapper(fn):
        if name in _REGISTRY:
            raise ValueError(f"{name} is registered twice")
        _REGISTRY[name] = fn
        return fn

    return wrapper


@register("small_cnn")
def small_cnn(shape, classes, *, width=32):
    return tf.keras.Sequential(
        [
            layers.InputLayer(shape=shape),
            layers.Conv2D(width, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(width * 2, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes),
        ],
        name="small_cnn",
    )


@register("mlp")
def mlp(shape, classes, *, hidden=(256, 256)):
    model = tf.keras.Sequential(name="mlp")
    model.add(layers.Flatten(input_shape=shape))
    for units in hidden:
        model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense(classes))
    return model


@register("two_stream")
def two_stream(shape, classes):
    rgb = layers.Input(shape, name="rgb")
    depth = layers.Input((*shape[:2], 1), name="depth")

    def stream(t, name):
        t = layers.Conv2D(16, 5, strides=2, activation="relu", name=f"{name}_c1")(t)
        t = layers.Conv2D(32, 3, strides=2, activation="relu", name=f"{name}_c2")(t)
        return layers.GlobalMaxPooling2D(name=f"{name}_gmp")(t)

    merged = layers.concatenate([stream(rgb, "rgb"), stream(depth, "depth")])
    return Model([rgb, depth], layers.Dense(classes)(merged), name="two_stream")


def create(name: str, *args, **kwargs) -> Model:
    try:
        factory = _REGISTRY[name]
    except KeyError as error:
        raise SystemExit(f"no model {name}; there are {sorted(_REGISTRY)}") from error
    model = factory(*args, **kwargs)
    model.compile(
        optimizer="adam",
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


if __name__ == "__main__":
    for key in _REGISTRY:
        net = create(key, (64, 64, 3), 8)
        print(key, net.count_params())
    wide = create("small_cnn", (96, 96, 1), classes=3, width=int(os.getenv("WIDTH", 48)))
