import keras
from keras import layers


def up(x, skip, filters):
    x = layers.UpSampling2D()(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")([x, skip])


inputs = keras.Input((64, 64, 3))
a = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
b = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.MaxPooling2D()(a))
outputs = layers.Conv2D(1, 1, activation="sigmoid")(up(b, a, 16))
model = keras.Model(inputs, outputs)
