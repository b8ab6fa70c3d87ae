"""Models that are subclasses and functional at once: the graph is made in __init__."""
from __future__ import annotations

from typing import ClassVar, Optional, Protocol

import keras
from keras import layers
from keras.models import Model


class Backbone(keras.Model):
    """A small convolutional backbone with named levels."""

    LEVELS: ClassVar[tuple[str, ...]] = ("P2", "P3", "P4")

    def __init__(
        self,
        *,
        filters: Optional[list[int]] = None,
        image_shape: tuple[int | None, int | None, int] = (96, 96, 3),
        include_rescaling: bool = True,
        **kwargs,
    ):
        filters = filters or [16, 32, 64]
        image_input = layers.Input(shape=image_shape, name="images")
        x = image_input
        if include_rescaling:
            x = layers.Rescaling(scale=1 / 255.0)(x)
        x = layers.Conv2D(filters[0], 3, strides=2, padding="same", name="stem")(x)
        pyramid_outputs = {}
        for level, f in zip(self.LEVELS, filters):
            x = self._stage(x, f, name=level.lower())
            pyramid_outputs[level] = x
        super().__init__(inputs=image_input, outputs=x, **kwargs)
        self.pyramid_outputs = pyramid_outputs
        self.filters = filters

    @staticmethod
    def _stage(x, f, name):
        x = layers.Conv2D(f, 3, padding="same", use_bias=False, name=f"{name}_conv")(x)
        x = layers.BatchNormalization(name=f"{name}_bn")(x)
        x = layers.ReLU(name=f"{name}_relu")(x)
        return layers.MaxPooling2D(2, name=f"{name}_pool")(x)

    @classmethod
    def from_preset(cls, preset: str, **kwargs) -> "Backbone":
        presets = {"nano": [8, 16, 24], "base": [24, 48, 96]}
        return cls(filters=presets[preset], name=f"backbone_{preset}", **kwargs)


class Classifier(Model):
    def __init__(self, backbone: Backbone, num_classes: int, dropout: float = 0.0, activation=None, **kwargs):
        inputs = backbone.input
        x = layers.GlobalAveragePooling2D(name="pool")(backbone(inputs))
        if dropout:
            x = layers.Dropout(dropout, name="output_dropout")(x)
        outputs = layers.Dense(num_classes, activation=activation, name="predictions")(x)
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.backbone = backbone
        self.num_classes = num_classes

    def compile(self, optimizer="auto", loss="auto", *, metrics="auto", **kwargs):
        if optimizer == "auto":
            optimizer = keras.optimizers.Adam(5e-5)
        if loss == "auto":
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=self.layers[-1].activation == keras.activations.linear)
        if metrics == "auto":
            metrics = [keras.metrics.SparseCategoricalAccuracy()]
        super().compile(optimizer=optimizer, loss=loss, metrics=metrics, **kwargs)


nano = Classifier(Backbone.from_preset("nano"), num_classes=4, dropout=0.1, name="nano_classifier")
nano.compile()
any_size = Backbone(image_shape=(None, None, 1), include_rescaling=False)
levels = keras.Model(any_size.input, list(any_size.pyramid_outputs.values()), name="levels")
