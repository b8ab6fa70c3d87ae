import keras
from keras import layers

model = keras.Sequential([
    keras.Input((64, 64, 3)),
    layers.Conv2D(32, (7, 1), activation="relu", padding="same"),
    layers.MaxPooling2D(),
    layers.Conv2D(64, (3, 3), activation="relu", padding="same"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(5, activation="softmax"),
])
