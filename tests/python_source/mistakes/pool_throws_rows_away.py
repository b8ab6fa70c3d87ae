import keras
from keras import layers

inputs = keras.Input((45, 45, 1))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
x = layers.MaxPooling2D(4)(x)
x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
x = layers.Flatten()(x)
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
