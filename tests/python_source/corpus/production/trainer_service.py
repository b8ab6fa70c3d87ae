"""Training entry point of the service; the network is small on purpose."""
import contextlib
import logging
import os
import sys
from pathlib import Path
from typing import Final, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

try:
    import keras
    from keras import layers
except ImportError:  # older images
    from tensorflow import keras
    from tensorflow.keras import layers

try:
    import wandb
except ImportError:
    wandb = None

IMAGE_SIZE: Final = 80
CHANNELS: Final[int] = 1


class Hyper(NamedTuple):
    filters: tuple = (8, 16, 32)
    kernel: int = 3
    units: int = 48
    rate: float = 0.3


class SmallNet(keras.Model):
    def __init__(self, hyper: Hyper, labels: list[str], name="small_net"):
        super().__init__(name=name)
        self.hyper = hyper
        self.convs = [layers.Conv2D(f, hyper.kernel, activation="relu", padding="same") for f in hyper.filters]
        self.pools = [layers.MaxPooling2D() for _ in hyper.filters]
        self.flat = layers.Flatten()
        self.hidden = layers.Dense(hyper.units, activation="relu")
        self.drop = layers.Dropout(hyper.rate)
        self.out = layers.Dense(len(labels), activation="softmax")

    def call(self, x, training=False):
        for conv, pool in zip(self.convs, self.pools):
            x = pool(conv(x))
        x = self.hidden(self.flat(x))
        if training:
            x = self.drop(x, training=training)
        return self.out(x)

    def graph(self):
        x = keras.Input((IMAGE_SIZE, IMAGE_SIZE, CHANNELS))
        return keras.Model(inputs=[x], outputs=self.call(x))


@contextlib.contextmanager
def timed(what):
    logging.info("start %s", what)
    yield
    logging.info("end %s", what)


def main(argv=None):
    labels = "scratch dent crack clean".split()
    with timed("build"):
        net = SmallNet(Hyper(units=64), labels)
        graph = net.graph()
        graph.summary(print_fn=logging.info)
    net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    if wandb is not None:
        wandb.init(project="surface", config=net.hyper._asdict())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
