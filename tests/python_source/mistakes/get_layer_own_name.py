import keras
from keras import layers

inputs = keras.Input((32, 32, 3), name="image")
x = layers.Conv2D(16, 3, activation="relu", name="features")(inputs)
x = layers.GlobalAveragePooling2D(name="pool")(x)
model = keras.Model(inputs, layers.Dense(10, name="scores")(x))
grad = keras.Model(model.input, model.get_layer("feature").output)
