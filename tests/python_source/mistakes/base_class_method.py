from abc import ABC
import keras
from keras import layers


class Base(ABC):
    widths = (32, 64)

    def build(self):
        image = keras.Input(self.shape)
        x = image
        for w in self.widths:
            x = self.block(x, w)
        return keras.Model(image, self.head(x))

    def block(self, x, w):
        return layers.MaxPooling2D()(layers.Conv2D(w, 3, activation="relu")(x))

    def head(self, x):
        x = layers.Flatten()(x)
        return layers.Dense(self.classes)(x)


class Deep(Base):
    shape = (28, 28, 1)
    classes = 10
    widths = (16, 32, 64, 128)


class Shallow(Base):
    shape = (28, 28, 1)
    classes = 10


nets = [cls().build() for cls in (Shallow, Deep)]
