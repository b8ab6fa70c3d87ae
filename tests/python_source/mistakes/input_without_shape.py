import keras
from keras import layers

inputs = keras.Input(name="image")
model = keras.Model(inputs, layers.Flatten()(inputs))
