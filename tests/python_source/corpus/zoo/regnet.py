"""RegNetX/Y from Designing Network Design Spaces."""
import numpy as np
from keras import Input, Model, layers
from typing import NamedTuple


class Params(NamedTuple):
    depth: int
    w0: int
    wa: float
    wm: float
    group_width: int
    se: bool = False

    @property
    def prefix(self):
        return 'y' if self.se else 'x'


MODELS = {
    'x200mf': Params(13, 24, 36.44, 2.49, 8),
    'x400mf': Params(22, 24, 24.48, 2.54, 16),
    'y200mf': Params(13, 24, 36.44, 2.49, 8, se=True),
}


def stages(p, q=8):
    """Widths and depths of the stages."""
    us = p.w0 + p.wa * np.arange(p.depth)
    ks = np.round(np.log(us / p.w0) / np.log(p.wm))
    ws = p.w0 * np.power(p.wm, ks)
    ws = np.round(ws / q) * q
    widths, depths = np.unique(ws.astype(int), return_counts=True)
    widths = [int(w // p.group_width * p.group_width) for w in widths]
    return list(zip(widths, depths.tolist()))


def conv_bn(x, f, k, s=1, groups=1, act='relu'):
    x = layers.Conv2D(f, k, s, 'same', groups=groups, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation(act)(x) if act else x


def se_block(x, w):
    s = layers.GlobalAvgPool2D(keepdims=True)(x)
    s = layers.Conv2D(w, 1, activation='relu')(s)
    s = layers.Conv2D(x.shape[-1], 1, activation='sigmoid')(s)
    return x * s


def x_block(x, w, s, p):
    w_in = x.shape[-1]
    y = conv_bn(x, w, 1)
    y = conv_bn(y, w, 3, s, groups=w // p.group_width)
    if p.se:
        y = se_block(y, w_in // 4)
    y = conv_bn(y, w, 1, act=None)
    if s != 1 or w_in != w:
        x = conv_bn(x, w, 1, s, act=None)
    return layers.ReLU()(x + y)


def regnet(name, shape=(224, 224, 3), classes=1000):
    p = MODELS[name]
    i = Input(shape)
    x = conv_bn(i, 32, 3, 2)
    for width, depth in stages(p):
        for d in range(depth):
            x = x_block(x, width, 2 if d == 0 else 1, p)
    x = layers.GlobalAvgPool2D()(x)
    return Model(i, layers.Dense(classes)(x), name=f'regnet{p.prefix}_{name[1:]}')


nets = {n: regnet(n, classes=100) for n in MODELS}
for n, m in nets.items():
    print(n, m.count_params() / 1e6)
