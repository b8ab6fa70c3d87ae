import keras
from keras import layers

CARDINALITY = 12

def resnext_branch(x, width):
    x = layers.Conv2D(width, 1, activation="relu")(x)
    x = layers.Conv2D(width, 3, padding="same", groups=CARDINALITY, activation="relu")(x)
    return layers.Conv2D(width * 2, 1)(x)

inputs = keras.Input((56, 56, 64))
x = resnext_branch(inputs, 48)
x = resnext_branch(x, 128)
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
