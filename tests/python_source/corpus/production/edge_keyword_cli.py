#!/usr/bin/env python3
"""Keyword spotting at the edge: `edge_keyword_cli.py build --variant s`."""
from __future__ import annotations

import argparse
import logging
import os
from typing import Final, TypedDict

import keras
from keras import layers, regularizers, saving

LOG: Final = logging.getLogger("edge")
MFCC: Final = (49, 10, 1)
KEYWORDS: Final[tuple[str, ...]] = ("_silence_", "_unknown_", "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
DATA_DIR = os.environ.get("EDGE_DATA", "/var/lib/edge")


class Variant(TypedDict, total=False):
    filters: int
    blocks: int
    decay: float
    squeeze: int


VARIANTS: dict[str, Variant] = {
    "s": {"filters": 64, "blocks": 4},
    "m": {"filters": 172, "blocks": 4, "decay": 1e-4},
    "l": {"filters": 276, "blocks": 5, "decay": 1e-4, "squeeze": 8},
}


@saving.register_keras_serializable(package="edge")
class SqueezeExcite(layers.Layer):
    def __init__(self, ratio: int = 8, **kwargs) -> None:
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, input_shape) -> None:
        channels = input_shape[-1]
        self.pool = layers.GlobalAveragePooling2D(keepdims=True)
        self.down = layers.Dense(max(1, channels // self.ratio), activation="relu")
        self.up = layers.Dense(channels, activation="hard_sigmoid")
        super().build(input_shape)

    def call(self, inputs):
        return inputs * self.up(self.down(self.pool(inputs)))

    def get_config(self):
        config = super().get_config()
        config["ratio"] = self.ratio
        return config


def ds_cnn(variant: Variant, classes: int = len(KEYWORDS)) -> keras.Sequential:
    filters = variant["filters"]
    decay = variant.get("decay", 0.0)
    regularizer = regularizers.L2(decay) if decay else None
    net: list[layers.Layer] = [
        layers.Input(MFCC, name="mfcc"),
        layers.ZeroPadding2D(((4, 5), (1, 1))),
        layers.Conv2D(filters, (10, 4), strides=2, kernel_regularizer=regularizer),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(0.2),
    ]
    for index in range(variant["blocks"]):
        net += [
            layers.DepthwiseConv2D(3, padding="same", name=f"block{index}_dw"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(filters, 1, kernel_regularizer=regularizer, name=f"block{index}_pw"),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]
        if "squeeze" in variant:
            net.append(SqueezeExcite(variant["squeeze"]))
    net.extend([layers.Dropout(0.4), layers.GlobalAveragePooling2D(), layers.Dense(classes, activation="softmax")])
    return keras.Sequential(net, name="ds_cnn")


def cmd_build(args: argparse.Namespace) -> None:
    model = ds_cnn(VARIANTS[args.variant])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    LOG.info("variant %s: %d parameters", args.variant, model.count_params())
    if args.out:
        model.save(os.path.join(DATA_DIR, args.out))


def cmd_list(args: argparse.Namespace) -> None:
    for name, variant in VARIANTS.items():
        print(name, ds_cnn(variant).count_params())


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.set_defaults(run=cmd_list)
    commands = parser.add_subparsers()
    build = commands.add_parser("build")
    build.add_argument("--variant", choices=sorted(VARIANTS), default="s")
    build.add_argument("--out")
    build.set_defaults(run=cmd_build)
    return parser.parse_args(argv)


if __name__ == "__main__":
    logging.basicConfig(level=os.getenv("LOG_LEVEL", "INFO"))
    arguments = parse_args()
    arguments.run(arguments)
