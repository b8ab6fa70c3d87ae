import keras
from keras import layers


class Segmenter(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(16, 3, padding="same", activation="relu")
        self.second = layers.Conv2D(32, 3, padding="same")
        self.third = layers.Conv2D(32, 3, padding="same", activation="relu")
        self.mask = layers.Conv2D(1, 1, activation="sigmoid")

    def call(self, x):
        x = self.first(x)
        x = self.third(self.second(x))
        return self.mask(x)


net = Segmenter()
net(keras.Input((64, 64, 3)))
