import keras
from keras import layers

def make_encoder(shape=(64, 64, 1), dim=16):
    inp = keras.Input(shape)
    x = layers.Conv2D(16, 3, strides=2, activation="relu")(inp)
    x = layers.Flatten()(x)
    return keras.Model(inp, [layers.Dense(dim, name="mean")(x), layers.Dense(dim, name="log_var")(x)], name="encoder")

encoder = make_encoder()
image = keras.Input((64, 64, 1))
code = encoder(image)
x = layers.Dense(32, activation="relu")(code)
x = layers.Dense(64 * 64, activation="sigmoid")(x)
vae = keras.Model(image, layers.Reshape((64, 64, 1))(x))
