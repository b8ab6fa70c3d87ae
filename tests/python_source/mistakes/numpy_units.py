import numpy as np
import keras
from keras import layers

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(inputs)
x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
shape = x.shape[1:]
x = layers.Flatten()(x)
z = layers.Dense(2, name="latent")(x)
x = layers.Dense(np.prod(shape), activation="relu")(z)
x = layers.Reshape(shape)(x)
x = layers.Conv2DTranspose(1, 3, strides=4, padding="same", activation="sigmoid")(x)
model = keras.Model(inputs, x)
