"""Residual classifier out of custom layers, serialisable."""
from typing import Optional, Tuple, Union

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="vision")
class ConvBnAct(layers.Layer):
    """Convolution, batch norm and an optional activation."""

    def __init__(self, filters: int, kernel_size: int = 3, strides: int = 1, activation: Optional[str] = "relu", **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.activation_name = activation
        self.conv = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=False)
        self.bn = layers.BatchNormalization()
        self.act = layers.Activation(activation) if activation else None

    def call(self, x, training=None):
        x = self.bn(self.conv(x), training=training)
        return self.act(x) if self.act is not None else x

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "activation": self.activation_name,
        }


@keras.saving.register_keras_serializable(package="vision")
class ResidualUnit(layers.Layer):
    def __init__(self, filters: int, strides: int = 1, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.strides = filters, strides
        self.a = ConvBnAct(filters, strides=strides)
        self.b = ConvBnAct(filters, activation=None)
        self.add = layers.Add()
        self.relu = layers.ReLU()
        self.project = None

    def build(self, input_shape):
        if self.strides != 1 or input_shape[-1] != self.filters:
            self.project = ConvBnAct(self.filters, kernel_size=1, strides=self.strides, activation=None)
        super().build(input_shape)

    def call(self, x, training=None):
        y = self.b(self.a(x, training=training), training=training)
        shortcut = x if self.project is None else self.project(x, training=training)
        return self.relu(self.add([shortcut, y]))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}


class ResidualClassifier(keras.Model):
    """Stem, stages of residual units, pooled head. Takes (batch, h, w, c), gives logits."""

    def __init__(self, num_classes: int, stages: Tuple[Tuple[int, int], ...] = ((32, 1), (64, 2)), **kwargs):
        super().__init__(**kwargs)
        self.stem = ConvBnAct(32, 7, 2, name="stem")
        self.units = []
        for i, (filters, repeats) in enumerate(stages):
            for j in range(repeats):
                self.units.append(ResidualUnit(filters, strides=2 if i > 0 and j == 0 else 1, name=f"stage{i}_unit{j}"))
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(num_classes, name="logits")

    def call(self, inputs, training=None):
        x = self.stem(inputs, training=training)
        for unit in self.units:
            x = unit(x, training=training)
        return self.head(self.pool(x))


def as_functional(num_classes: int = 12) -> keras.Model:
    inputs = keras.Input((128, 128, 3))
    x = ConvBnAct(16, strides=2)(inputs)
    x = ResidualUnit(16)(x)
    x = ResidualUnit(32, strides=2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x), name="functional_residual")


if __name__ == "__main__":
    subclassed = ResidualClassifier(num_classes=12)
    subclassed(keras.ops.zeros((1, 128, 128, 3)))  # makes the weights
    subclassed.summary()
    functional = as_functional()
    functional.summary()
