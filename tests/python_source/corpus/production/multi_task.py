"""Shared trunk, one head per task."""
import abc
import enum
from collections import OrderedDict
from typing import Mapping

import keras
import tensorflow as tf
from keras import layers


class Task(enum.Enum):
    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    SEGMENTATION = "segmentation"


class Head(abc.ABC):
    def __init__(self, name: str, size: int):
        self.name = name
        self.size = size

    @abc.abstractmethod
    def attach(self, features): ...

    @property
    def loss(self):
        return self.LOSS


class ClassHead(Head):
    LOSS = "sparse_categorical_crossentropy"

    def attach(self, features):
        x = layers.GlobalAveragePooling2D(name=f"{self.name}_gap")(features)
        return layers.Dense(self.size, activation="softmax", name=self.name)(x)


class RegressionHead(Head):
    LOSS = "mse"

    def attach(self, features):
        x = layers.Flatten(name=f"{self.name}_flat")(features)
        x = layers.Dense(32, activation="relu", name=f"{self.name}_hidden")(x)
        return layers.Dense(self.size, name=self.name)(x)


class MaskHead(Head):
    LOSS = "binary_crossentropy"

    def attach(self, features):
        x = layers.UpSampling2D(4, interpolation="bilinear", name=f"{self.name}_up")(features)
        return layers.Conv2D(self.size, 1, activation="sigmoid", name=self.name)(x)


HEADS = {Task.CLASSIFICATION: ClassHead, Task.REGRESSION: RegressionHead, Task.SEGMENTATION: MaskHead}


class MultiTaskNet:
    INPUT = (96, 128, 3)

    def __init__(self, tasks: Mapping[str, tuple]):
        self.heads = [HEADS[kind](name, size) for name, (kind, size) in tasks.items()]

    @staticmethod
    def trunk(x):
        for i, f in enumerate([24, 48]):
            x = layers.Conv2D(f, 3, padding="same", activation="relu", name=f"trunk_{i}")(x)
            x = layers.MaxPooling2D(name=f"trunk_pool_{i}")(x)
        return x

    @classmethod
    def for_cars(cls) -> "MultiTaskNet":
        return cls(OrderedDict(
            make=(Task.CLASSIFICATION, 43),
            box=(Task.REGRESSION, 4),
            mask=(Task.SEGMENTATION, 1),
        ))

    def build(self) -> keras.Model:
        image = keras.Input(self.INPUT, name="image")
        features = self.trunk(image)
        model = keras.Model(image, {h.name: h.attach(features) for h in self.heads}, name="multi_task")
        model.compile(optimizer="adam", loss={h.name: h.loss for h in self.heads})
        return model


model = MultiTaskNet.for_cars().build()
only_boxes = MultiTaskNet({"box": (Task.REGRESSION, 6)}).build()
