import keras
from keras import layers

from vision.nn import double_conv
from vision.settings import PRESETS, Settings


def build(preset="default", **overrides):
    settings = PRESETS[preset]
    if overrides:
        settings = Settings(**{**vars(settings), **overrides})
    image = keras.Input((settings.image_size, settings.image_size, settings.bands))
    x, filters = image, settings.base_filters
    for level in range(settings.depth):
        if level > 0:
            x = layers.MaxPooling2D(2)(x)
        x = double_conv(x, filters, settings)
        filters *= 2
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, layers.Dense(settings.classes, activation="sigmoid")(x), name="land_cover")
