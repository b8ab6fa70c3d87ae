"""Train a residual network.

    python train.py --arch resnet20 --dataset cifar10
"""
import argparse
import logging
import os
import time

import keras
import numpy as np

from models import build_model, available
from utils.data import get_dataset
from utils.schedules import cosine

logger = logging.getLogger(__name__)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", default="resnet20", choices=available(), help="architecture")
    parser.add_argument("--dataset", default="cifar10", choices=["cifar10", "cifar100"])
    parser.add_argument("--batch-size", "-b", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--width", type=int, default=16, help="filters of the first stage")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-aug", action="store_true")
    parser.add_argument("--out", default=os.path.join("runs", "debug"))
    return parser.parse_args()


def main():
    args = parse_args()
    logging.basicConfig(level=logging.INFO)
    keras.utils.set_random_seed(args.seed)

    (x, y), (xt, yt), num_classes = get_dataset(args.dataset)
    model = build_model(
        args.arch,
        input_shape=x.shape[1:],
        num_classes=num_classes,
        width=args.width,
        weight_decay=args.weight_decay,
    )
    logger.info("%s: %d parameters", args.arch, model.count_params())

    model.compile(
        optimizer=keras.optimizers.SGD(args.lr, momentum=0.9, nesterov=True),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    start = time.time()
    model.fit(
        x, y,
        batch_size=args.batch_size,
        epochs=args.epochs,
        validation_data=(xt, yt),
        callbacks=[keras.callbacks.LearningRateScheduler(cosine(args.lr, args.epochs))],
    )
    logger.info("took %.1f s", time.time() - start)


if __name__ == "__main__":
    main()
