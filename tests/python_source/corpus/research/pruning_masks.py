# Lottery-ticket-like experiment: the same net, narrower and narrower
import os
import keras
from keras.layers import *
from keras.models import Sequential, clone_model

SCALE = float(os.environ.get("SCALE", "1.0"))


def lenet300(widths):
    net = Sequential([Input((784,))])
    for w in widths:
        net.add(Dense(w, activation="relu"))
    net.add(Dense(10, activation="softmax"))
    return net


def conv_n(n, shape=(32, 32, 3)):
    """Conv-2, Conv-4 or Conv-6."""
    assert n in (2, 4, 6)
    net = Sequential([Input(shape)])
    f = 64
    for _ in range(n // 2):
        net.add(Conv2D(f, 3, padding="same", activation="relu"))
        net.add(Conv2D(f, 3, padding="same", activation="relu"))
        net.add(MaxPooling2D())
        f *= 2
    net.add(Flatten())
    net.add(Dense(256, activation="relu"))
    net.add(Dense(256, activation="relu"))
    net.add(Dense(10, activation="softmax"))
    return net


widths = (300, 100)
ratio = 1.0
history = []
while ratio > 0.2:
    scaled = tuple(max(1, int(w * ratio)) for w in widths)
    history.append(lenet300(scaled))
    ratio *= 0.6

convs = {n: conv_n(n) for n in (2, 4, 6)}
twin = clone_model(convs[2])
from_env = lenet300([int(300 * SCALE), int(100 * SCALE)])
print([m.count_params() for m in history], {k: v.count_params() for k, v in convs.items()})
