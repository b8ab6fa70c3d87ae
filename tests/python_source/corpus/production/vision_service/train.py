#!/usr/bin/env python3
import argparse

import keras

from vision import model as models


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--preset", choices=["default", "tiny"], default="tiny")
    p.add_argument("--lr", type=float, default=3e-4)
    p.add_argument("--epochs", type=int, default=5)
    return p.parse_args()


def main():
    args = parse()
    net = models.build(args.preset)
    net.compile(keras.optimizers.Adam(args.lr), keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.AUC(multi_label=True)])
    net.summary()
    full = models.build(bands=12, classes=10)
    full.compile("sgd", "binary_crossentropy")


if __name__ == "__main__":
    main()
