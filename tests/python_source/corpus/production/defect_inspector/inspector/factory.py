import keras
from keras import layers

from . import backbones
from .config import HeadConfig, InspectorConfig


class _Head:
    def __init__(self, config: HeadConfig) -> None:
        self._config = config

    def __call__(self, features):
        x = features
        for index, units in enumerate(self._config.hidden):
            x = layers.Dense(units, activation="relu", name=f"{self._config.name}_hidden_{index}")(x)
        if self._config.dropout > 0:
            x = layers.Dropout(self._config.dropout)(x)
        return layers.Dense(self._config.units, activation=self._config.activation, name=self._config.name)(x)


def create_inspector(config: InspectorConfig) -> keras.Model:
    image = keras.Input(config.input_shape, name="image")
    x = layers.Rescaling(1 / 255)(image)
    x = layers.Conv2D(config.backbone.stem, 5, strides=2, padding="same", activation=config.backbone.activation)(x)
    *_, last = backbones.get_backbone(config.backbone.kind)(x, config.backbone)
    features = layers.GlobalAveragePooling2D(name="features")(last)
    outputs = {head.name: _Head(head)(features) for head in config.heads}
    if len(outputs) == 1:
        (outputs,) = outputs.values()
    model = keras.Model(inputs=image, outputs=outputs, name=f"inspector_{config.backbone.kind}")
    backbones.logger.info("built %s with %d parameters", model.name, model.count_params())
    return model
