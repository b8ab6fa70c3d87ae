import keras
from keras import layers

size = 64
inputs = keras.Input((size / 2, size / 2, 3))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
