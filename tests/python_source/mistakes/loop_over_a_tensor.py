import keras
from keras import layers

inputs = keras.Input((4, 16))
steps = [layers.Dense(8)(step) for step in inputs]
model = keras.Model(inputs, layers.concatenate(steps))
