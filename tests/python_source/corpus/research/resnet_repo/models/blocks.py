from functools import partial

from keras import layers, regularizers

__all__ = ["conv3x3", "conv1x1", "bn_relu", "basic_block", "preact_block"]


def conv(x, filters, kernel, stride=1, weight_decay=0.0):
    return layers.Conv2D(
        filters,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=regularizers.L2(weight_decay),
    )(x)


conv3x3 = partial(conv, kernel=3)
conv1x1 = partial(conv, kernel=1)


def bn_relu(x):
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x))


def basic_block(x, filters, stride, **kw):
    out = bn_relu(conv3x3(x, filters, stride=stride, **kw))
    out = conv3x3(out, filters, **kw)
    out = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(out)
    if stride != 1 or x.shape[-1] != filters:
        x = conv1x1(x, filters, stride=stride, **kw)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return layers.ReLU()(layers.Add()([out, x]))


def preact_block(x, filters, stride, **kw):
    pre = bn_relu(x)
    out = conv3x3(pre, filters, stride=stride, **kw)
    out = conv3x3(bn_relu(out), filters, **kw)
    shortcut = conv1x1(pre, filters, stride=stride, **kw) if stride != 1 or x.shape[-1] != filters else x
    return out + shortcut
