"""MobileViT (XXS and a tiny one): local by convolution, global by attention over unfolded patches."""
import dataclasses
from typing import Tuple

import keras
from keras import layers, ops


@dataclasses.dataclass
class Spec:
    channels: Tuple[int, ...] = (16, 16, 24, 24, 48, 64, 80, 320)
    dims: Tuple[int, ...] = (64, 80, 96)
    depths: Tuple[int, ...] = (2, 4, 3)
    expansion: int = 2
    patch: int = 2
    heads: int = 4
    size: int = 256
    classes: int = 1000


SPECS = {
    'xxs': Spec(),
    'tiny': Spec(channels=(8, 8, 16, 16, 24, 32, 40, 128), dims=(32, 40, 48), depths=(1, 1, 1), size=128, classes=10),
}


def conv_block(x, filters, kernel=3, strides=1):
    x = layers.Conv2D(filters, kernel, strides=strides, padding='same', use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return keras.activations.silu(x)


def correct_pad(inputs, kernel_size):
    h, w = inputs.shape[1:3]
    adjust = (1 - h % 2, 1 - w % 2)
    c = kernel_size // 2
    return ((c - adjust[0], c), (c - adjust[1], c))


def mv2(x, out, expansion, strides=1):
    inp = x
    m = layers.Conv2D(expansion * x.shape[-1], 1, padding='same', use_bias=False)(x)
    m = layers.BatchNormalization()(m)
    m = keras.activations.silu(m)
    if strides == 2:
        m = layers.ZeroPadding2D(padding=correct_pad(m, 3))(m)
    m = layers.DepthwiseConv2D(3, strides=strides, padding='same' if strides == 1 else 'valid', use_bias=False)(m)
    m = layers.BatchNormalization()(m)
    m = keras.activations.silu(m)
    m = layers.Conv2D(out, 1, padding='same', use_bias=False)(m)
    m = layers.BatchNormalization()(m)
    if inp.shape[-1] == out and strides == 1:
        return layers.Add()([m, inp])
    return m


class TransformerBlock(layers.Layer):
    def __init__(self, dim, heads, ratio=2, dropout=0.1, **kwargs):
        super().__init__(**kwargs)
        self.norm1 = layers.LayerNormalization(epsilon=1e-6)
        self.attn = layers.MultiHeadAttention(num_heads=heads, key_dim=dim, dropout=dropout)
        self.norm2 = layers.LayerNormalization(epsilon=1e-6)
        self.mlp = keras.Sequential([
            layers.Dense(dim * ratio, activation='silu'),
            layers.Dropout(dropout),
            layers.Dense(dim),
            layers.Dropout(dropout),
        ])

    def call(self, x):
        n = self.norm1(x)
        x = x + self.attn(n, n)
        return x + self.mlp(self.norm2(x))


def mobilevit_block(x, spec, depth, dim):
    p = spec.patch
    channels = x.shape[-1]
    local = conv_block(x, dim)
    local = conv_block(local, dim, kernel=1)
    h, w = local.shape[1], local.shape[2]
    n = (h // p) * (w // p)
    # unfold: B, n, p*p, d  (attention runs along n, for each place within a patch)
    y = layers.Reshape((h // p, p, w // p, p, dim))(local)
    y = layers.Permute((2, 4, 1, 3, 5))(y)
    y = layers.Reshape((p * p, n, dim))(y)
    for _ in range(depth):
        y = TransformerBlock(dim, spec.heads)(y)
    y = layers.LayerNormalization(epsilon=1e-6)(y)
    y = layers.Reshape((p, p, h // p, w // p, dim))(y)
    y = layers.Permute((3, 1, 4, 2, 5))(y)
    y = layers.Reshape((h, w, dim))(y)
    y = conv_block(y, channels, kernel=1)
    y = layers.Concatenate(axis=-1)([x, y])
    return conv_block(y, channels)


def mobilevit(name='xxs', **changes):
    spec = dataclasses.replace(SPECS[name], **changes)
    c = spec.channels
    inputs = keras.Input((spec.size, spec.size, 3))
    x = layers.Rescaling(scale=1.0 / 255)(inputs)
    x = conv_block(x, c[0], strides=2)
    x = mv2(x, c[1], spec.expansion)
    x = mv2(x, c[2], spec.expansion, 2)
    for _ in range(2):
        x = mv2(x, c[3], spec.expansion)
    for filters, dim, depth in zip(c[4:7], spec.dims, spec.depths):
        x = mv2(x, filters, spec.expansion, strides=2)
        x = mobilevit_block(x, spec, depth, dim)
    x = conv_block(x, c[7], kernel=1)
    x = layers.GlobalAvgPool2D()(x)
    return keras.Model(inputs, layers.Dense(spec.classes, activation='softmax')(x), name='mobilevit_' + name)


if __name__ == '__main__':
    for key in SPECS:
        model = mobilevit(key)
        print(f'{model.name:16}{model.count_params():>12,}')
    print(mobilevit('tiny', size=192, heads=2).output_shape)
