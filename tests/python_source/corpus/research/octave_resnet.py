"""Octave convolution on CIFAR. alpha = share of channels at low frequency."""
import math
import sys
import tensorflow as tf
from tensorflow.keras import Model, layers
from tensorflow.keras.layers import Add, AveragePooling2D, BatchNormalization, Conv2D, Dense, Input, Layer, ReLU, UpSampling2D


def split(channels, alpha):
    low = int(channels * alpha)
    return channels - low, low


class OctConv(Layer):
    def __init__(self, filters, alpha_in=0.5, alpha_out=0.5, kernel_size=3, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.high, self.low = split(filters, alpha_out)
        self.alpha_in, self.alpha_out = alpha_in, alpha_out
        self.strides = strides
        args = dict(kernel_size=kernel_size, padding='same', use_bias=False)
        self.hh = Conv2D(self.high, **args)
        self.hl = Conv2D(self.low, **args) if self.low else None
        self.lh = Conv2D(self.high, **args) if alpha_in > 0 else None
        self.ll = Conv2D(self.low, **args) if alpha_in > 0 and self.low else None
        self.pool = AveragePooling2D(2)
        self.up = UpSampling2D(2, interpolation='nearest')

    def call(self, inputs):
        if self.alpha_in > 0:
            h, l = inputs
        else:
            h, l = inputs, None
        if self.strides == 2:
            h = self.pool(h)
            l = self.pool(l) if l is not None else None
        out_h = self.hh(h)
        out_l = None
        if l is not None:
            out_h = out_h + self.up(self.lh(l))
        if self.hl is not None:
            out_l = self.hl(self.pool(h))
            if l is not None:
                out_l = out_l + self.ll(l)
        return out_h if out_l is None else [out_h, out_l]


class OctNorm(Layer):
    def __init__(self, two=True, relu=True):
        super().__init__()
        self.bns = [BatchNormalization() for _ in range(2 if two else 1)]
        self.relu = relu

    def call(self, xs, training=None):
        xs = xs if isinstance(xs, (list, tuple)) else [xs]
        ys = [bn(x, training=training) for bn, x in zip(self.bns, xs)]
        if self.relu:
            ys = [tf.nn.relu(y) for y in ys]
        return ys if len(ys) > 1 else ys[0]


def block(xs, filters, alpha, strides=1, last=False):
    ys = OctConv(filters, alpha, alpha, strides=strides)(xs)
    ys = OctNorm()(ys)
    ys = OctConv(filters, alpha, alpha)(ys)
    ys = OctNorm(relu=False)(ys)
    if strides > 1 or xs[0].shape[-1] != ys[0].shape[-1]:
        xs = OctConv(filters, alpha, alpha, 1, strides)(xs)
    return [ReLU()(Add()([a, b])) for a, b in zip(xs, ys)]


def oct_resnet(alpha, n=2, width=16, classes=10):
    image = Input((32, 32, 3))
    xs = OctConv(width, 0, alpha)(image)
    xs = OctNorm()(xs)
    for stage in range(3):
        for b in range(n):
            xs = block(xs, width * 2 ** stage, alpha, 2 if stage and not b else 1)
    x = OctConv(width * 4, alpha, 0)(xs)
    x = OctNorm(two=False)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return Model(image, Dense(classes)(x), name='oct%d' % round(100 * alpha))


def resnet(n=2, width=16, classes=10):
    def unit(x, f, s):
        y = ReLU()(BatchNormalization()(Conv2D(f, 3, s, 'same', use_bias=False)(x)))
        y = BatchNormalization()(Conv2D(f, 3, 1, 'same', use_bias=False)(y))
        x = x if s == 1 and x.shape[-1] == f else Conv2D(f, 1, s)(x)
        return ReLU()(x + y)
    x = image = Input((32, 32, 3))
    for f, s in [(width * 2 ** i, 1 + (i > 0 and j == 0)) for i in range(3) for j in range(n)]:
        x = unit(x, f, s)
    return Model(image, Dense(classes)(layers.GlobalAveragePooling2D()(x)), name='base')


if __name__ == '__main__':
    nets = [resnet()] + [oct_resnet(a) for a in (0.25, 0.5)]
    for net in nets:
        net.compile('sgd', tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
        print('%-8s %d' % (net.name, net.count_params()), file=sys.stderr)
