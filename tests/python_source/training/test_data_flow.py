"""Models whose input comes from their data: the shapes of a source's arrays and data sets reach them."""

from __future__ import annotations

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.python_source import read_python

HEAD = """import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
"""
MODEL = """
model = keras.Sequential([layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(10)])
model.compile(loss="sparse_categorical_crossentropy")
"""
SOURCES = [  # what comes before the training, what fit is given, and the input of the model
    ("(x, y), _ = keras.datasets.mnist.load_data()", "x[..., None], y", (28, 28, 1)),
    ("(x, y), _ = keras.datasets.cifar10.load_data()\nx = tf.image.resize(x[:100] / 255.0, (64, 64))", "x, y[:100]", (64, 64, 3)),
    ("x = np.stack([np.zeros((12, 12))] * 3, axis=-1)[None].repeat(8, 0)", "x, np.zeros(8)", (12, 12, 3)),
    (
        "data = keras.utils.image_dataset_from_directory('x', image_size=(80, 60), batch_size=None)\n"
        "size, flip, scale = layers.Resizing(32, 48), layers.RandomFlip(), layers.Rescaling(1 / 255)\n"
        "data = data.map(lambda x, y: (flip(size(x)), y)).batch(16).map(lambda x, y: (scale(x), y))",
        "data",
        (32, 48, 3),
    ),
    (
        "def load(path, label):\n    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)\n"
        "    return tf.image.resize(image, [96, 96]) / 255.0, label\n"
        "data = tf.data.Dataset.from_tensor_slices((paths(), labels())).map(load).batch(8)",
        "data",
        (96, 96, 3),
    ),
    (
        "augment = keras.Sequential([layers.RandomFlip(), layers.Resizing(40, 40)])\n"
        "data = tf.data.Dataset.from_tensor_slices(np.zeros((8, 20, 20, 3))).batch(4).map(lambda x: (augment(x), 0))",
        "data",
        (40, 40, 3),
    ),
    (
        "generator = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255)",
        "generator.flow_from_directory('x', target_size=(50, 70), color_mode='grayscale')",
        (50, 70, 1),
    ),
    ("import pandas as pd\nx = pd.read_csv('x.csv').drop('label', axis=1).values.reshape(-1, 28, 28, 1)", "x, y()", (28, 28, 1)),
    ("import pandas as pd\nx = pd.read_csv('x.csv').drop('label', axis=1).values", "x, y()", None),
]  # fmt: skip


LOOPS = [  # how a model is called on a batch, in a training of one's own
    "for x, y in data:\n    model(x)",
    "for epoch in range(3):\n    for step, (x, y) in enumerate(data):\n        model(x, training=True)",
    "x, y = next(iter(data))\nmodel(x)",
    "iterator = iter(data)\nx, y = next(iterator)\nmodel(x)",
    "for x, y in data.take(1):\n    model(x)",
]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("size", [2, 2000])
def test_a_training_of_ones_own(loop: str, size: int) -> None:
    data = f"data = tf.data.Dataset.from_tensor_slices((np.zeros(({size}, 28, 28, 1)), np.zeros({size}))).batch(1)"
    source = Source("a.py", f"{HEAD}{data}\n{MODEL}{loop}\n")
    reading = read_python(source, lambda _: Diagnostic("E020", "there is no such file", None))
    assert [network.graph.nodes[0].shape for network in reading.networks] == [(28, 28, 1)]
    assert reading.networks[0].whole


@pytest.mark.parametrize(("before", "data", "expected"), SOURCES)
def test_the_input_of_a_model(before: str, data: str, expected: tuple[int, ...] | None) -> None:
    source = Source("a.py", f"{HEAD}{before}\n{MODEL}model.fit({data})\n")
    reading = read_python(source, lambda _: Diagnostic("E020", "there is no such file", None))
    (network,) = [network for network in reading.networks if "model" in network.names]
    assert not reading.found
    assert network.graph.nodes[network.graph.inputs[0]].shape == expected
    assert network.whole is (expected is not None)
