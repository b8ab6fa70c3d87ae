import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(inputs)
y = layers.Add()([x, layers.BatchNormalization])
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(y))
