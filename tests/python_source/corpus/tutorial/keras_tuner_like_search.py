# Poor man's hyper-parameter search for MNIST; no extra libraries
import itertools
import random
import numpy as np
import keras
from keras import layers

random.seed(0)
space = {
    "filters": [16, 32],
    "kernel": [3, 5],
    "dense": [64, 128],
    "dropout": [0.0, 0.3],
}


def build(filters, kernel, dense, dropout):
    model = keras.Sequential(name=f"f{filters}_k{kernel}_d{dense}")
    model.add(keras.Input(shape=(28, 28, 1)))
    model.add(layers.Conv2D(filters, kernel, activation="relu"))
    model.add(layers.MaxPooling2D())
    model.add(layers.Conv2D(2 * filters, kernel, activation="relu"))
    model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    if dropout:
        model.add(layers.Dropout(dropout))
    model.add(layers.Dense(dense, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


(x, y), _ = keras.datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1) / 255.0

best, best_acc = None, 0.0
combos = list(itertools.product(*space.values()))
for values in combos[:4]:
    hp = dict(zip(space, values))
    model = build(**hp)
    hist = model.fit(x, y, epochs=2, validation_split=0.1, verbose=0)
    acc = max(hist.history["val_accuracy"])
    print(hp, acc)
    if acc > best_acc:
        best, best_acc = hp, acc

# and a few at random
for trial in range(2):
    hp = {key: random.choice(values) for key, values in space.items()}
    model = build(**hp)
print("best:", best)
final = build(**(best or dict(filters=32, kernel=3, dense=128, dropout=0.3)))
