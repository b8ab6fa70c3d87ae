"""Writing your own layers with keras.ops: max-blur pooling, coordinate convolution, squeeze-and-excitation."""
import numpy as np
import keras
from keras import ops


class BlurPool2D(keras.layers.Layer):
    """Anti-aliased downsampling."""

    def __init__(self, stride=2, **kwargs):
        super().__init__(**kwargs)
        self.stride = stride

    def build(self, shape):
        k = np.array([1.0, 2.0, 1.0])
        k = k[:, None] * k[None, :]
        k = (k / k.sum())[:, :, None, None]
        self.kernel = ops.convert_to_tensor(np.repeat(k, shape[-1], axis=2), "float32")

    def call(self, x):
        return ops.depthwise_conv(x, self.kernel, strides=self.stride, padding="same")


class AddCoords(keras.layers.Layer):
    def call(self, x):
        b, h, w = ops.shape(x)[0], x.shape[1], x.shape[2]
        ys = ops.linspace(-1.0, 1.0, h)
        xs = ops.linspace(-1.0, 1.0, w)
        yy = ops.broadcast_to(ops.reshape(ys, (1, h, 1, 1)), (b, h, w, 1))
        xx = ops.broadcast_to(ops.reshape(xs, (1, 1, w, 1)), (b, h, w, 1))
        return ops.concatenate([x, yy, xx], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:-1], shape[-1] + 2)


class SqueezeExcite(keras.layers.Layer):
    def __init__(self, ratio=4):
        super().__init__()
        self.ratio = ratio

    def build(self, input_shape):
        c = input_shape[-1]
        self.fc1 = keras.layers.Dense(c // self.ratio, activation="relu")
        self.fc2 = keras.layers.Dense(c, activation="sigmoid")
        self.built = True

    def call(self, x):
        w = ops.mean(x, axis=(1, 2))
        w = self.fc2(self.fc1(w))
        return ops.multiply(x, ops.reshape(w, (-1, 1, 1, x.shape[-1])))


inputs = keras.Input((48, 48, 3))
x = AddCoords()(inputs)
x = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(x)
x = BlurPool2D()(x)
x = SqueezeExcite()(x)
x = keras.layers.Conv2D(32, 3, padding="same", activation="relu")(x)
x = BlurPool2D(stride=3)(x)
x = SqueezeExcite(ratio=8)(x)
x = ops.max(x, axis=(1, 2))
outputs = keras.layers.Dense(4)(x)
model = keras.Model(inputs, outputs)
model.summary()

# numpy in, numpy out
print(BlurPool2D()(np.ones((1, 8, 8, 2), "float32")).shape)
