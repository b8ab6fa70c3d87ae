import keras
from keras import layers

latent = 100
noise = keras.Input(shape=latent)
x = layers.Dense(7 * 7 * 8)(noise)
model = keras.Model(noise, layers.Reshape((7, 7, 8))(x))
