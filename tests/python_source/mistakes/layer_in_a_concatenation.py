import keras
from keras import layers

inputs = keras.Input((32, 32, 3))
towers = []
for size in (1, 3, 5):
    conv = layers.Conv2D(8, size, padding="same", activation="relu")
    towers.append(conv if size == 1 else conv(inputs))
x = layers.concatenate(towers)
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
