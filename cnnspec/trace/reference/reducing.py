"""Reductions over axes: mean, sum, largest value, length."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import axes_of, make_floats, mean_over, sum_over, zeros
from cnnspec.trace.reference.definition import Array, Definition, Gradients, define_sum, gradients


def mean_back(gradient: Array, x: Array, axes: Sequence[int]) -> Array:
    """Every value gets an equal share."""
    return sum_back(gradient, x, axes) / prod([x.shape[axis] for axis in axes])


def sum_back(gradient: Array, x: Array, axes: Sequence[int]) -> Array:
    """Every value gets the whole gradient."""
    kept = [1 if axis in axes else n for axis, n in enumerate(x.shape)]
    return zeros(x.shape, x) + gradient.reshape(kept)


def max_over(x: Array, axes: Sequence[int], keepdims: bool = True) -> Array:
    """The largest value over some axes."""
    return x.max(axis=tuple(axes), keepdims=keepdims)


def max_over_backward(gradient: Array, x: Array, axes: Sequence[int]) -> Array:
    """The gradient goes to the largest value; several share it equally, as in TensorFlow's reduce_max."""
    largest = x == max_over(x, axes)
    return sum_back(gradient, x, axes) * largest / sum_over(largest, axes)


def reduce_mean(layer: Any, x: Array) -> Array:
    return mean_over(x, axes_of(layer.axis, x), layer.keepdims)


def reduce_mean_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(mean_back(gradient, x, axes_of(layer.axis, x)))


def reduce_sum(layer: Any, x: Array) -> Array:
    return sum_over(x, axes_of(layer.axis, x), layer.keepdims)


def reduce_sum_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(sum_back(gradient, x, axes_of(layer.axis, x)))


def reduce_max(layer: Any, x: Array) -> Array:
    return max_over(x, axes_of(layer.axis, x), layer.keepdims)


def reduce_max_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(max_over_backward(gradient, x, axes_of(layer.axis, x)))


def reduce_l2(layer: Any, x: Array) -> Array:
    """The root of the sum of squares."""
    return np.sqrt(make_floats(sum_over(x * x, axes_of(layer.axis, x), layer.keepdims)))


def reduce_l2_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """dx = dy x / |x|; at 0 it is 0."""
    axes = axes_of(layer.axis, x)
    length = np.sqrt(make_floats(sum_over(x * x, axes)))
    return gradients(sum_back(gradient, x, axes) * x / (length + (length == 0)))


LAYERS = {
    "reduce_mean": define_sum(reduce_mean, reduce_mean_backward),
    "reduce_sum": define_sum(reduce_sum, reduce_sum_backward),
    "reduce_max": Definition(reduce_max, reduce_max_backward),
    "reduce_l2": Definition(reduce_l2, reduce_l2_backward),
}
