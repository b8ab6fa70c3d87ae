"""A loss and its gradient are Keras's, also where probabilities are 0 and 1; and the gradient is that of small differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.trace.errors import NoTrace
from cnnspec.trace.losses import LOSSES, SPARSE, find_loss
from cnnspec.trace.reference.arrays import make_exact
from cnnspec.train.section_words import LOSSES as WORDS

LOGITS, SMOOTH, WHOLE = {"from_logits": True}, {"label_smoothing": 0.1}, {"reduction": "sum"}
# The loss, its options, and what the output is: any numbers, or probabilities of classes, or of one thing each.
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("mean_squared_error", {}, "any"), ("mean_squared_error", WHOLE, "any"), ("mean_absolute_error", {}, "any"),
    ("huber", {}, "any"), ("huber", {"delta": 0.3}, "any"), ("log_cosh", {}, "any"), ("poisson", {}, "shares"),
    ("binary_crossentropy", {}, "shares"), ("binary_crossentropy", LOGITS, "any"),
    ("binary_crossentropy", LOGITS | SMOOTH, "any"), ("binary_crossentropy", SMOOTH | WHOLE, "shares"),
    ("categorical_crossentropy", {}, "classes"), ("categorical_crossentropy", {}, "shares"),
    ("categorical_crossentropy", SMOOTH, "classes"), ("categorical_crossentropy", LOGITS | WHOLE, "any"),
    ("categorical_crossentropy", LOGITS | SMOOTH, "any"),
    (SPARSE, {}, "classes"), (SPARSE, {}, "shares"), (SPARSE, LOGITS, "any"), (SPARSE, WHOLE, "classes"),
]  # fmt: skip
SHAPES = [(1, 5), (1, 2, 3, 4)]


def draw(word: str, kind: str, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """An output and a target."""
    random = np.random.default_rng(4)
    y = random.normal(size=shape) if kind == "any" else random.uniform(0.1, 0.9, size=shape)
    y = y / y.sum(axis=-1, keepdims=True) if kind == "classes" else y
    if word == SPARSE:
        return y, random.integers(shape[-1], size=shape[:-1]).astype(float)
    t = random.uniform(size=shape)
    return y, t / t.sum(axis=-1, keepdims=True)


def run_keras(word: str, options: dict[str, Any], y: Any, t: Any) -> tuple[float, Any]:
    """The loss and its gradient as Keras has them."""
    import keras
    import tensorflow as tf

    given = tf.constant(y)
    with tf.GradientTape() as tape:
        tape.watch(given)
        loss = getattr(keras.losses, WORDS[word][0])(**options, dtype="float64")(tf.constant(t), given)
    return float(loss), tape.gradient(loss, given).numpy()


@pytest.mark.kernels
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("word", "options", "kind"), CASES)
def test_a_loss_is_that_of_keras(word: str, options: dict[str, Any], kind: str, shape: tuple[int, ...]) -> None:
    y, t = draw(word, kind, shape)
    found, (value, gradient) = find_loss(word, options, y, t), run_keras(word, options, y, t)
    assert found.value == pytest.approx(value, rel=1e-8)  # of log_cosh Keras takes log(2) in single precision
    assert np.allclose(found.gradient, gradient, 1e-9, 1e-12)


@pytest.mark.kernels
@pytest.mark.parametrize("word", ["binary_crossentropy", "categorical_crossentropy", SPARSE])
@pytest.mark.parametrize("y", [[1, 0, 0], [1e-9, 1e-8, 1.0], [0.5, 0.5, 0.0]])
def test_probabilities_are_kept_from_0_and_1(word: str, y: list[float]) -> None:
    for target in range(3):
        t = np.array([target], dtype=float) if word == SPARSE else np.eye(3)[[target]]
        found, (value, gradient) = (
            find_loss(word, {}, np.array([y], dtype=float), t),
            run_keras(word, {}, np.array([y], dtype=float), t),
        )
        assert found.value == pytest.approx(value, rel=1e-9)
        assert np.allclose(found.gradient, gradient, 1e-6, 1e-9)
        assert found.clipped


@pytest.mark.parametrize(("word", "options", "kind"), CASES)
def test_a_gradient_is_that_of_small_differences(word: str, options: dict[str, Any], kind: str) -> None:
    y, t = draw(word, kind, (1, 4))
    found = find_loss(word, options, y, t)
    for channel in range(4):
        more, less = y.copy(), y.copy()
        more[0, channel] += 1e-5
        less[0, channel] -= 1e-5
        slope = (find_loss(word, options, more, t).value - find_loss(word, options, less, t).value) / 2e-5
        assert found.gradient[0, channel] == pytest.approx(slope, rel=1e-5, abs=1e-6)


def test_what_can_be_exact_is() -> None:
    y, t = make_exact([[1, "1/2", -2]]), make_exact([[0, 1, "1/3"]])
    found = [find_loss(word, {}, y, t) for word in ("mean_squared_error", "mean_absolute_error", "huber")]
    assert [str(loss.value) for loss in found] == ["241/108", "23/18", "59/72"]
    assert [[str(n) for n in loss.gradient[0]] for loss in found] == [
        ["2/3", "-1/3", "-14/9"], ["1/3", "-1/3", "-1/3"], ["1/3", "-1/6", "-1/3"],
    ]  # fmt: skip


@pytest.mark.parametrize(("word", "options", "target", "sentence"), [
    ("dice", {}, [[1, 0]], f"the gradient of dice is not known here: take {', '.join(LOSSES[:-1])} or {LOSSES[-1]}, or give it"),
    (SPARSE, {"ignore_class": 255}, [1], f"the gradient of {SPARSE} with ignore_class=255 is not known here: take {', '.join(LOSSES[:-1])} or {LOSSES[-1]}, or give it"),
    (SPARSE, {}, [2], f"a target of {SPARSE} is the number of a class, from 0 to 1"),
    (SPARSE, {}, [0.5], f"a target of {SPARSE} is the number of a class, from 0 to 1"),
])  # fmt: skip
def test_what_is_refused(word: str, options: dict[str, Any], target: Any, sentence: str) -> None:
    with pytest.raises(NoTrace) as refused:
        find_loss(word, options, np.array([[0.5, 0.5]]), np.array(target, dtype=float))
    assert str(refused.value) == sentence


def test_every_loss_is_tried() -> None:
    assert {word for word, _, _ in CASES} == {*LOSSES}
    assert {*LOSSES} <= {*WORDS}
