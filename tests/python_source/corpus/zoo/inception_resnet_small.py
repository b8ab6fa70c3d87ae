# -*- coding: utf-8 -*-
"""Inception-ResNet (small), in the manner of keras-applications."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import warnings

from tensorflow import keras

backend = keras.backend
layers = keras.layers
models = keras.models
keras_utils = keras.utils

WEIGHTS = {None, 'imagenet'}


class CustomScaleLayer(layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def get_config(self):
        config = super().get_config()
        config.update({'scale': self.scale})
        return config

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale


def conv2d_bn(x, filters, kernel_size, strides=1, padding='same', activation='relu', use_bias=False, name=None):
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=use_bias, name=name)(x)
    if not use_bias:
        bn_axis = 1 if backend.image_data_format() == 'channels_first' else 3
        bn_name = None if name is None else name + '_bn'
        x = layers.BatchNormalization(axis=bn_axis, scale=False, name=bn_name)(x)
    if activation is not None:
        ac_name = None if name is None else name + '_ac'
        x = layers.Activation(activation, name=ac_name)(x)
    return x


def inception_resnet_block(x, scale, block_type, block_idx, activation='relu'):
    if block_type == 'block35':
        branch_0 = conv2d_bn(x, 16, 1)
        branch_1 = conv2d_bn(x, 16, 1)
        branch_1 = conv2d_bn(branch_1, 16, 3)
        branch_2 = conv2d_bn(x, 16, 1)
        branch_2 = conv2d_bn(branch_2, 24, 3)
        branch_2 = conv2d_bn(branch_2, 32, 3)
        branches = [branch_0, branch_1, branch_2]
    elif block_type == 'block17':
        branch_0 = conv2d_bn(x, 96, 1)
        branch_1 = conv2d_bn(x, 64, 1)
        branch_1 = conv2d_bn(branch_1, 80, [1, 7])
        branch_1 = conv2d_bn(branch_1, 96, [7, 1])
        branches = [branch_0, branch_1]
    elif block_type == 'block8':
        branch_0 = conv2d_bn(x, 96, 1)
        branch_1 = conv2d_bn(x, 96, 1)
        branch_1 = conv2d_bn(branch_1, 112, [1, 3])
        branch_1 = conv2d_bn(branch_1, 128, [3, 1])
        branches = [branch_0, branch_1]
    else:
        raise ValueError('Unknown Inception-ResNet block type. Expects "block35", "block17" or "block8", '
                         'but got: ' + str(block_type))
    block_name = block_type + '_' + str(block_idx)
    channel_axis = 1 if backend.image_data_format() == 'channels_first' else 3
    mixed = layers.Concatenate(axis=channel_axis, name=block_name + '_mixed')(branches)
    up = conv2d_bn(mixed, x.shape[channel_axis], 1, activation=None, use_bias=True, name=block_name + '_conv')
    x = CustomScaleLayer(scale, name=block_name)([x, up])
    if activation is not None:
        x = layers.Activation(activation, name=block_name + '_ac')(x)
    return x


def SmallInceptionResNet(include_top=True, weights=None, input_tensor=None, input_shape=None, pooling=None, classes=1000, **kwargs):
    if not (weights in WEIGHTS or os.path.exists(weights)):
        raise ValueError('The `weights` argument should be None, `imagenet` or a file')
    if weights == 'imagenet' and include_top and classes != 1000:
        raise ValueError('If using `weights` as `"imagenet"` with `include_top` as true, `classes` should be 1000')
    if input_shape is None:
        input_shape = (149, 149, 3) if include_top else (None, None, 3)
    if input_tensor is None:
        img_input = layers.Input(shape=input_shape)
    else:
        img_input = input_tensor

    x = conv2d_bn(img_input, 16, 3, strides=2, padding='valid')
    x = conv2d_bn(x, 16, 3, padding='valid')
    x = conv2d_bn(x, 32, 3)
    x = layers.MaxPooling2D(3, strides=2)(x)
    branch_0 = conv2d_bn(x, 48, 1)
    branch_1 = conv2d_bn(conv2d_bn(x, 24, 1), 32, 5)
    branch_pool = layers.AveragePooling2D(3, strides=1, padding='same')(x)
    branch_pool = conv2d_bn(branch_pool, 32, 1)
    x = layers.Concatenate(axis=3, name='mixed_5b')([branch_0, branch_1, branch_pool])
    for block_idx in range(1, 4):
        x = inception_resnet_block(x, scale=0.17, block_type='block35', block_idx=block_idx)
    x = layers.Concatenate(name='mixed_6a')([
        conv2d_bn(x, 96, 3, strides=2, padding='valid'),
        conv2d_bn(conv2d_bn(conv2d_bn(x, 64, 1), 64, 3), 96, 3, strides=2, padding='valid'),
        layers.MaxPooling2D(3, strides=2, padding='valid')(x),
    ])
    for block_idx in range(1, 3):
        x = inception_resnet_block(x, scale=0.1, block_type='block17', block_idx=block_idx)
    for block_idx in range(1, 2):
        x = inception_resnet_block(x, scale=0.2, block_type='block8', block_idx=block_idx)
    x = inception_resnet_block(x, scale=1., activation=None, block_type='block8', block_idx=2)
    x = conv2d_bn(x, 256, 1, name='conv_7b')

    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dense(classes, activation='softmax', name='predictions')(x)
    else:
        if pooling == 'avg':
            x = layers.GlobalAveragePooling2D()(x)
        elif pooling == 'max':
            x = layers.GlobalMaxPooling2D()(x)
    inputs = keras_utils.get_source_inputs(input_tensor) if input_tensor is not None else img_input
    model = models.Model(inputs, x, name='small_inception_resnet')
    if weights is not None:
        warnings.warn('no weights yet')
    return model


if __name__ == '__main__':
    net = SmallInceptionResNet(classes=120)
    net.summary()
    trunk = SmallInceptionResNet(include_top=False, input_shape=(96, 96, 1), pooling='avg')
    inputs = keras.Input((96, 96, 1))
    outputs = layers.Dense(7, 'softmax')(trunk(inputs))
    small = keras.Model(inputs, outputs)
