"""Recognition of text lines: CNN, columns, recurrent layers and CTC."""

from __future__ import annotations

import enum
import functools
import string
from typing import ClassVar, NamedTuple

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Pool(enum.Enum):
    SQUARE = (2, 2)
    TALL = (2, 1)
    NONE = None


class Stage(NamedTuple):
    filters: int
    pool: Pool = Pool.SQUARE
    kernel: int = 3
    norm: bool = False


class Alphabet:
    BLANK: ClassVar[int] = 1

    def __init__(self, *parts: str) -> None:
        self._letters = "".join(parts)

    def __len__(self) -> int:
        return len(self._letters) + self.BLANK

    def encode(self, text: str) -> list[int]:
        return [self._letters.index(letter) for letter in text]


Conv = functools.partial(layers.Conv2D, padding="same", kernel_initializer="he_normal")
Recurrent = functools.partial(layers.LSTM, return_sequences=True, dropout=0.25)


class LineRecogniser:
    STAGES: ClassVar[list[Stage]] = [
        Stage(32, kernel=5),
        Stage(64),
        Stage(128, Pool.TALL, norm=True),
        Stage(128, Pool.TALL, norm=True),
        Stage(256, Pool.NONE),
    ]

    def __init__(self, alphabet: Alphabet, height: int = 32, width: int | None = 256, units: int = 128) -> None:
        self.alphabet = alphabet
        self.height, self.width, self.units = height, width, units
        self._training: keras.Model | None = None

    @functools.cached_property
    def network(self) -> keras.Model:
        image = keras.Input((self.height, self.width, 1), name="image")
        x = self._convolve(image)
        x = self._to_columns(x)
        for backwards in (False, True):
            x = self._recur(x, backwards)
        scores = layers.Dense(len(self.alphabet), activation="softmax", name="scores")(x)
        return keras.Model(image, scores, name="line_recogniser")

    def _convolve(self, x):
        for number, stage in enumerate(self.STAGES, start=1):
            x = Conv(stage.filters, stage.kernel, name=f"conv{number}", use_bias=not stage.norm)(x)
            if stage.norm:
                x = layers.BatchNormalization(name=f"norm{number}")(x)
            x = layers.LeakyReLU(negative_slope=0.01)(x)
            if stage.pool is not Pool.NONE:
                x = layers.MaxPooling2D(stage.pool.value)(x)
        return x

    def _to_columns(self, x):
        x = layers.Permute((2, 1, 3))(x)
        return layers.TimeDistributed(layers.Flatten())(x)

    def _recur(self, x, sum_up: bool):
        return layers.Bidirectional(Recurrent(self.units), merge_mode="sum" if sum_up else "concat")(x)

    @property
    def steps(self) -> int:
        return self.network.output_shape[1]

    def training_model(self) -> keras.Model:
        if self._training is None:
            label = keras.Input((None,), name="label", dtype="int32")
            self._training = keras.Model([self.network.input, label], self.network.output)
            self._training.compile(keras.optimizers.Adam(clipnorm=5.0))
        return self._training


def main() -> None:
    digits = LineRecogniser(Alphabet(string.digits, ".-"), units=64)
    print(digits.steps, digits.network.count_params())
    words = LineRecogniser(Alphabet(string.ascii_letters, string.digits, " .,'"), height=64, width=512)
    words.network.summary()
    words.training_model()


if __name__ == "__main__":
    main()
