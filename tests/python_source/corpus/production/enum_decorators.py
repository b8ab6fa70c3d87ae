"""Backbone registry with decorators and enums."""
import enum
import functools
from typing import Callable, Dict, Optional, Tuple

import tensorflow as tf
from tensorflow import keras

kl = keras.layers


class Norm(str, enum.Enum):
    BATCH = "batch"
    LAYER = "layer"
    GROUP = "group"
    NONE = "none"


class Width(enum.IntEnum):
    SMALL = 16
    MEDIUM = 32
    LARGE = 64


_BACKBONES: Dict[str, Callable[..., tf.Tensor]] = {}


def backbone(name: Optional[str] = None):
    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(*args, **kwargs):
            with tf.name_scope(name or fn.__name__):
                return fn(*args, **kwargs)

        _BACKBONES[name or fn.__name__] = wrapper
        return wrapper

    return decorate


def make_norm(kind: Norm):
    if kind is Norm.BATCH:
        return kl.BatchNormalization()
    if kind is Norm.LAYER:
        return kl.LayerNormalization()
    if kind == Norm.GROUP:
        return kl.GroupNormalization(groups=8)
    return kl.Identity()


def unit(x, filters, norm, stride=1):
    x = kl.Conv2D(filters, 3, strides=stride, padding="same", use_bias=norm is Norm.NONE)(x)
    x = make_norm(norm)(x)
    return kl.ReLU()(x)


@backbone()
def plain(x, width: Width, norm: Norm):
    for i in range(3):
        x = unit(x, width << i, norm, stride=2)
    return x


@backbone("res")
def residual(x, width: Width, norm: Norm):
    x = unit(x, int(width), norm, stride=2)
    for i in range(2):
        y = unit(x, width.value, norm)
        x = kl.Add()([x, y])
    return x


def build(name: str, *, size: Tuple[int, int] = (64, 64), width: Width = Width.SMALL, norm=Norm.BATCH, classes=5) -> keras.Model:
    try:
        fn = _BACKBONES[name]
    except KeyError as err:
        raise ValueError(f"unknown backbone {name!r}; known are {sorted(_BACKBONES)}") from err
    image = keras.Input((*size, 3), name="image")
    features = fn(image, width, Norm(norm))
    pooled = kl.GlobalAveragePooling2D()(features)
    logits = kl.Dense(classes, name="logits")(pooled)
    return keras.Model(image, logits, name=f"{name}_{width.name.lower()}")


if __name__ == "__main__":
    print(build("plain").output_shape)
    print(build("res", width=Width["LARGE"], norm="group").output_shape)
    print(build("res", size=(32, 48), width=Width(32), norm=Norm.NONE, classes=11).name)
