import keras
from keras import layers


class Tower(layers.Layer):
    def __init__(self, widths):
        super().__init__()
        self.steps = [layers.Conv2D(w, 3, strides=2) for w in widths]
        self.merge = layers.Add()

    def call(self, x):
        outs = []
        for step in self.steps:
            x = step(x)
            outs.append(x)
        return self.merge(outs)


inputs = keras.Input((64, 64, 3))
x = Tower([32, 32])(inputs)
model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
