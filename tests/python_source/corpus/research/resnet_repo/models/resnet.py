import keras
from keras import layers
from models.blocks import *


def _resnet(n, input_shape, num_classes, width=16, weight_decay=1e-4, name=None):
    inputs = keras.Input(shape=input_shape)
    x = bn_relu(conv3x3(inputs, width, weight_decay=weight_decay))
    for stage, stride in enumerate((1, 2, 2)):
        filters = width * 2 ** stage
        for block in range(n):
            x = basic_block(x, filters, stride if block == 0 else 1, weight_decay=weight_decay)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(num_classes)(x)
    return keras.Model(inputs, outputs, name=name)


def resnet20(**kwargs):
    return _resnet(3, name="resnet20", **kwargs)


def resnet32(**kwargs):
    return _resnet(5, name="resnet32", **kwargs)


def resnet56(**kwargs):
    return _resnet(9, name="resnet56", **kwargs)
