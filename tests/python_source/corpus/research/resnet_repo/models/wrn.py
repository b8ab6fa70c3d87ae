import keras
from keras import layers

from .blocks import bn_relu, conv3x3, preact_block


def wrn(depth, k, input_shape, num_classes, width=16, weight_decay=5e-4):
    assert (depth - 4) % 6 == 0, "depth must be 6n+4"
    n = (depth - 4) // 6
    inputs = keras.Input(shape=input_shape)
    x = conv3x3(inputs, width, weight_decay=weight_decay)
    for i, filters in enumerate([width * k, 2 * width * k, 4 * width * k]):
        for j in range(n):
            x = preact_block(x, filters, 2 if i and not j else 1, weight_decay=weight_decay)
    x = bn_relu(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x), name=f"wrn_{depth}_{k}")


def wrn_16_4(**kwargs):
    return wrn(16, 4, **kwargs)
