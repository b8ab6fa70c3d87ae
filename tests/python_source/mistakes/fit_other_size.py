import numpy as np
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((64, 64, 3)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")

x = np.zeros((20, 60, 60, 3), "float32")
y = np.zeros((20, 1))
model.fit(x, y, batch_size=5)
