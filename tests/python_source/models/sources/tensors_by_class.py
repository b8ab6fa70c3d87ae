import keras
import numpy as np
from keras import layers


class Norms(layers.Layer):
    def __init__(self, count):
        super().__init__()
        self.norms = [layers.BatchNormalization() for _ in range(count)]

    def call(self, xs):
        xs = xs if isinstance(xs, (list, tuple)) else [xs]
        ys = [norm(x) for norm, x in zip(self.norms, xs, strict=True)]
        return ys if len(ys) > 1 else ys[0]


class Gate(layers.Layer):
    def call(self, x):
        if isinstance(x, dict):
            return x["a"]
        if isinstance(x, (layers.Layer, str)):
            raise TypeError
        return x * 2


x = keras.Input((8, 8, 3))
maps = [layers.Conv2D(4, 3)(x), layers.Conv2D(5, 3)(x)]
two = keras.Model(x, Norms(2)(maps))
one = keras.Model(x, Gate()(Norms(1)(maps[0])))
kinds = (
    isinstance(x, list),
    isinstance(x, (tuple, dict)),
    isinstance(x, str),
    isinstance(x, int),
    isinstance(maps, list),
)
array = np.zeros((3, 4))
others = isinstance(array, list), isinstance(array, (tuple, dict, str))
