from tensorflow import keras
from tensorflow.keras.layers import (AveragePooling2D, Dense, Flatten, Input, LeakyReLU, Reshape, UpSampling2D)

from layers import *

LATENT = 64
WIDTHS = {4: 64, 8: 64, 16: 32, 32: 16}


def lrelu():
    return LeakyReLU(0.2)


def to_rgb(x, res):
    return EqualConv(3, 1, gain=1., activation='tanh', name='rgb_%d' % res)(x)


def generator(res, fade=False):
    z = Input((LATENT,))
    x = PixelNorm()(z)
    x = Dense(4 * 4 * WIDTHS[4])(x)
    x = Reshape((4, 4, WIDTHS[4]))(lrelu()(x))
    r, old = 4, None
    while r < res:
        r *= 2
        old = x
        x = UpSampling2D()(x)
        for k in 'ab':
            x = EqualConv(WIDTHS[r], name='g%d%s' % (r, k))(x)
            x = lrelu()(x)
            x = PixelNorm()(x)
    rgb = to_rgb(x, res)
    if fade and old is not None:
        rgb = FadeIn()([UpSampling2D()(to_rgb(old, res // 2)), rgb])
    return keras.Model(z, rgb, name='G%d%s' % (res, 'f' if fade else ''))


def critic(res):
    img = Input((res, res, 3))
    x = lrelu()(EqualConv(WIDTHS[res], 1)(img))
    for r in sorted(WIDTHS, reverse=True):
        if r > res or r == 4:
            continue
        x = lrelu()(EqualConv(WIDTHS[r], name='d%da' % r)(x))
        x = lrelu()(EqualConv(WIDTHS[r // 2], name='d%db' % r)(x))
        x = AveragePooling2D(2)(x)
    x = MinibatchStd()(x)
    x = lrelu()(EqualConv(WIDTHS[4])(x))
    x = lrelu()(EqualConv(WIDTHS[4], 4, padding='valid')(x))
    return keras.Model(img, Dense(1)(Flatten()(x)), name='D%d' % res)
