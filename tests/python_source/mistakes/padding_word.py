import keras
from keras import layers

def block(x, n):
    x = layers.Conv2D(n, 3, padding="smae", activation="relu")(x)
    return layers.MaxPooling2D()(x)

inp = keras.Input((64, 64, 3))
h = block(inp, 32)
h = block(h, 64)
out = layers.Dense(2, activation="softmax")(layers.Flatten()(h))
model = keras.Model(inp, out)
