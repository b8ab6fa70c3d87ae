"""Model classes with a common abstract base, alternative constructors and mixed precision."""
import abc
import keras
from keras import layers, mixed_precision

mixed_precision.set_global_policy("mixed_float16")


class BaseClassifier(abc.ABC):
    name: str = "base"
    loss = "sparse_categorical_crossentropy"

    def __init__(self, input_shape, num_classes, **hparams):
        self.input_shape = tuple(input_shape)
        self.num_classes = num_classes
        self.hparams = {**self.default_hparams(), **hparams}
        self._model = None

    @staticmethod
    def default_hparams():
        return {"width": 32, "dropout": 0.0}

    @classmethod
    def for_mnist(cls, **hparams):
        return cls((28, 28, 1), 10, **hparams)

    @classmethod
    def from_dict(cls, d):
        d = dict(d)
        return cls(d.pop("input_shape"), d.pop("num_classes"), **d)

    @property
    def model(self):
        if self._model is None:
            inputs = keras.Input(self.input_shape)
            features = self.extract(inputs)
            if self.hparams["dropout"] > 0:
                features = layers.Dropout(self.hparams["dropout"])(features)
            logits = layers.Dense(self.num_classes)(features)
            outputs = layers.Activation("softmax", dtype="float32")(logits)
            self._model = keras.Model(inputs, outputs, name=self.name)
        return self._model

    @abc.abstractmethod
    def extract(self, x):
        ...

    def compile(self, lr=1e-3):
        opt = mixed_precision.LossScaleOptimizer(keras.optimizers.Adam(lr))
        self.model.compile(optimizer=opt, loss=self.loss, metrics=["accuracy"])
        return self


class ConvClassifier(BaseClassifier):
    name = "conv"

    def extract(self, x):
        w = self.hparams["width"]
        x = layers.Conv2D(w, 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
        x = layers.Conv2D(2 * w, 3, activation="relu")(x)
        return layers.Flatten()(x)


class SeparableClassifier(ConvClassifier):
    name = "separable"

    @staticmethod
    def default_hparams():
        return {**BaseClassifier.default_hparams(), "width": 48, "blocks": 2}

    def extract(self, x):
        for i in range(self.hparams["blocks"]):
            x = layers.SeparableConv2D(self.hparams["width"] * 2**i, 3, padding="same")(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("gelu")(x)
            x = layers.MaxPooling2D()(x)
        return super().extract(x)


if __name__ == "__main__":
    a = ConvClassifier.for_mnist(dropout=0.5).compile()
    b = SeparableClassifier.from_dict({"input_shape": [64, 64, 3], "num_classes": 20, "blocks": 3}).compile(lr=1e-4)
    for c in (a, b):
        c.model.summary()
