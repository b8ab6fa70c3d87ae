import keras
from keras import layers

conv = layers.Conv2D(32, 3, padding="same", activation="relu")

inputs = keras.Input((32, 32, 32))
x = inputs
for _ in range(4):
    x = conv(x)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
