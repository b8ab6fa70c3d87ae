import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, activation="relu")(inputs)
x = layers.GlobalAveragePooling2D()(x)
drop = layers.Dropout(0.5)
outputs = layers.Dense(10, activation="softmax")(drop)
model = keras.Model(inputs, outputs)
