"""Blocks for the notebook (so that I can test them)."""
import tensorflow as tf
from tensorflow.keras import layers
import tensorflow.keras as K

DEFAULT_REG = K.regularizers.L2(1e-5)


def _make_divisible(v, divisor=8, min_value=None):
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


class ConvBNAct(layers.Layer):
    def __init__(self, filters, kernel=3, stride=1, groups=1, act='relu6', **kw):
        super().__init__(**kw)
        if groups == -1:
            self.conv = layers.DepthwiseConv2D(kernel, stride, padding='same', use_bias=False)
        else:
            self.conv = layers.Conv2D(filters, kernel, stride, padding='same', use_bias=False, groups=groups,
                                      kernel_regularizer=DEFAULT_REG)
        self.bn = layers.BatchNormalization(momentum=0.9)
        self.act = layers.Activation(act) if act else None

    def call(self, x, training=None):
        x = self.bn(self.conv(x), training=training)
        return self.act(x) if self.act is not None else x


def inverted(x, out, expand=6, stride=1, alpha=1.0):
    cin = x.shape[-1]
    hidden = _make_divisible(cin * expand)
    out = _make_divisible(out * alpha)
    y = ConvBNAct(hidden, 1)(x) if expand != 1 else x
    y = ConvBNAct(None, 3, stride, groups=-1)(y)
    y = ConvBNAct(out, 1, act=None)(y)
    if stride == 1 and cin == out:
        y = layers.Add()([x, y])
    return y
