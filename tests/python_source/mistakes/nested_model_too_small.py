import keras
from keras import layers

texture = keras.Sequential(
    [
        layers.Conv2D(16, 5, activation="relu"),
        layers.MaxPooling2D(4),
        layers.Conv2D(32, 5, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ],
    name="texture",
)

image = keras.Input((128, 128, 3))
small = layers.AveragePooling2D(8)(image)
x = layers.concatenate([texture(image), texture(small)])
model = keras.Model(image, layers.Dense(5, activation="softmax")(x))
