"""Building blocks."""
from keras import layers, ops

from .settings import Settings


class ECA(layers.Layer):
    """Efficient channel attention: a 1-D convolution over the channels."""

    def __init__(self, kernel_size=3, **kwargs):
        super().__init__(**kwargs)
        self.kernel_size = kernel_size

    def build(self, input_shape):
        self.conv = layers.Conv1D(1, self.kernel_size, padding="same", use_bias=False)
        self.conv.build((None, input_shape[-1], 1))
        super().build(input_shape)

    def call(self, x):
        y = ops.mean(x, axis=[1, 2])
        y = self.conv(ops.expand_dims(y, -1))
        y = ops.sigmoid(ops.squeeze(y, -1))
        return x * y[:, None, None, :]

    def compute_output_shape(self, input_shape):
        return input_shape


def double_conv(x, filters, settings: Settings):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
    return ECA()(x) if settings.attention else x
