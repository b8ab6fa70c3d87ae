import keras
from keras import layers
from keras.models import Model, Sequential, clone_model

shared = layers.Dense(4)
start = keras.Input((6,))
first = Model(start, layers.add([shared(start), shared(start * 2.0)]))
model = clone_model(first)
row = clone_model(Sequential([keras.Input((6,)), layers.Dense(3)]))
shape = model.output_shape, row.output_shape
