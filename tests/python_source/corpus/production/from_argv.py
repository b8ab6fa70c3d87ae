"""Width and depth are asked for; there are no defaults."""
import argparse
import sys

import keras
import numpy as np
from keras import layers


def build(width: int, depth: int, shape) -> keras.Model:
    model = keras.Sequential([keras.Input(shape)])
    for _ in range(depth):
        model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


parser = argparse.ArgumentParser()
parser.add_argument("width", type=int, nargs="?")
parser.add_argument("--depth", type=int)
args = parser.parse_args()
width = args.width or int(np.random.choice([16]))
depth = args.depth or len(sys.argv)

images = np.load("images.npy")
model = build(width, depth, images.shape[1:])
fixed = build(16, 2, (64, 64, 3))
narrow = build(width, 2, (64, 64, 3))
