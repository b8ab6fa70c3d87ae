"""Steps on several devices of TensorFlow's are those of one: no share is empty, and what is evaluated is one model."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from tests.support import QUICK_XLA
from tests.train.distributed import ROOT, needs

SCRIPT = """
import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 3
)
import keras

from cnnspec.train.data.examples import Held, Part
from cnnspec.train.data.batches import make_batches
from cnnspec.train.devices.feed import make_feed, take_arrays
from cnnspec.train.devices.request import Devices
from cnnspec.train.devices.runtime import Runtime
from cnnspec.train.devices.share import Share
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.settings import TrainSettings

strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1", "CPU:2"])


def build():
    layers = keras.layers
    model = keras.Sequential([
        keras.Input((4, 4, 1)), layers.Conv2D(3, 3), layers.BatchNormalization(), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(3, activation="softmax"),
    ])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


with strategy.scope():
    model = build()
one = build()
runtime = Runtime(keras, TrainSettings(batch=6, shuffle=False), Devices("CPU", ("",) * 3), Share(3), strategy, None)
runtime.make_steps(model)
random = np.random.default_rng(1)
x, y = random.normal(size=(13, 4, 4, 1)).astype("float32"), random.integers(0, 3, 13).astype("int32")


def take(count):
    return Part((Held(x[:count]),), (y[:count],), np.arange(count))


def compare(count, found):
    one.set_weights(model.get_weights())
    expected = one.evaluate(x[:count], y[:count], verbose=0, return_dict=True)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert abs(found[name] - value) < 1e-6, (count, name, found, expected)


for count in (1, 2, 3, 4, 5, 7, 8, 13):
    compare(count, model.evaluate(runtime.make_evaluation_feed(take(count)), verbose=0, return_dict=True))
for count in (3, 7, 11):  # the last leaves two out, and its last batch has three
    part = take(count)
    feed, held = runtime.make_feed(runtime.make_training_batches(part)), runtime.make_evaluation_feed(part)
    told = model.fit(feed, epochs=2, shuffle=False, verbose=0, validation_data=held).history
    compare(count, {name: told[f"val_{name}"][-1] for name in ("accuracy", "loss")})


def build_two():
    layers = keras.layers
    given = keras.Input((4, 4, 1))
    flat = layers.Flatten()(given)
    made = keras.Model(given, [layers.Dense(1, name="same")(flat), layers.Dense(3, activation="softmax", name="kind")(flat)])
    made.compile("sgd", ["mse", "sparse_categorical_crossentropy"])
    return made


with strategy.scope():
    two = build_two()
alone = build_two()
alone.set_weights(two.get_weights())
runtime.make_steps(two)
take_arrays(alone)
for count in (1, 7, 13):  # the last batch has one
    part = Part((Held(x[:count]),), (x[:count, 0, 0], y[:count]), np.arange(count))
    same, kind = (np.asarray(one) for one in alone(x[:count]))
    same = np.mean((same - part.outputs[0]) ** 2)
    kind = -np.mean(np.log(kind[np.arange(count), y[:count]]))
    for made, feed in ((alone, make_feed(make_batches(keras, part, 6))), (two, runtime.make_evaluation_feed(part))):
        found = made.evaluate(feed, verbose=0, return_dict=True)
        assert np.allclose([found[n] for n in ("same_loss", "kind_loss", "loss")], [same, kind, same + kind], 1e-5), found
for count in (1, 2):
    try:
        runtime.make_training_batches(take(count))
    except TrainingFailed as error:
        print(error)
"""


def test_a_share_is_never_empty_and_figures_are_those_of_one_device() -> None:
    needs("tensorflow")
    env = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_")}
    env |= {"PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow", **QUICK_XLA}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines() == [
        "1 example to train on cannot be shared by 3 devices; give --devices 1",
        "2 examples to train on cannot be shared by 3 devices; give --devices 1",
    ]


@pytest.mark.parametrize(("count", "shares"), [(1, [1]), (2, [1, 1]), (3, [1, 1, 1]), (4, [2, 1, 1]), (9, [3, 3, 3])])
def test_rows_are_shared_in_their_order(count: int, shares: list[int]) -> None:
    needs("tensorflow")
    from cnnspec.train.devices.mirrored import share_rows

    batch = ((np.arange(count), np.arange(count) * 2), np.arange(count) * 3)
    found = share_rows(batch, 3)
    assert [len(y) for _, y in found] == shares
    assert np.concatenate([y for _, y in found]).tolist() == batch[1].tolist()
    assert np.concatenate([x[1] for x, _ in found]).tolist() == batch[0][1].tolist()
