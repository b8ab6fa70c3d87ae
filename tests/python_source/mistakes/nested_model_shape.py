import keras
from keras import layers

embedder = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(64),
    ],
    name="embedder",
)

left = keras.Input((32, 32, 3))
right = keras.Input((32, 32, 1))
merged = layers.subtract([embedder(left), embedder(right)])
same = layers.Dense(1, activation="sigmoid")(merged)
model = keras.Model([left, right], same)
