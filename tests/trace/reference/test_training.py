"""While training: statistics of the batch, values that are dropped, noise; and weights that change without a gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnnspec.trace.reference.compute import compute, compute_update
from tests.trace.reference.drawing import BACKWARD, differ, find_layers
from tests.trace.reference.keras_run import WAYS, KerasRun, report

pytestmark = pytest.mark.kernels

GATHERED = (
    "input 6x5x4\nbn", "input 7\nbn(center=false)", "input 6x5x4\nbn(scale=false, epsilon=0.00001, momentum=0.9)",
    "input 6x5x4\nbn(axis=1)", "input 6x5x4\nbn(axis=-2, center=false, scale=false, momentum=0)",
    "input 6x5x4\nbn(renorm=true)", "input 6x5x4\nbn(renorm=true, scale=false, renorm_momentum=0.5, momentum=0.25)",
    "input 3x4x2\nbn(renorm=true, center=false, scale=false, epsilon=2)", "input 6x5x4\nbn(trainable=false)",
    "input 5x5x3\nconv(4, 3x3, spectral_norm=1, activation=tanh)", "input 5x5x3\ndepthwise_conv(3x3, spectral_norm=2)",
    "input 4x4x3\nconv_transpose(2, 3x3, stride=2, spectral_norm=3)", "input 6\ndense(3, spectral_norm=2)",
    "input 7\nembedding(5, 3, spectral_norm=1)",
)  # fmt: skip


def trained(text: str) -> KerasRun:
    ((graph, node),) = find_layers(text)
    return KerasRun(graph, node, WAYS[0])


@pytest.mark.parametrize("text", GATHERED)
def test_what_a_batch_gathers(text: str) -> None:
    """The output, the gradients, and the moving figures (or the kernel and its vector) behind the step."""
    run = trained(text)
    behind = run.weights | compute_update(run.layer, run.inputs, run.weights)
    assert not report(run, *run.run(training=True), training=True)
    found = {name: np.asarray(variable) for name, variable in zip(run.weights, run.variables, strict=True)}
    assert not {name: told for name in found if (told := differ(behind[name], found[name], BACKWARD))}
    changed = any([not np.array_equal(found[name], run.weights[name]) for name in found])
    assert changed == ("trainable=false" not in text)


# Of each layer with random numbers: the constant for which Keras's output shows what it drew, and how.
DRAWN = {
    "input 6x5x4\ndropout(0.4, seed=3)": (1, lambda y: y != 0),
    "input 6x5x4\ndropout(0.4, noise_shape=6x1x4, seed=3)": (1, lambda y: (y != 0)[:, :, :1]),
    "input 6x5x4\nspatial_dropout(0.5, seed=4)": (1, lambda y: (y != 0)[:, :1, :1]),
    "input 6x5x4\nstochastic_depth(0.5, seed=5)": (1, lambda y: (y != 0)[:, :1, :1, :1]),
    "input 6x5x4\nalpha_dropout(0.25, seed=3)": (1, lambda y: y > 0),
    "input 6x5x4\ngaussian_dropout(0.25, seed=3)": (1, lambda y: y),
    "input 6x5x4\ngaussian_noise(0.5, seed=3)": (0, lambda y: y),
}


@pytest.mark.parametrize("text", DRAWN)
def test_what_was_drawn(text: str) -> None:
    """A layer made anew draws the same from its seed."""
    constant, show = DRAWN[text]
    first, run = trained(text), trained(text)
    y = np.asarray(first.apply([np.full_like(x, constant) for x in first.inputs], training=True))
    drawn = np.asarray(show(y))
    assert len(np.unique(drawn)) > 1
    assert not report(run, *run.run(training=True), training=True, drawn=drawn)


@pytest.mark.parametrize("text", [*DRAWN, "input 6x5x4\nactivity_regularization(l1=0.5)"])
def test_nothing_is_drawn_otherwise(text: str) -> None:
    run: Any = trained(text)
    assert np.array_equal(compute(run.layer, run.inputs, run.weights), run.inputs[0])


def test_what_was_drawn_must_be_given() -> None:
    run = trained("input 4\ndropout(0.5)")
    with pytest.raises(ValueError, match="dropout draws random numbers while training, and none are given"):
        compute(run.layer, run.inputs, {}, training=True)
