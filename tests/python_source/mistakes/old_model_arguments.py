import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Dense(10, activation="softmax")(layers.Flatten()(inputs))
model = keras.Model(input=inputs, output=x)
