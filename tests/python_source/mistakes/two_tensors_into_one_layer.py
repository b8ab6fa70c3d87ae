import keras
from keras import layers

left = keras.Input((64,), name="left")
right = keras.Input((64,), name="right")
x = layers.Dense(32, activation="relu")([left, right])
model = keras.Model([left, right], layers.Dense(1)(x))
