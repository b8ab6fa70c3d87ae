import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Flatten()(inputs)
x = layers.Dense(64, activation="relu")(x)
outputs = layers.Dense(10, activation="softmax")
model = keras.Model(inputs, outputs)
