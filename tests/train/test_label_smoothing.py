"""Smoothed labels, against the formula by hand, and settings that contradict each other."""

from __future__ import annotations

import numpy as np
import pytest

from cnnspec.compile.keras_model import to_keras
from cnnspec.train import keras_objects
from cnnspec.train.section import resolve
from tests.support import network
from tests.train.class_sets import LINE, lopsided
from tests.train.image_sets import read

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.usefixtures("eager")


@pytest.mark.parametrize(("end", "loss"), [
    ("dense(3, softmax)", None), ("dense(3)", None), ("dense(3, softmax)", "sparse_categorical_crossentropy"),
    ("dense(3)", "sparse_categorical_crossentropy(from_logits=true)"), ("dense(3, softmax)", "categorical_crossentropy"),
])  # fmt: skip
def test_smoothing_by_hand(end: str, loss: str | None) -> None:
    text = f"input 8x8\nflatten -> {end}\ntrain {{ label_smoothing = 0.3{'; loss = ' + loss if loss else ''} }}"
    net = network(text)
    data = read(text, lopsided())
    settings, found = resolve(net.train)
    assert not found
    model = to_keras(net.graph)
    term = keras_objects.choose_loss(settings, model.outputs[0], data.targets)
    model.compile(
        loss=keras_objects.build(term, keras),
        metrics=keras_objects.build_metrics(settings, keras, term, data.targets, model.outputs[0]),
    )
    x, y = data.train.take(slice(None))
    made = model.predict(x, verbose=0).astype(float)
    probability = made if "softmax" in end else np.exp(made) / np.exp(made).sum(1, keepdims=True)
    shares = np.eye(3)[y.argmax(1)] * 0.7 + 0.3 / 3
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(-(shares * np.log(probability)).sum(1).mean(), rel=1e-5)
    assert found["accuracy"] == pytest.approx((probability.argmax(1) == y.argmax(1)).mean())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("label_smoothing = 0.1; loss = mse", "mean_squared_error has no label smoothing"),
        ("label_smoothing = 0.1; loss = categorical_crossentropy(label_smoothing=0.2)", "label_smoothing is set in categorical_crossentropy too"),
        ("label_smoothing = 0.1; loss = sparse_categorical_crossentropy(ignore_class=0)", "label_smoothing does not go with the ignore_class of"),
        ("label_smoothing = 0.1; metrics = sparse_categorical_accuracy", "sparse_categorical_accuracy takes class numbers, and with label_smoothing"),
        ("augment = mix_up; metrics = [sparse_top_k_categorical_accuracy]", "sparse_top_k_categorical_accuracy takes class numbers, and with a mixture"),
        ("augment = cut_mix; class_weights = balanced", "cut_mix makes examples of two classes"),
        ("label_smoothing = 1", "label_smoothing must be a share from 0 up to, not including, 1, not 1"),
        ("class_weights = heavy", "class_weights must be balanced, a number from 0 a class"),
        ("class_weights = [1, -2]", "class_weights must be balanced, a number from 0 a class"),
        ("augment = random_flp", 'there is no augmentation "random_flp"'),
        ("augment = random_crop(8, 8)", 'there is no augmentation "random_crop"'),
        ("augment = random_flip(sideways)", "mode of random_flip must be horizontal, vertical or horizontal_and_vertical"),
        ("augment = [random_zoom]", "random_zoom needs its height_factor"),
        ("augment = random_rotation(0.1, seed=3)", 'random_rotation has no argument "seed"'),
    ],
)  # fmt: skip
def test_settings_of_targets_that_contradict(lines: str, message: str) -> None:
    found = resolve(network(LINE + f"\ntrain {{ {lines} }}").train)[1]
    assert [d.message.startswith(message) for d in found] == [True], found
    assert found[0].span is not None
