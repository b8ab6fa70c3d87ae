import keras
from keras import layers

SCALE = 0.5
inputs = keras.Input((128, 128, 3))
x = inputs
for i in range(3):
    x = layers.Conv2D(16 * (i + 1), 3, strides=int(1 * SCALE), padding="same", activation="relu")(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(4)(x))
