"""MobileNet-like, with a wrong number somewhere"""
import keras
from keras import layers


def bn_act(x):
    return layers.ReLU(6)(layers.BatchNormalization()(x))


def depthwise(x, kernel, stride):
    return bn_act(layers.DepthwiseConv2D(kernel, strides=stride, use_bias=False)(x))


def separable(x, filters, kernel=3, stride=1):
    x = depthwise(x, kernel, stride)
    return bn_act(layers.Conv2D(filters, 1, use_bias=False)(x))


def stage(x, filters, repeats, kernel=3):
    x = separable(x, filters, kernel, stride=2)
    for _ in range(repeats - 1):
        x = separable(x, filters, kernel)
    return x


def mobilenet(size=96):
    inputs = keras.Input((size, size, 3))
    x = inputs
    for filters, repeats, kernel in [(32, 2, 3), (64, 2, 3), (128, 3, 5), (256, 2, 3)]:
        x = stage(x, filters, repeats, kernel)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


if __name__ == "__main__":
    mobilenet(224)
    mobilenet()
