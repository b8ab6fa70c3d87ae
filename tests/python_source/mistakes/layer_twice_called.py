import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(8, 3)(inputs)(inputs)
model = keras.Model(inputs, layers.Flatten()(x))
