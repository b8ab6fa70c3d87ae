"""Image-to-image translation: a U-shaped generator and a PatchGAN discriminator (after pix2pix)."""
import math
import os

import keras
from keras import layers, ops

SHAPE = (128, 96, 3)
half = tuple(s // 2 for s in SHAPE[:2])
DEPTH = int(math.log2(min(half))) - 1  # down to 4 rows or fewer
print("half size", half, "depth", DEPTH)


def instance_norm(x):
    return layers.GroupNormalization(groups=-1, epsilon=1e-5)(x)


def d_block(x, filters, norm=True, strides=2):
    x = layers.Conv2D(filters, 4, strides=strides, padding="same",
                      kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02))(x)
    if norm:
        x = instance_norm(x)
    return layers.LeakyReLU(0.2)(x)


def gated(x):
    """half of the channels gate the other half"""
    n = x.shape[-1] // 2
    a, b = x[..., :n], x[..., n:]
    return a * ops.sigmoid(b)


def generator(shape=SHAPE, base=24, depth=DEPTH):
    inputs = keras.Input(shape=shape, name="source")
    skips = []
    x = inputs
    for i in range(depth):
        x = d_block(x, min(base * 2**i, 192), norm=i > 0)
        skips.append(x)
    x = skips.pop()
    for i, skip in enumerate(reversed(skips)):
        x = layers.Conv2DTranspose(skip.shape[-1], 4, strides=2, padding="same", use_bias=False)(x)
        x = ops.relu(instance_norm(x))
        if i < 2:
            x = layers.Dropout(0.5)(x, training=True)
        x = layers.Concatenate()([x, skip])
    x = layers.Conv2D(32, 3, padding="same")(x)
    x = gated(x)
    x = layers.Conv2DTranspose(shape[-1], 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(inputs, x, name="generator")


def discriminator(shape=SHAPE, widths=(32, 64, 128)):
    source, target = keras.Input(shape), keras.Input(shape)
    x = ops.concatenate([source, target], axis=-1)
    for i, w in enumerate(widths):
        x = d_block(x, w, norm=bool(i), strides=1 if w == widths[-1] else 2)
    return keras.Model([source, target], layers.Conv2D(1, 4, padding="same")(x), name="discriminator")


if (g := generator()).output_shape[1:] != SHAPE:
    raise SystemExit("generator changes the size of the image")
d = discriminator()
d.compile(loss="mse", optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5), loss_weights=[0.5])
d.trainable = False

source = keras.Input(SHAPE)
fake = g(source)
gan = keras.Model(source, [d([source, fake]), fake])
gan.compile(loss=["mse", "mae"], optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5), loss_weights=[1, 100])
