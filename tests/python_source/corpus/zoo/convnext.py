"""ConvNeXt (Liu et al., 2022) in Keras 3."""
from __future__ import annotations

import math

import keras
from keras import initializers, layers, ops

DEPTHS = {"atto": (2, 2, 6, 2), "tiny": (3, 3, 9, 3), "small": (3, 3, 27, 3)}
DIMS = {"atto": (40, 80, 160, 320), "tiny": (96, 192, 384, 768), "small": (96, 192, 384, 768)}


class LayerScale(layers.Layer):
    def __init__(self, init_value: float, dim: int, **kwargs):
        super().__init__(**kwargs)
        self.init_value, self.dim = init_value, dim

    def build(self, _):
        self.gamma = self.add_weight(shape=(self.dim,), initializer=initializers.Constant(self.init_value), name="gamma")
        self.built = True

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        return {**super().get_config(), "init_value": self.init_value, "dim": self.dim}


class DropPath(layers.Layer):
    def __init__(self, rate: float, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, x, training=False):
        if not training or self.rate == 0.0:
            return x
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        mask = ops.floor(1.0 - self.rate + keras.random.uniform(shape))
        return x / (1.0 - self.rate) * mask


class Block(layers.Layer):
    """DwConv -> LN -> 1x1 -> GELU -> 1x1, with layer scale."""

    def __init__(self, dim, drop_path=0.0, scale=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.dw = layers.DepthwiseConv2D(7, padding="same", name="dw")
        self.norm = layers.LayerNormalization(epsilon=1e-6)
        self.pw1 = layers.Dense(4 * dim)
        self.act = layers.Activation("gelu")
        self.pw2 = layers.Dense(dim)
        self.scale = LayerScale(scale, dim) if scale > 0 else None
        self.drop = DropPath(drop_path) if drop_path else layers.Identity()

    def call(self, x, training=None):
        y = self.pw2(self.act(self.pw1(self.norm(self.dw(x)))))
        if self.scale is not None:
            y = self.scale(y)
        return x + self.drop(y, training=training)


def convnext(name: str, input_shape=(224, 224, 3), classes: int | None = 1000, drop_path=0.1) -> keras.Model:
    depths, dims = DEPTHS[name], DIMS[name]
    inputs = keras.Input(input_shape)
    rates = [drop_path * i / (sum(depths) - 1) for i in range(sum(depths))]
    x = layers.Conv2D(dims[0], 4, strides=4, name="stem")(inputs)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    done = 0
    for stage, (depth, dim) in enumerate(zip(depths, dims)):
        if stage:
            x = layers.LayerNormalization(epsilon=1e-6, name=f"down{stage}_norm")(x)
            x = layers.Conv2D(dim, 2, strides=2, name=f"down{stage}")(x)
        for j in range(depth):
            x = Block(dim, rates[done + j], name=f"stage{stage}_block{j}")(x)
        done += depth
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    if classes is not None:
        x = layers.Dense(classes, name="head")(x)
    return keras.Model(inputs, x, name=f"convnext_{name}")


if __name__ == "__main__":
    for size in ("atto", "tiny"):
        net = convnext(size)
        print(f"{size:>6} {net.count_params():,}")
    features = convnext("atto", input_shape=(64, 64, 3), classes=None)
