# generator of a DCGAN
import keras
from keras.layers import Dense, Reshape, Conv2DTranspose, LeakyReLU, BatchNormalization

latent_dim = 100

generator = keras.Sequential([
    keras.Input((latent_dim,)),
    Dense(7 * 7 * 128),
    LeakyReLU(),
    Reshape((7, 7, 256)),
    Conv2DTranspose(128, 4, strides=2, padding="same"),
    BatchNormalization(),
    LeakyReLU(),
    Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
])
generator.summary()
