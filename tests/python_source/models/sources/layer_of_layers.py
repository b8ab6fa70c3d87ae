import keras
from keras import layers
from keras.models import Model


class Residual(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(filters, 3, padding="same")
        self.norm = layers.BatchNormalization()

    def build(self, input_shape):
        self.project = layers.Conv2D(self.conv.filters, 1) if input_shape[-1] != self.conv.filters else None
        super().build(input_shape)

    def call(self, inputs, training=False):
        x = self.norm(self.conv(inputs), training=training)
        return layers.add([x, inputs if self.project is None else self.project(inputs)])


start = keras.Input((8, 8, 3))
model = Model(start, Residual(4, name="second")(Residual(4, name="first")(start)))
shape = model.output_shape
