from tensorflow.python.keras.utils.generic_utils import to_list  # noqa
import numpy as np
import tensorflow as tf
from tensorflow import keras


class PixelNorm(keras.layers.Layer):
    def call(self, x):
        return x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), axis=-1, keepdims=True) + 1e-8)


class MinibatchStd(keras.layers.Layer):
    def call(self, x):
        std = tf.math.reduce_std(x, axis=0, keepdims=True)
        mean = tf.reduce_mean(std)
        extra = tf.zeros_like(x[..., :1]) + mean
        return tf.concat([x, extra], axis=-1)

    def compute_output_shape(self, shape):
        return tuple(shape[:-1]) + (shape[-1] + 1,)


class EqualConv(keras.layers.Conv2D):
    """Equalised learning rate: weights are scaled when they are used."""

    def __init__(self, filters, kernel_size=3, gain=2., **kwargs):
        kwargs.setdefault('padding', 'same')
        kwargs['kernel_initializer'] = keras.initializers.RandomNormal(0., 1.)
        super().__init__(filters, kernel_size, **kwargs)
        self.gain = gain

    def call(self, x):
        fan_in = np.prod(self.kernel.shape[:-1])
        scale = np.sqrt(self.gain / fan_in)
        return super().call(x * scale)


class FadeIn(keras.layers.Layer):
    """(1 - alpha) old + alpha new"""

    def __init__(self, **kw):
        super().__init__(**kw)
        self.alpha = self.add_weight(shape=(), initializer='zeros', trainable=False, name='alpha')

    def call(self, pair):
        old, new = to_list(pair)
        return (1. - self.alpha) * old + self.alpha * new
