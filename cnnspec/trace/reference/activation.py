"""Activations: functions of every value with their slopes, and those that mix channels with their way back."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import erf, pi, sqrt
from typing import Any

import numpy as np

from cnnspec.base.record import Record
from cnnspec.trace.reference.arrays import make_floats, number, sum_over
from cnnspec.trace.reference.definition import Array


# ---- functions of one value --------------------------------------------------------------------------------
class Curve(Record):
    """A function of one value, and its slope. At a kink the slope is TensorFlow's, said beside it."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def clip(x: Array, low: Any, high: Any) -> Array:
    return np.minimum(np.maximum(x, low), high)


def inside(x: Array, low: Any, high: Any) -> Array:
    """Whether values lie between two, neither included."""
    return (x > low) & (x < high)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x), of negative numbers as e^x / (1 + e^x), so that no power overflows."""
    small = np.exp(-np.abs(make_floats(x)))
    return np.where(x >= 0, 1, small) / (1 + small)


def softplus(x: Array) -> Array:
    """log(1 + e^x), without an overflow."""
    return np.logaddexp(0, make_floats(x))


def exp(x: Array) -> Array:
    return np.exp(make_floats(x))


def expm1_below_0(x: Array) -> Array:
    """e^x - 1 for x up to 0, 0 above."""
    return np.expm1(np.minimum(make_floats(x), 0))


def tanh(x: Array) -> Array:
    return np.tanh(make_floats(x))


def normal_share(x: Array) -> Array:
    """Phi(x): the share of a normal distribution that lies below x."""
    x = make_floats(x)
    return ((1 + np.frompyfunc(erf, 1, 1)(x / sqrt(2)).astype(x.dtype)) / 2).astype(x.dtype)


def normal_density(x: Array) -> Array:
    x = make_floats(x)
    return np.exp(-x * x / 2) / sqrt(2 * pi)


def softplus_tanh(x: Array) -> Array:
    """tanh(log(1 + e^x)), which mish multiplies its input by."""
    return np.tanh(softplus(x))


def times(x: Array, numerator: int, denominator: int = 1) -> Array:
    """A multiple of values, exact for exact ones."""
    return x * number(Fraction(numerator, denominator), x)


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

CURVES = {
    "linear": Curve(lambda x: x, lambda x: np.ones_like(x)),
    "relu": Curve(lambda x: np.maximum(x, 0), lambda x: x > 0),  # 0 at 0
    "relu6": Curve(lambda x: clip(x, 0, 6), lambda x: inside(x, 0, 6)),  # 0 at 0 and 6
    "leaky_relu": Curve(  # 0.2 at 0
        lambda x: np.where(x > 0, x, times(x, 1, 5)), lambda x: np.where(x > 0, 1, number(0.2, x))
    ),
    "elu": Curve(lambda x: np.maximum(x, 0) + expm1_below_0(x), lambda x: np.where(x >= 0, 1, exp(np.minimum(x, 0)))),
    # 1 at 0, where TensorFlow gives 2: both of the halves that it adds up
    "celu": Curve(lambda x: np.maximum(x, 0) + expm1_below_0(x), lambda x: np.where(x >= 0, 1, exp(np.minimum(x, 0)))),
    "selu": Curve(  # 1.0507 at 0
        lambda x: SELU_SCALE * (np.maximum(make_floats(x), 0) + SELU_ALPHA * expm1_below_0(x)),
        lambda x: SELU_SCALE * np.where(x >= 0, 1, SELU_ALPHA * exp(np.minimum(x, 0))),
    ),
    "gelu": Curve(lambda x: make_floats(x) * normal_share(x), lambda x: normal_share(x) + x * normal_density(x)),
    "silu": Curve(lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "mish": Curve(
        lambda x: x * softplus_tanh(x), lambda x: softplus_tanh(x) + x * (1 - softplus_tanh(x) ** 2) * sigmoid(x)
    ),
    "sigmoid": Curve(sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "hard_sigmoid": Curve(  # 0 at -3 and 3
        lambda x: times(clip(x + 3, 0, 6), 1, 6), lambda x: inside(x, -3, 3) * number(Fraction(1, 6), x)
    ),
    "hard_silu": Curve(  # 0 at -3, 1 at 3
        lambda x: x * times(clip(x + 3, 0, 6), 1, 6),
        lambda x: times(clip(x + 3, 0, 6) + x * inside(x, -3, 3), 1, 6),
    ),
    "log_sigmoid": Curve(lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "sparse_sigmoid": Curve(  # 0 at -1 and 1
        lambda x: times(clip(x + 1, 0, 2), 1, 2), lambda x: inside(x, -1, 1) * number(Fraction(1, 2), x)
    ),
    "tanh": Curve(tanh, lambda x: 1 - tanh(x) ** 2),
    "hard_tanh": Curve(lambda x: clip(x, -1, 1), lambda x: (x >= -1) & (x <= 1)),  # 1 at -1 and 1
    "tanh_shrink": Curve(lambda x: x - tanh(x), lambda x: tanh(x) ** 2),
    "soft_shrink": Curve(lambda x: x - clip(x, number(-0.5, x), number(0.5, x)), lambda x: np.abs(x) > number(0.5, x)),
    "hard_shrink": Curve(lambda x: x * (np.abs(x) > number(0.5, x)), lambda x: np.abs(x) > number(0.5, x)),
    "softplus": Curve(softplus, sigmoid),
    "sparse_plus": Curve(
        lambda x: np.where(x < 1, times(np.maximum(x + 1, 0) ** 2, 1, 4), x),
        lambda x: np.where(x < 1, times(np.maximum(x + 1, 0), 1, 2), 1),
    ),
    "squareplus": Curve(
        lambda x: (x + np.sqrt(make_floats(x * x + 4))) / 2, lambda x: (1 + x / np.sqrt(make_floats(x * x + 4))) / 2
    ),
    "softsign": Curve(lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2),
    "exponential": Curve(exp, exp),
}


# ---- functions of all channels of a position ---------------------------------------------------------------
class Mixing(Record):
    """A function of the values along an axis together; `backward(gradient, x, axis)` is the gradient of its input."""

    value: Callable[[Array, int], Array]
    backward: Callable[[Array, Array, int], Array]


def softmax(x: Array, *axes: int) -> Array:
    """e^x by the sum of e^x over some axes. The largest value is taken off first, which changes nothing but the range."""
    power = np.exp(make_floats(x) - make_floats(x).max(axis=axes, keepdims=True))
    return power / sum_over(power, axes)


def softmax_backward(gradient: Array, x: Array, *axes: int) -> Array:
    """dx = y (dy - sum(dy y))."""
    y = softmax(x, *axes)
    return y * (gradient - sum_over(gradient * y, axes))


def log_softmax(x: Array, axis: int) -> Array:
    """x - log(sum(e^x))."""
    x = make_floats(x) - make_floats(x).max(axis=axis, keepdims=True)
    return x - np.log(sum_over(np.exp(x), [axis]))


def log_softmax_backward(gradient: Array, x: Array, axis: int) -> Array:
    """dx = dy - softmax(x) sum(dy)."""
    return gradient - softmax(x, axis) * sum_over(gradient, [axis])


def sparsemax(x: Array, axis: int) -> Array:
    """The point of the probability simplex that is nearest: max(0, x - t), with the one t that makes the sum 1."""
    return np.maximum(x - find_threshold(x, axis), 0)


def find_threshold(x: Array, axis: int) -> Array:
    """The t of sparsemax: the k largest values stay, as many as are above t = (their sum - 1) / k.

    Source: Martins and Astudillo, "From Softmax to Sparsemax" (2016), algorithm 1.
    """
    largest = np.flip(np.sort(x, axis=axis), axis)
    counts = np.arange(1, x.shape[axis] + 1).reshape([-1 if a == axis % x.ndim else 1 for a in range(x.ndim)])
    thresholds = (np.cumsum(largest, axis=axis) - 1) / counts
    stay = (largest > thresholds).sum(axis=axis, keepdims=True)
    return np.take_along_axis(thresholds, stay - 1, axis)


def sparsemax_backward(gradient: Array, x: Array, axis: int) -> Array:
    """Of the values that stay, dx = dy less the mean of these dy; of the others 0."""
    stay = x > find_threshold(x, axis)
    return stay * (gradient - sum_over(gradient * stay, [axis]) / stay.sum(axis=axis, keepdims=True))


def glu(x: Array, axis: int) -> Array:
    """a sigmoid(b), a and b the two halves."""
    a, b = np.split(x, 2, axis=axis)
    return a * sigmoid(b)


def glu_backward(gradient: Array, x: Array, axis: int) -> Array:
    a, b = np.split(x, 2, axis=axis)
    return np.concatenate([gradient * sigmoid(b), gradient * a * sigmoid(b) * sigmoid(-b)], axis=axis)


MIXINGS = {
    "softmax": Mixing(softmax, softmax_backward),
    "log_softmax": Mixing(log_softmax, log_softmax_backward),
    "sparsemax": Mixing(sparsemax, sparsemax_backward),
    "glu": Mixing(glu, glu_backward),
}


# ---- as an argument of another layer -----------------------------------------------------------------------
def apply(function: str | None, x: Array) -> Array:
    """A function on a layer's sums; None: no function."""
    name = function or "linear"
    return MIXINGS[name].value(x, -1) if name in MIXINGS else CURVES[name].value(x)


def go_back(function: str | None, gradient: Array, x: Array) -> Array:
    """The gradient of the sums, from that of the function's values."""
    name = function or "linear"
    return MIXINGS[name].backward(gradient, x, -1) if name in MIXINGS else gradient * CURVES[name].slope(x)
