# Q4: verify the parameter counts that you calculated by hand
import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input(shape=(227, 227, 3)))
model.add(layers.Conv2D(96, 11, strides=4, activation="relu"))
model.add(layers.MaxPooling2D(3, strides=2))
model.add(layers.Conv2D(256, 5, padding="same", activation="relu"))
model.add(layers.MaxPooling2D(3, strides=2))
model.add(layers.Conv2D(384, 3, padding="same", activation="relu"))
model.add(layers.Conv2D(384, 3, padding="same", activation="relu"))
model.add(layers.Conv2D(256, 3, padding="same", activation="relu"))
model.add(layers.MaxPooling2D(3, strides=2))
model.add(layers.Flatten())
model.add(layers.Dense(4096, activation="relu"))
model.add(layers.Dropout(0.5))
model.add(layers.Dense(4096, activation="relu"))
model.add(layers.Dropout(0.5))
model.add(layers.Dense(1000, activation="softmax"))

by_hand = [
    (11 * 11 * 3 + 1) * 96,
    0,
    (5 * 5 * 96 + 1) * 256,
    0,
    (3 * 3 * 256 + 1) * 384,
    (3 * 3 * 384 + 1) * 384,
    (3 * 3 * 384 + 1) * 256,
    0,
    0,
    (6 * 6 * 256 + 1) * 4096,
    0,
    (4096 + 1) * 4096,
    0,
    (4096 + 1) * 1000,
]
for layer, mine in zip(model.layers, by_hand):
    theirs = layer.count_params()
    print(f"{layer.name:20s} {theirs:>12,} {'ok' if theirs == mine else 'WRONG'}")
assert model.count_params() == sum(by_hand)

# part (b): the head again without the last layer, for 10 classes
model.pop()
model.add(layers.Dense(10, activation="softmax", name="ten"))
print(model.count_params())
