import keras
from keras import layers

inputs = keras.Input((64, 64, 3))
x = layers.Conv2D(32, 5, strides=2, activation="relu")(inputs)
x = layers.Flatten()(x)
x = layers.Dense(10, activation="softmax")(x)
x = layers.Dropout(0.5)(x)
model = keras.Model(inputs, x)
model.compile("adam", "categorical_crossentropy")
