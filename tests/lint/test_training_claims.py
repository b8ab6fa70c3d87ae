"""What the rules on training say that happens when a network runs, measured in Keras."""

from __future__ import annotations

from typing import Any

import pytest

from cnnspec import check
from cnnspec.lint.rules.activation_loss_mismatch import DISTANCES

keras = pytest.importorskip("keras")
np = pytest.importorskip("numpy")


def run(layer: Any, values: Any, training: bool = False) -> Any:
    return np.asarray(layer(np.asarray(values, "float32"), training=training))


def loss(name: str, truth: Any, predicted: Any, **arguments: Any) -> float:
    function = getattr(keras.losses, name)(**arguments)
    return float(function(np.asarray(truth, "float32"), np.asarray(predicted, "float32")))


def test_t401_a_softmax_over_one_value_is_1() -> None:
    made = run(keras.layers.Dense(1, activation="softmax"), np.random.default_rng(0).normal(size=(8, 5)))
    np.testing.assert_allclose(made, 1, rtol=1e-6)  # some kernels round the one share to 0.99999994


def test_t402_a_linear_end_without_from_logits_is_taken_for_probabilities() -> None:
    """Right answers, sure of themselves, cost as much as wrong ones: the logits are clipped, not normalised."""
    right = loss("SparseCategoricalCrossentropy", [0], [[8.0, -8.0, -8.0]], from_logits=True)
    taken = loss("SparseCategoricalCrossentropy", [0], [[-8.0, -9.0, -9.0]])
    assert right < 1e-5
    assert taken == pytest.approx(np.log(3), rel=1e-3)


@pytest.mark.parametrize("predicted", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("name", "label"), [
    ("CategoricalCrossentropy", [[1.0]]), ("CategoricalCrossentropy", [[0.0]]), ("SparseCategoricalCrossentropy", [0]),
    ("CategoricalFocalCrossentropy", [[1.0]]),
])  # fmt: skip
def test_t404_a_loss_over_one_class_is_0(name: str, label: Any, predicted: float) -> None:
    assert loss(name, label, [[predicted]]) == pytest.approx(0, abs=1e-6)


def test_t403_relu_before_a_cross_entropy_divides_0_by_0_or_is_clipped() -> None:
    assert np.isnan(loss("CategoricalCrossentropy", [[0, 1, 0]], [[0, 0, 0]]))
    assert loss("BinaryCrossentropy", [[0]], [[5.0]]) == loss("BinaryCrossentropy", [[0]], [[9.0]])  # no slope
    assert loss("BinaryCrossentropy", [[1]], [[-0.5]]) == loss("BinaryCrossentropy", [[1]], [[-0.9]])  # tanh


def test_t403_the_gradient_of_a_squared_error_vanishes_at_a_confident_mistake() -> None:
    """p = 0.01 where 1 is true: the slope is 2 (p - 1) p (1 - p), a hundredth of the error's own 2 (p - 1)."""
    logit, step = np.log(0.01 / 0.99), 0.01
    ends = [loss("MeanSquaredError", [[1.0]], 1 / (1 + np.exp(-(np.asarray([[logit + d]]))))) for d in (-step, step)]
    assert (ends[1] - ends[0]) / (2 * step) == pytest.approx(2 * (0.01 - 1) * 0.0099, rel=0.01)


@pytest.mark.parametrize("name", DISTANCES)
def test_t403_so_it_does_for_every_distance_behind_a_softmax(name: str) -> None:
    """p = 0.01 for the true class: a step of its logit changes the loss by a fiftieth at most, cross-entropy by a fifth."""

    def slope(name: str) -> float:
        ends = []
        for step in (-0.01, 0.01):
            logits = np.log(np.asarray([[0.01, 0.97, *[0.02 / 8] * 8]])) + step * np.eye(10)[[0]]
            ends.append(loss(name, np.eye(10)[[0]], run(keras.layers.Softmax(), logits)))
        return -(ends[1] - ends[0]) / 0.02 / ends[0]

    assert 0 < slope(name) < 0.021
    assert slope("CategoricalCrossentropy") == pytest.approx(0.99 / -np.log(0.01), rel=0.01)


@pytest.mark.parametrize("pool", ["MaxPooling2D", "AveragePooling2D"])
def test_w203_a_window_that_holds_the_map_gives_one_value(pool: str) -> None:
    values = np.random.default_rng(3).normal(size=(1, 4, 4, 2))
    for size, alike in ((9, True), (7, True), (5, False)):
        made = run(getattr(keras.layers, pool)(size, strides=1, padding="same"), values)
        assert np.allclose(made, made[:, :1, :1]) == alike
        spec = f"input 4x4x2\n{pool[:3].lower().replace('ave', 'avg')}pool({size}x{size}, stride=1, padding=same)\n"
        assert ("W203" in [d.code for d in check(spec)]) == alike


def test_t405_dropout_raises_the_mean_square() -> None:
    values = np.random.default_rng(1).normal(size=(100, 1000))
    made = run(keras.layers.Dropout(0.5, seed=1), values, training=True)
    assert np.mean(made**2) / np.mean(values**2) == pytest.approx(2, rel=0.02)
    kept = run(keras.layers.AlphaDropout(0.5, seed=1), values, training=True)
    assert np.mean(kept**2) / np.mean(values**2) == pytest.approx(1, rel=0.05)


def test_t406_one_value_is_normalised_to_beta() -> None:
    norm = keras.layers.BatchNormalization(beta_initializer=keras.initializers.Constant(3))
    assert np.allclose(run(norm, [[7.0, -2.0]], training=True), 3, atol=1e-5)


def test_t407_a_bias_before_normalisation_changes_nothing() -> None:
    values = np.random.default_rng(2).normal(size=(4, 6, 6, 3))
    shift = np.asarray([5.0, -3.0, 0.5])
    for norm in (keras.layers.BatchNormalization(), keras.layers.GroupNormalization(-1)):
        assert np.allclose(run(norm, values, training=True), run(norm, values + shift, training=True), atol=1e-4)
    for norm in (keras.layers.LayerNormalization(), keras.layers.GroupNormalization(1)):
        assert not np.allclose(run(norm, values, training=True), run(norm, values + shift, training=True), atol=1e-2)


@pytest.mark.parametrize(("function", "highest"), [("tanh", 0.45), ("softmax", 0.23), ("sigmoid", 0.23)])
def test_t408_a_bounded_end_bounds_the_probability(function: str, highest: float) -> None:
    sure = np.full((1, 10), -1000.0)
    sure[0, 3] = 1000
    made = run(keras.layers.Activation(function), sure)
    assert float(run(keras.layers.Softmax(), made).max()) == pytest.approx(highest, abs=0.005)
