import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
a = layers.Conv2D(16, 3, strides=2, padding="same")(inputs)
b = layers.Conv2D(16, 3, strides=4, padding="same")(inputs)
a = layers.Cropping2D(8)(a)
x = layers.concatenate([a, b])
model = keras.Model(inputs, layers.GlobalMaxPooling2D()(x))
