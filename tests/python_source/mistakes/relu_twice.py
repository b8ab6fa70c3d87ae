import keras
from keras import layers

x = inputs = keras.Input((32, 32, 3))
for filters in (32, 64):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D()(x)
model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(x)))
