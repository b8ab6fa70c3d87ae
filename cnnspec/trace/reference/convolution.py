"""Convolutions: every filter slides over the input and sums what it sees.

Each is a sum over the taps of the kernel; a tap's part is computed for all output positions at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import shapes_of, sum_channels, zeros
from cnnspec.trace.reference.definition import Array, Gradients, gradients
from cnnspec.trace.reference.ending import with_activation, with_spectral_norm
from cnnspec.trace.reference.normalization import standardise, standardise_backward
from cnnspec.trace.reference.windows import pad_map, see_cells, unpad_map


# ---- conv --------------------------------------------------------------------------------------------------
def conv(layer: Any, x: Array, kernel: Array, bias: Any = 0, gain: Any = 1) -> Array:
    """y[i, f] = bias[f] + sum over the taps t and the channels c of x[i * stride + t * dilation - padding, c] * kernel[t, c, f]."""
    kernel = make_kernel(layer, kernel, gain)
    windows, outputs = layer.windows(shapes_of(x)), layer.output(shapes_of(x))
    padded, y = pad_map(x, windows), zeros((len(x), *outputs), x)
    for tap, cells in see_cells(windows, outputs[:-1]):
        y += mix_channels(padded[cells], kernel[tap], layer.groups)
    return y + bias


def conv_backward(layer: Any, gradient: Array, x: Array, kernel: Array, bias: Any = 0, gain: Any = 1) -> Gradients:
    """Every product x * w of the sum gives dy * w to its input cell and x * dy to its weight."""
    used = make_kernel(layer, kernel, gain)
    windows = layer.windows(shapes_of(x))
    padded = pad_map(x, windows)
    dpadded, dused = zeros(padded.shape, x), zeros(kernel.shape, kernel)
    for tap, cells in see_cells(windows, gradient.shape[1:-1]):
        dx, dused[tap] = mix_channels_backward(gradient, padded[cells], used[tap], layer.groups)
        dpadded[cells] += dx
    dkernel, dgain = make_kernel_backward(layer, dused, kernel, gain)
    return gradients(unpad_map(dpadded, windows, x), kernel=dkernel, bias=sum_channels(gradient), gain=dgain)


def mix_channels(x: Array, matrix: Array, groups: int) -> Array:
    """At every position, sums over the channels: x W; in groups, each group of channels for its own group of filters."""
    parts = zip(np.split(x, groups, axis=-1), np.split(matrix, groups, axis=-1), strict=True)
    return np.concatenate([part @ weights for part, weights in parts], axis=-1)


def mix_channels_backward(gradient: Array, x: Array, matrix: Array, groups: int) -> tuple[Array, Array]:
    """dx = dy Wᵀ and dW = xᵀ dy, the latter summed over the examples and positions."""
    dx, dmatrix, places = [], [], list(range(x.ndim - 1))
    for dy, part, weights in zip(*[np.split(a, groups, axis=-1) for a in (gradient, x, matrix)], strict=True):
        dx.append(dy @ weights.T)
        dmatrix.append(np.tensordot(part, dy, (places, places)))
    return np.concatenate(dx, axis=-1), np.concatenate(dmatrix, axis=-1)


# A variance of 0, of a kernel of equal numbers, must not divide; as in timm's layers.
KERNEL_EPSILON = 1e-6


def make_kernel(layer: Any, kernel: Array, gain: Any) -> Array:
    """The kernel that is used: with standardized=true each filter's has mean 0 and variance 1; times the gain."""
    if layer.standardized:
        kernel = standardise(kernel, range(kernel.ndim - 1), KERNEL_EPSILON)
    return kernel * gain


def make_kernel_backward(layer: Any, gradient: Array, kernel: Array, gain: Any) -> tuple[Array, Array]:
    """The gradients of the kernel and of the gain, from that of the kernel that is used."""
    axes = range(kernel.ndim - 1)
    plain = standardise(kernel, axes, KERNEL_EPSILON) if layer.standardized else kernel
    dkernel, dgain = gradient * gain, sum_channels(gradient * plain)
    return (standardise_backward(dkernel, kernel, axes, KERNEL_EPSILON) if layer.standardized else dkernel), dgain


# ---- depthwise_conv ----------------------------------------------------------------------------------------
def depthwise_conv(layer: Any, x: Array, kernel: Array, bias: Any = 0) -> Array:
    """y[i, c m] = bias[c m] + sum over the taps t of x[i * stride + t * dilation - padding, c] * kernel[t, c, m]: no channel
    sees another one, and each gives `multiplier` outputs."""
    windows, space = layer.windows(shapes_of(x)), layer.sliding().output(x.shape[1:])
    padded, y = pad_map(x, windows), zeros((len(x), *space, *kernel.shape[-2:]), x)
    for tap, cells in see_cells(windows, space):
        y += padded[cells][..., None] * kernel[tap]
    return y.reshape(*y.shape[:-2], -1) + bias


def depthwise_conv_backward(layer: Any, gradient: Array, x: Array, kernel: Array, bias: Any = 0) -> Gradients:
    """Every product x * w of the sum gives dy * w to its input cell and x * dy to its weight."""
    windows = layer.windows(shapes_of(x))
    padded = pad_map(x, windows)
    dpadded, dkernel = zeros(padded.shape, x), zeros(kernel.shape, kernel)
    dy = gradient.reshape(*gradient.shape[:-1], *kernel.shape[-2:])
    for tap, cells in see_cells(windows, gradient.shape[1:-1]):
        dpadded[cells] += (dy * kernel[tap]).sum(axis=-1)
        dkernel[tap] = (dy * padded[cells][..., None]).sum(axis=tuple(range(x.ndim - 1)))
    return gradients(unpad_map(dpadded, windows, x), kernel=dkernel, bias=sum_channels(gradient))


# ---- separable_conv ----------------------------------------------------------------------------------------
def separable_conv(layer: Any, x: Array, depthwise_kernel: Array, pointwise_kernel: Array, bias: Any = 0) -> Array:
    """A depthwise convolution, then at every position sums over its channels, as a 1x1 convolution."""
    middle = depthwise_conv(layer, x, depthwise_kernel)
    return middle @ as_matrix(pointwise_kernel) + bias


def separable_conv_backward(
    layer: Any, gradient: Array, x: Array, depthwise_kernel: Array, pointwise_kernel: Array, bias: Any = 0
) -> Gradients:
    middle = depthwise_conv(layer, x, depthwise_kernel)
    dmiddle, dmatrix = mix_channels_backward(gradient, middle, as_matrix(pointwise_kernel), 1)
    before = depthwise_conv_backward(layer, dmiddle, x, depthwise_kernel)
    return gradients(
        *before.inputs, depthwise_kernel=before.weights["kernel"],
        pointwise_kernel=dmatrix.reshape(pointwise_kernel.shape), bias=sum_channels(gradient),
    )  # fmt: skip


def as_matrix(kernel: Array) -> Array:
    """A kernel of one position as the matrix of its channels."""
    return kernel.reshape(kernel.shape[-2:])


LAYERS = {
    "conv": with_spectral_norm(with_activation(conv, conv_backward)),
    "depthwise_conv": with_spectral_norm(with_activation(depthwise_conv, depthwise_conv_backward)),
    "separable_conv": with_activation(separable_conv, separable_conv_backward),
}
