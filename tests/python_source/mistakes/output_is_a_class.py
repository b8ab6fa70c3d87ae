import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
model = keras.Model(inputs, outputs=layers.Flatten)
