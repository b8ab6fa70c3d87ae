"""Base class with hooks, subclasses that fill them in."""
from abc import ABC, abstractmethod

from tensorflow import keras
from tensorflow.keras import layers


class BaseNet(ABC):
    name = "base"
    shape = (32, 32, 3)

    def __init__(self, classes=10, **options):
        self.classes = classes
        self.options = {**self.defaults(), **options}
        self._model = None

    @staticmethod
    def defaults():
        return {"activation": "relu", "dropout": 0.0}

    @property
    def model(self):
        if self._model is None:
            self._model = self.make()
        return self._model

    def make(self):
        inputs = layers.Input(shape=self.shape)
        x = self.stem(inputs)
        x = self.body(x)
        return keras.Model(inputs, self.head(x), name=self.name)

    def stem(self, x):
        return layers.Conv2D(32, 3, padding="same", activation=self.options["activation"])(x)

    @abstractmethod
    def body(self, x):
        raise NotImplementedError

    def head(self, x):
        x = layers.GlobalAveragePooling2D()(x)
        if self.options["dropout"]:
            x = layers.Dropout(self.options["dropout"])(x)
        return layers.Dense(self.classes, activation="softmax")(x)


class PlainNet(BaseNet):
    name = "plain"

    def __init__(self, depth=3, **kw):
        super().__init__(**kw)
        self.depth = depth

    def body(self, x):
        for i in range(self.depth):
            x = layers.Conv2D(32 << i, 3, strides=2, padding="same", activation=self.options["activation"])(x)
        return x


class NormMixin:
    def stem(self, x):
        return layers.BatchNormalization()(super().stem(x))


class NormNet(NormMixin, PlainNet):
    name = "norm"
    shape = (48, 48, 1)

    @staticmethod
    def defaults():
        return dict(activation="gelu", dropout=0.25)


class SpectrogramNet(BaseNet):
    name = "spectrogram"
    shape = (128, 64, 1)

    def stem(self, x):
        return layers.Conv2D(16, (7, 3), strides=(2, 1), padding="same")(x)

    def body(self, x):
        x = layers.PReLU(shared_axes=[1, 2])(x)
        x = layers.GroupNormalization(groups=4)(x)
        return layers.Conv2D(32, (5, 5), dilation_rate=2)(x)


ALL = [cls() if cls is not PlainNet else cls(depth=2, classes=4) for cls in (PlainNet, NormNet, SpectrogramNet)]
for net in ALL:
    net.model.compile(optimizer="adam", loss="categorical_crossentropy")
