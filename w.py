"""w in Keras 3, made by cnnspec from w.cnn."""

import keras
from keras import layers


def opt(x, g=None):
    x = layers.Conv2D(4, (1, 1))(x)
    if g is not None:
        x = layers.ReLU()(x)
    return x


def build_model():
    inputs = keras.Input(shape=(8, 8, 4))
    x = opt(inputs)
    x = opt(x, 2)
    if 2 is not None:
        x = layers.ReLU()(x)
    return keras.Model(inputs, x, name="w")


model = build_model()

if __name__ == "__main__":
    model.summary()
