import keras
from keras import layers

shape = (28, 28, 1)
inputs = keras.Input(shape)
x = layers.Flatten()(inputs)
model = keras.Model(inputs=shape, outputs=layers.Dense(10)(x))
