# GhostNet: more features from cheap operations, https://arxiv.org/abs/1911.11907
import math
import tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras.layers import Conv2D, DepthwiseConv2D, BatchNormalization, ReLU, Add, Concatenate


def _make_divisible(v, divisor, min_value=None):
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


def squeeze_excite(x, ratio=0.25):
    channels = int(x.shape[-1])
    reduced = _make_divisible(channels * ratio, 4)
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = Conv2D(reduced, 1)(y)
    y = ReLU()(y)
    y = Conv2D(channels, 1, activation='hard_sigmoid')(y)
    return layers.Multiply()([x, y])


def ghost_module(x, oup, kernel_size=1, ratio=2, dw_size=3, stride=1, relu=True):
    init_channels = math.ceil(oup / ratio)
    new_channels = init_channels * (ratio - 1)
    x1 = Conv2D(init_channels, kernel_size, strides=stride, padding='same', use_bias=False)(x)
    x1 = BatchNormalization()(x1)
    x1 = ReLU()(x1) if relu else x1
    x2 = DepthwiseConv2D(dw_size, padding='same', depth_multiplier=ratio - 1, use_bias=False)(x1)
    x2 = BatchNormalization()(x2)
    x2 = ReLU()(x2) if relu else x2
    out = Concatenate()([x1, x2])
    return out[..., :oup] if init_channels + new_channels > oup else out


def ghost_bottleneck(x, hidden, oup, k, s, se):
    inp = x.shape[-1]
    y = ghost_module(x, hidden)
    if s > 1:
        y = DepthwiseConv2D(k, strides=s, padding='same', use_bias=False)(y)
        y = BatchNormalization()(y)
    if se > 0:
        y = squeeze_excite(y, se)
    y = ghost_module(y, oup, relu=False)
    if inp == oup and s == 1:
        short = x
    else:
        short = DepthwiseConv2D(k, strides=s, padding='same', use_bias=False)(x)
        short = BatchNormalization()(short)
        short = Conv2D(oup, 1, use_bias=False)(short)
        short = BatchNormalization()(short)
    return Add()([y, short])


CFGS = [
    # k, t, c, SE, s
    [[3, 16, 16, 0, 1]],
    [[3, 48, 24, 0, 2]],
    [[3, 72, 24, 0, 1]],
    [[5, 72, 40, 0.25, 2]],
    [[5, 120, 40, 0.25, 1]],
    [[3, 240, 80, 0, 2]],
    [[3, 200, 80, 0, 1], [3, 184, 80, 0, 1], [3, 184, 80, 0, 1], [3, 480, 112, 0.25, 1], [3, 672, 112, 0.25, 1]],
    [[5, 672, 160, 0.25, 2]],
    [[5, 960, 160, 0, 1], [5, 960, 160, 0.25, 1], [5, 960, 160, 0, 1], [5, 960, 160, 0.25, 1]],
]


def GhostNet(input_shape=(224, 224, 3), num_classes=1000, width=1.0, dropout=0.2):
    inputs = layers.Input(shape=input_shape)
    out_ch = _make_divisible(16 * width, 4)
    x = Conv2D(out_ch, 3, strides=2, padding='same', use_bias=False)(inputs)
    x = BatchNormalization()(x)
    x = ReLU()(x)
    exp_size = None
    for cfg in CFGS:
        for k, exp_size, c, se_ratio, s in cfg:
            x = ghost_bottleneck(x, _make_divisible(exp_size * width, 4), _make_divisible(c * width, 4), k, s, se_ratio)
    exp_ch = _make_divisible(exp_size * width, 4)
    x = Conv2D(exp_ch, 1, use_bias=False)(x)
    x = BatchNormalization()(x)
    x = ReLU()(x)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = Conv2D(1280, 1)(x)
    x = ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Dense(num_classes, activation='softmax')(x)
    return Model(inputs, x, name=f'ghostnet_{int(width * 10):03d}')


ghostnet = GhostNet()
ghostnet_slim = GhostNet((96, 96, 1), 2, width=0.5)
