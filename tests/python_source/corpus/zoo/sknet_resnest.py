"""Selective kernels and split attention."""
import tensorflow as tf
from tensorflow.keras import Sequential, layers
from tensorflow.keras.layers import *
from tensorflow.keras.models import Model


class ConvBN(object):
    """A function with a memory: what was given is used by every call."""
    count = 0

    def __init__(self, filters, kernel_size, activation='relu', **kwargs):
        self.args = (filters, kernel_size)
        self.kwargs = {'padding': 'same', 'use_bias': False, **kwargs}
        self.activation = activation
        ConvBN.count += 1

    def __call__(self, x):
        x = Conv2D(*self.args, **self.kwargs)(x)
        x = BatchNormalization()(x)
        if self.activation:
            x = Activation(self.activation)(x)
        return x


def sk_conv(x, filters, M=2, r=8, L=16, groups=8, strides=1):
    d = max(int(filters / r), L)
    xs = []
    for m in range(1, M + 1):
        xs.append(ConvBN(filters, 3, strides=strides, groups=groups, dilation_rate=m if strides == 1 else 1)(x))
    U = Add()(xs)
    s = GlobalAveragePooling2D()(U)
    z = Dense(d)(s)
    z = BatchNormalization()(z)
    z = ReLU()(z)
    logits = [Reshape((1, 1, 1, filters))(Dense(filters)(z)) for _ in range(M)]
    a = Softmax(axis=1)(Concatenate(axis=1)(logits))
    stacked = Concatenate(axis=1)([Reshape((1,) + tuple(u.shape[1:]))(u) for u in xs])
    V = Multiply()([stacked, a])
    return Lambda(lambda t: tf.reduce_sum(t, axis=1), output_shape=lambda s: (s[0],) + tuple(s[2:]))(V)


def split_attention(x, filters, radix=2, cardinality=1, strides=1):
    u = ConvBN(filters * radix, 3, groups=cardinality * radix)(x)
    splits = [u[..., i * filters:(i + 1) * filters] for i in range(radix)] if radix > 1 else [u]
    gap = add(splits) if radix > 1 else u
    gap = GlobalAveragePooling2D(keepdims=True)(gap)
    inter = max(filters * radix // 4, 32)
    att = Conv2D(inter, 1, groups=cardinality)(gap)
    att = ReLU()(BatchNormalization()(att))
    att = Conv2D(filters * radix, 1, groups=cardinality)(att)
    if radix == 1:
        y = multiply([u, Activation('sigmoid')(att)])
    else:
        att = Softmax(axis=1)(Reshape((radix, filters))(att))
        out = []
        for i in range(radix):
            w = Reshape((1, 1, filters))(att[:, i])
            out.append(multiply([splits[i], w]))
        y = add(out)
    return AveragePooling2D(3, strides, padding='same')(y) if strides > 1 else y


def unit(x, filters, transform, strides=1, expansion=2):
    y = ConvBN(filters, 1)(x)
    y = transform(y, filters, strides=strides)
    y = ConvBN(filters * expansion, 1, None)(y)
    if strides > 1:
        x = AveragePooling2D(strides, strides, padding='same')(x)
    if x.shape[-1] != y.shape[-1]:
        x = ConvBN(filters * expansion, 1, None)(x)
    return ReLU()(add([x, y]))


def net(transform, widths, depths, size=64, classes=100):
    i = Input((size, size, 3))
    x = Sequential([Conv2D(32, 3, 2, 'same', use_bias=False), BatchNormalization(), ReLU()], name='stem')(i)
    for s, (w, d) in enumerate(zip(widths, depths)):
        for b in range(d):
            x = unit(x, w, transform, strides=2 if s and not b else 1)
    x = GlobalAveragePooling2D()(x)
    o = Dense(classes, activation='softmax')(x)
    return Model(i, o, name=getattr(transform, '__name__', 'net'))


def SKNet(**kw):
    return net(sk_conv, [32, 64, 128], [1, 2, 1], **kw)


def ResNeSt(radix=2, **kw):
    def transform(x, filters, strides):
        return split_attention(x, filters, radix=radix, strides=strides)
    transform.__name__ = f'resnest_{radix}'
    return net(transform, (32, 64), (2, 2), **kw)


ZOO = dict(sknet=SKNet, resnest=ResNeSt, resnest1=lambda **kw: ResNeSt(radix=1, **kw))

if __name__ == '__main__':
    for key, make in ZOO.items():
        model = make(classes=10) if key != 'sknet' else make()
        print('%s: %d parameters in %d layers (%d ConvBN)' % (key, model.count_params(), len(model.layers), ConvBN.count))
