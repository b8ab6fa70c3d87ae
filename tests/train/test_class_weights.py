"""Weights of classes in the loss, against those of Keras and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from cnnspec.compile.keras_model import to_keras
from cnnspec.train import keras_objects
from cnnspec.train.data.batches import make_batches
from cnnspec.train.section import resolve
from tests.support import network
from tests.train.class_sets import LINE, lopsided
from tests.train.image_sets import RGB, flowers, read, refused

keras = pytest.importorskip("keras")


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    part = read(LINE, lopsided(), class_weights="balanced").train
    labels = part.targets[part.places]
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert part.weights is not None
    np.testing.assert_allclose(part.weights[part.places], expected[labels], rtol=1e-6)
    assert part.weights[part.places].mean() == pytest.approx(1)


def test_weights_by_name() -> None:
    flowers()
    part = read(RGB + 'train { class_weights = [(tulip, 2.5), ("daisy", 0)] }', "flowers/").train
    assert part.weights is not None
    assert sorted(set(zip(part.targets.tolist(), part.weights.tolist(), strict=True))) == [(0, 0), (1, 1), (2, 2.5)]
    said = refused(RGB + "train { class_weights = [(tulp, 2.5)] }", "flowers/")
    assert (said.message, said.help) == ('flowers/ has no class "tulp"', 'did you mean "tulip"?')
    assert refused(LINE, lopsided(), class_weights=[("a", 1)]).help == "write a list of numbers, one a class"
    assert (
        "has no classes"
        in refused(
            "input 8x8\nflatten -> dense(1)",
            lopsided(y_train=np.linspace(0, 1, 70)),
            loss="mse",
            class_weights="balanced",
        ).message
    )


@pytest.mark.parametrize(("end", "loss", "classes"), [
    ("dense(3, softmax)", "sparse_categorical_crossentropy", 3), ("dense(3, softmax)", "categorical_crossentropy", 3),
    ("dense(1, sigmoid)", "binary_crossentropy", 2),
])  # fmt: skip
def test_weighted_training_is_keras_own_with_class_weight(end: str, loss: str, classes: int) -> None:
    text, weights = f"input 8x8\nflatten -> {end}", [1, 2.5, 7][:classes]
    name = lopsided(y_train=np.repeat([0, 1, 2], [50, 15, 5]) % classes)
    net = network(text)
    settings, _ = resolve(net.train, {"data": name, "loss": loss, "class_weights": weights, "optimizer": "sgd"})
    part = read(text, name, loss=loss, class_weights=weights).train
    results = []
    for weighted in (True, False):
        keras.utils.set_random_seed(0)
        model = to_keras(net.graph)
        model.compile(optimizer="sgd", loss=keras_objects.build(settings.loss, keras))  # type: ignore[arg-type]
        fed = part if weighted else part.replace(weights=None)
        more = {} if weighted else {"class_weight": dict(enumerate(weights))}
        history = model.fit(make_batches(keras, fed, 8, 0), shuffle=False, epochs=2, verbose=0, **more)
        results.append((history.history["loss"], model.get_weights()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-6)
    for ours, theirs in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    plain = model.fit(make_batches(keras, part.replace(weights=None), 8, 0), epochs=1, verbose=0).history["loss"]
    assert plain[0] != pytest.approx(results[0][0][1], rel=0.01)


def test_weights_of_a_map_of_classes() -> None:
    maps = np.random.default_rng(0).integers(0, 3, (20, 8, 8))
    name = lopsided(x_train=maps, y_train=maps)
    text = "input 8x8x1\nconv(3, 1x1, activation=softmax)"
    part = read(text, name, class_weights=[1, 2, 3]).train
    x, y, w = make_batches(keras, part, 4)[0]
    np.testing.assert_array_equal(w, y + 1)
    model = to_keras(network(text).graph)
    model.compile(loss="sparse_categorical_crossentropy")
    probability = np.take_along_axis(model.predict(x, verbose=0), y[..., None], -1)[..., 0]
    assert model.evaluate(x, y, sample_weight=w, verbose=0) == pytest.approx(
        (-np.log(probability) * w).mean(), rel=1e-5
    )
