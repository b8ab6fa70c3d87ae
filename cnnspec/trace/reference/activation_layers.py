"""The layers that are an activation, and functions of every value: relu and its kin, softmax, power, abs."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from cnnspec.trace.reference.activation import apply, exp, expm1_below_0, go_back, softmax, softmax_backward
from cnnspec.trace.reference.arrays import axes_of, is_exact, make_floats, number
from cnnspec.trace.reference.definition import Array, Definition, Gradients, gradients


def activation(layer: Any, x: Array) -> Array:
    """A function of every value, or of the channels of every position together."""
    return apply(layer.function, x)


def activation_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(go_back(layer.function, gradient, x))


def relu(layer: Any, x: Array) -> Array:
    """max(0, x); x up to a largest value, and below a threshold a line of some slope that is 0 there."""
    low = number(layer.threshold, x)
    above = np.where(x > low, x, number(0, x))
    if layer.max_value is not None:
        above = np.minimum(above, number(layer.max_value, x))
    return above - number(layer.negative_slope, x) * np.maximum(low - x, 0)


def relu_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """At 0 the slope is that of the negative side. Where the largest value begins it is 0 for relu6, else still 1."""
    low, slope = number(layer.threshold, x), number(layer.negative_slope, x)
    if layer.negative_slope != 0 and layer.max_value is None and layer.threshold == 0:  # leaky_relu
        return gradients(gradient * np.where(x > 0, 1, slope))
    above = x > low
    if layer.max_value is not None:
        high = number(layer.max_value, x)
        above = above & ((x < high) if layer.max_value == 6 and layer.threshold == 0 else (x <= high))
    return gradients(gradient * (above + slope * (x < low)))


def leaky_relu(layer: Any, x: Array) -> Array:
    """x if x > 0, else slope * x."""
    return np.where(x > 0, x, number(layer.negative_slope, x) * x)


def leaky_relu_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """At 0 the slope is that of the negative side."""
    return gradients(gradient * np.where(x > 0, 1, number(layer.negative_slope, x)))


def prelu(layer: Any, x: Array, alpha: Array) -> Array:
    """x if x > 0, else alpha * x."""
    return np.maximum(x, 0) + alpha * np.minimum(x, 0)


def prelu_backward(layer: Any, gradient: Array, x: Array, alpha: Array) -> Gradients:
    """At 0 the slope is 0. A slope's gradient is summed over the examples, and the positions that share it."""
    shared = tuple([axis for axis, n in enumerate(alpha.shape, 1) if n == 1])
    dalpha = (gradient * np.minimum(x, 0)).sum(axis=0)
    return gradients(
        gradient * ((x > 0) + alpha * (x < 0)),
        alpha=dalpha.sum(axis=tuple([axis - 1 for axis in shared]), keepdims=True),
    )


def elu(layer: Any, x: Array) -> Array:
    """x if x > 0, else alpha (e^x - 1)."""
    return np.maximum(x, 0) + layer.alpha * expm1_below_0(x)


def elu_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """At 0 the slope is alpha."""
    return gradients(gradient * np.where(x > 0, 1, layer.alpha * exp(np.minimum(x, 0))))


def softmax_layer(layer: Any, x: Array) -> Array:
    """e^x by the sum of e^x along an axis, or over several."""
    return softmax(x, *axes_of(layer.axis, x))


def softmax_layer_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    return gradients(softmax_backward(gradient, x, *axes_of(layer.axis, x)))


def gelu_tanh(layer: Any, x: Array) -> Array:
    """x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."""
    x = make_floats(x)
    return x / 2 * (1 + np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))


def gelu_tanh_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    x = make_floats(x)
    t = np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))
    return gradients(gradient * ((1 + t) / 2 + x / 2 * (1 - t**2) * sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2)))


def power(layer: Any, x: Array) -> Array:
    """Every value to a power; exact where that is a small whole number."""
    return raise_to(x, layer.exponent)


HIGHEST = 99  # power of an exact number that is exact


def raise_to(x: Array, exponent: float) -> Array:
    whole = float(exponent).is_integer()
    if is_exact(x) and whole and abs(exponent) <= HIGHEST:
        return x ** int(exponent)
    return make_floats(x) ** (int(exponent) if whole and exponent >= 0 else float(exponent))


def power_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """dx = dy p x^(p - 1)."""
    if layer.exponent == 0:
        return gradients(gradient * 0)
    return gradients(gradient * number(layer.exponent, x) * raise_to(x, layer.exponent - 1))


def absolute(layer: Any, x: Array) -> Array:
    """|x|."""
    return np.abs(x)


def absolute_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """At 0 the slope is 0."""
    return gradients(gradient * ((x > 0) * 1 - (x < 0) * 1))


LAYERS = {
    "activation": Definition(activation, activation_backward),
    "relu": Definition(relu, relu_backward),
    "leaky_relu": Definition(leaky_relu, leaky_relu_backward),
    "prelu": Definition(prelu, prelu_backward),
    "elu": Definition(elu, elu_backward),
    "softmax": Definition(softmax_layer, softmax_layer_backward),
    "gelu_tanh": Definition(gelu_tanh, gelu_tanh_backward),
    "power": Definition(power, power_backward),
    "abs": Definition(absolute, absolute_backward),
}
