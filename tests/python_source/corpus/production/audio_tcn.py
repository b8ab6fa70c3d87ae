"""Temporal convolutional network for wake words (1-D, causal, dilated)."""
from __future__ import annotations

from typing import Iterable

import keras
from keras import layers, ops


class TemporalBlock(layers.Layer):
    def __init__(self, filters: int, kernel_size: int, dilation: int, dropout: float = 0.1, **kwargs) -> None:
        super().__init__(**kwargs)
        self.convs = [
            layers.Conv1D(filters, kernel_size, dilation_rate=dilation, padding="causal", activation="relu")
            for _ in range(2)
        ]
        self.drop = layers.SpatialDropout1D(dropout)
        self.norm = layers.LayerNormalization()
        self.filters = filters

    def build(self, input_shape):
        channels = input_shape[-1]
        self.match = layers.Conv1D(self.filters, 1) if channels != self.filters else layers.Identity()

    def call(self, x, training=None):
        y = x
        for conv in self.convs:
            y = self.drop(conv(y), training=training)
        return self.norm(y + self.match(x))


def make_tcn(frames: int = 98, mels: int = 40, words: int = 12, dilations: Iterable[int] = (1, 2, 4, 8)) -> keras.Model:
    mel = keras.Input(shape=(frames, mels), name="mel")
    x = mel
    for d in dilations:
        x = TemporalBlock(24, kernel_size=3, dilation=d, name=f"block_d{d}")(x)
    last = x[:, -1, :]
    mean = layers.GlobalAveragePooling1D()(x)
    x = layers.Concatenate()([last, mean])
    return keras.Model(mel, layers.Dense(words, activation="softmax", name="word")(x), name="tcn")


tcn = make_tcn()
streaming = make_tcn(frames=None, dilations=[2**i for i in range(3)])
