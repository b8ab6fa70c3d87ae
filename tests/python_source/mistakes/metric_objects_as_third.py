import keras
import numpy as np
from keras import layers

model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", [keras.metrics.SparseCategoricalAccuracy()])
model.fit(np.zeros((8, 28, 28, 1)), np.zeros((8,)))
