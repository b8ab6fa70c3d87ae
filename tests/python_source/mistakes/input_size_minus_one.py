import keras
from keras import layers

SIZE = -1
inputs = keras.Input((SIZE, SIZE, 3))
x = layers.Conv2D(8, 3)(inputs)
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
