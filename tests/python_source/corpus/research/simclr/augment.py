import keras
from keras import layers


class Augmenter(layers.Layer):
    """Crops, flips and jitters; takes and gives images of the same size."""

    def __init__(self, image_size, min_area, brightness, jitter, **kwargs):
        super().__init__(**kwargs)
        zoom_factor = 1.0 - min_area ** 0.5
        self.image_size = image_size
        self.rescale = layers.Rescaling(1 / 255)
        self.flip = layers.RandomFlip("horizontal")
        self.translate = layers.RandomTranslation(zoom_factor / 2, zoom_factor / 2)
        self.zoom = layers.RandomZoom((-zoom_factor, 0.0), (-zoom_factor, 0.0))
        self.brightness, self.jitter = brightness, jitter

    def call(self, x):
        for layer in (self.rescale, self.flip, self.translate, self.zoom):
            x = layer(x)
        return x

    def compute_output_shape(self, input_shape):
        return input_shape
