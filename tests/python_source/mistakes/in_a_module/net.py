import keras
from keras import layers
from parts import encoder, decoder


def build(size, classes):
    image = keras.Input((size, size, 3))
    levels = encoder(image, [16, 32, 64])
    x = decoder(levels, [64, 32, 16])
    return keras.Model(image, layers.Conv2D(classes, 1, activation="softmax")(x))
