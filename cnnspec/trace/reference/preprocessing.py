"""Layers that prepare an input by figures that they are given: rescaling, normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import make_floats, number
from cnnspec.trace.reference.definition import Array, Gradients, define_sum, gradients


def rescaling(layer: Any, x: Array) -> Array:
    """x * scale + offset."""
    return x * number(layer.scale, x) + number(layer.offset, x)


def rescaling_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(gradient * number(layer.scale, x))


def normalization(layer: Any, x: Array, **gathered: Array) -> Array:
    """(x - mean) / sqrt(variance) by given figures, or those that were gathered from the data; with invert=true undone."""
    mean, deviation = find_figures(layer, x, gathered)
    return x * deviation + mean if layer.invert else (x - mean) / deviation


def normalization_backward(layer: Any, gradient: Array, x: Array, **gathered: Array) -> Gradients:
    _, deviation = find_figures(layer, x, gathered)
    return gradients(gradient * deviation if layer.invert else gradient / deviation)


SMALLEST = 1e-7  # a deviation that is smaller counts as this


def find_figures(layer: Any, x: Array, gathered: dict[str, Array]) -> tuple[Array, Array]:
    """The mean of each channel, and the root of its variance."""
    if layer.mean is None:
        mean, variance = gathered["mean"], gathered["variance"]
    else:
        mean, variance = number(layer.mean, x), number(layer.variance, x)
    return mean, np.maximum(np.sqrt(make_floats(variance)), SMALLEST)


LAYERS = {
    "rescaling": define_sum(rescaling, rescaling_backward),
    "normalization": define_sum(normalization, normalization_backward),
}
