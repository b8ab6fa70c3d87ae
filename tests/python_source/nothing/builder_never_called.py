"""Helpers; the models are built elsewhere."""
from keras import layers, Model, Input


def conv_block(x, filters, pool=True):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D()(x) if pool else x


def make_model(shape, classes, widths):
    inputs = Input(shape)
    x = inputs
    for w in widths:
        x = conv_block(x, w)
    return Model(inputs, layers.Dense(classes)(layers.Flatten()(x)))
