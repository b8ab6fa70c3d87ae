# Networks out of genotypes, DARTS-like (evaluation networks only)
import collections
from dataclasses import dataclass, field
from typing import List, Tuple

import keras
from keras import layers

Genotype = collections.namedtuple("Genotype", "normal normal_concat reduce reduce_concat")

TINY = Genotype(
    normal=[("sep_conv_3x3", 0), ("sep_conv_3x3", 1), ("skip_connect", 0), ("dil_conv_3x3", 2)],
    normal_concat=range(2, 4),
    reduce=[("max_pool_3x3", 0), ("max_pool_3x3", 1), ("skip_connect", 2), ("max_pool_3x3", 1)],
    reduce_concat=range(2, 4),
)


def relu_conv_bn(x, c, k=1, s=1):
    x = layers.ReLU()(x)
    x = layers.Conv2D(c, k, strides=s, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def sep_conv(k):
    def op(x, c, s):
        for stride in (s, 1):
            x = layers.ReLU()(x)
            x = layers.SeparableConv2D(c, k, strides=stride, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
        return x
    return op


def dil_conv(k, d=2):
    def op(x, c, s):
        x = layers.ReLU()(x)
        if s > 1:
            x = layers.MaxPooling2D(s)(x)
        x = layers.SeparableConv2D(c, k, dilation_rate=d, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)
    return op


OPS = {
    "max_pool_3x3": lambda x, c, s: layers.MaxPooling2D(3, strides=s, padding="same")(x),
    "avg_pool_3x3": lambda x, c, s: layers.AveragePooling2D(3, strides=s, padding="same")(x),
    "skip_connect": lambda x, c, s: x if s == 1 else relu_conv_bn(x, c, 1, s),
    "sep_conv_3x3": sep_conv(3),
    "sep_conv_5x5": sep_conv(5),
    "dil_conv_3x3": dil_conv(3),
}


def cell(genotype, s0, s1, c, reduction, reduction_prev):
    s0 = relu_conv_bn(s0, c, s=2 if reduction_prev else 1)
    s1 = relu_conv_bn(s1, c)
    ops, concat = (genotype.reduce, genotype.reduce_concat) if reduction else (genotype.normal, genotype.normal_concat)
    states = [s0, s1]
    for i in range(len(ops) // 2):
        (name1, from1), (name2, from2) = ops[2 * i], ops[2 * i + 1]
        h1 = OPS[name1](states[from1], c, 2 if reduction and from1 < 2 else 1)
        h2 = OPS[name2](states[from2], c, 2 if reduction and from2 < 2 else 1)
        states += [layers.add([h1, h2])]
    return layers.concatenate([states[i] for i in concat])


def network(genotype=TINY, c=16, n_layers=6, num_classes=10, shape=(32, 32, 3)):
    inputs = keras.Input(shape)
    x = layers.Conv2D(3 * c, 3, padding="same", use_bias=False)(inputs)
    s0 = s1 = layers.BatchNormalization()(x)
    reduction_prev = False
    for i in range(n_layers):
        reduction = i in [n_layers // 3, 2 * n_layers // 3]
        if reduction:
            c *= 2
        s0, s1 = s1, cell(genotype, s0, s1, c, reduction, reduction_prev)
        reduction_prev = reduction
    out = layers.Dense(num_classes)(layers.GlobalAveragePooling2D()(s1))
    return keras.Model(inputs, out)


if __name__ == "__main__":
    net = network()
    print(f"param size = {net.count_params() / 1e6:f}MB")
