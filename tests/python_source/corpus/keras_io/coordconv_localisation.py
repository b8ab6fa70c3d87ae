"""
Title: Localising a blob with CoordConv
Description: Plain convolutions regress coordinates badly; two more channels help.
Accelerator: None
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import keras
from keras import layers, ops

"""
## Data: one white square on a black ground
"""

CANVAS = 64
SQUARE = 9
num_samples = 512


def make_sample(rng):
    x, y = rng.integers(0, CANVAS - SQUARE, size=2)
    image = np.zeros((CANVAS, CANVAS, 1), dtype="float32")
    image[y : y + SQUARE, x : x + SQUARE] = 1.0
    return image, np.array([x, y], dtype="float32") / CANVAS


rng = np.random.default_rng(1337)
images, targets = map(np.stack, zip(*(make_sample(rng) for _ in range(num_samples))))

"""
## The layer
"""


class AddCoords(layers.Layer):
    def __init__(self, with_r=False, **kwargs):
        super().__init__(**kwargs)
        self.with_r = with_r

    def call(self, inputs):
        batch, height, width = ops.shape(inputs)[:3]
        ys = ops.linspace(-1.0, 1.0, height)
        xs = ops.linspace(-1.0, 1.0, width)
        yy, xx = ops.meshgrid(ys, xs, indexing="ij")
        grid = [yy, xx]
        if self.with_r:
            grid.append(ops.sqrt(ops.square(yy) + ops.square(xx)))
        coords = ops.stack(grid, axis=-1)[None]
        coords = ops.tile(coords, [batch, 1, 1, 1])
        return ops.concatenate([inputs, coords], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 2 + int(self.with_r))

    def get_config(self):
        return {**super().get_config(), "with_r": self.with_r}


class CoordConv2D(layers.Layer):
    def __init__(self, filters, kernel_size, with_r=False, **kwargs):
        name = kwargs.pop("name", None)
        super().__init__(name=name)
        self.add = AddCoords(with_r)
        self.conv = layers.Conv2D(filters, kernel_size, **kwargs)

    def call(self, x):
        return self.conv(self.add(x))


"""
## Three models
"""


def get_model(kind):
    inputs = keras.Input((CANVAS, CANVAS, 1))
    x = inputs
    if kind == "first":
        x = AddCoords()(x)
    for filters in (8, 16, 32):
        if kind == "everywhere":
            x = CoordConv2D(filters, 3, with_r=True, strides=2, padding="same", activation="relu")(x)
        else:
            x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dense(32, activation="relu")(x)
    outputs = layers.Dense(2, name="xy")(x)
    return keras.Model(inputs, outputs, name=f"coord_{kind}")


histories = {}
for kind in ["none", "first", "everywhere"]:
    model = get_model(kind)
    model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="mse", metrics=["mae"])
    histories[kind] = model.fit(images, targets, epochs=20, validation_split=0.1).history

keras.utils.plot_model(model, show_shapes=True)
