"""Layers that act while training only: dropouts and noises. Otherwise each leaves its input as it is.

What is random is given: `drawn` is, for a dropout, whether each value is kept (of the noise's shape, 1 along an axis whose
values share a fate), and for a noise the noise.
"""

from __future__ import annotations

from typing import Any

from cnnspec.trace.reference.activation import SELU_ALPHA, SELU_SCALE
from cnnspec.trace.reference.arrays import make_floats, number
from cnnspec.trace.reference.definition import Array, Definition, Gradients, define_sum, gradients
from cnnspec.trace.reference.reshaping import identity, identity_backward


def drop(layer: Any, x: Array, drawn: Array) -> Array:
    """A value that is dropped is 0, the others grow by 1 / (1 - rate)."""
    return x * drawn / (1 - number(layer.rate, x))


def drop_backward(layer: Any, gradient: Array, x: Array, drawn: Array) -> Gradients:
    return gradients(gradient * drawn / (1 - number(layer.rate, x)))


def alpha_drop(layer: Any, x: Array, drawn: Array) -> Array:
    """A value that is dropped becomes that which selu ends at, -1.7581; then all are brought back to mean 0 and variance 1.

    Source: Klambauer et al., "Self-Normalizing Neural Networks" (2017).
    """
    lowest, factor = -SELU_ALPHA * SELU_SCALE, find_factor(layer)
    return factor * (make_floats(x) * drawn + lowest * (1 - drawn)) - factor * lowest * layer.rate


def alpha_drop_backward(layer: Any, gradient: Array, x: Array, drawn: Array) -> Gradients:
    return gradients(find_factor(layer) * gradient * drawn)


def find_factor(layer: Any) -> float:
    """What alpha dropout multiplies by, so that the variance stays."""
    lowest = -SELU_ALPHA * SELU_SCALE
    return float(((1 - layer.rate) * (1 + layer.rate * lowest**2)) ** -0.5)


def multiply_noise(layer: Any, x: Array, drawn: Array) -> Array:
    """Each value by noise of mean 1."""
    return x * drawn


def multiply_noise_backward(layer: Any, gradient: Array, x: Array, drawn: Array) -> Gradients:
    return gradients(gradient * drawn)


def add_noise(layer: Any, x: Array, drawn: Array) -> Array:
    """Noise of mean 0 added to each value."""
    return x + drawn


def add_noise_backward(layer: Any, gradient: Array, x: Array, drawn: Array) -> Gradients:
    return gradients(gradient)


DROPOUT = define_sum(identity, identity_backward, Definition(drop, drop_backward, draws=True))

LAYERS = {
    "dropout": DROPOUT,
    "spatial_dropout": DROPOUT,  # whole channels: drawn has 1 along the spatial axes
    "stochastic_depth": DROPOUT,  # whole examples: drawn has 1 along all axes but the batch
    "alpha_dropout": define_sum(identity, identity_backward, Definition(alpha_drop, alpha_drop_backward, draws=True)),
    "gaussian_dropout": define_sum(
        identity, identity_backward, Definition(multiply_noise, multiply_noise_backward, draws=True)
    ),
    "gaussian_noise": define_sum(identity, identity_backward, Definition(add_noise, add_noise_backward, draws=True)),
    "activity_regularization": define_sum(identity, identity_backward),  # its penalty is a part of the loss
}
