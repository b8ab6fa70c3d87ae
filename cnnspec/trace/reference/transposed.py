"""The transposed convolution: every input value paints a kernel into a larger output."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import shapes_of, sum_channels, zeros
from cnnspec.trace.reference.convolution import mix_channels, mix_channels_backward
from cnnspec.trace.reference.definition import Array, Gradients, gradients
from cnnspec.trace.reference.ending import with_activation, with_spectral_norm


def conv_transpose(layer: Any, x: Array, kernel: Array, bias: Any = 0) -> Array:
    """Input position i paints x[i, c] * kernel[t, f, c] at the place i * stride + t * dilation of a canvas; of the canvas
    the output is a part."""
    shape, canvas = layer.output(shapes_of(x)), make_canvas(layer, x)
    for tap, cells in find_places(layer, x):
        canvas[cells] += mix_channels(x, turn(kernel[tap], layer.groups), layer.groups)
    return canvas[find_output(layer, x, shape)] + bias


def conv_transpose_backward(layer: Any, gradient: Array, x: Array, kernel: Array, bias: Any = 0) -> Gradients:
    """An input value gets what all the places that it painted get, times the kernel: a convolution of the gradient."""
    dcanvas, dx, dkernel = make_canvas(layer, x), zeros(x.shape, x), zeros(kernel.shape, kernel)
    dcanvas[find_output(layer, x, gradient.shape[1:])] = gradient
    for tap, cells in find_places(layer, x):
        more, dmatrix = mix_channels_backward(dcanvas[cells], x, turn(kernel[tap], layer.groups), layer.groups)
        dx += more
        dkernel[tap] = turn_back(dmatrix, layer.groups)
    return gradients(dx, kernel=dkernel, bias=sum_channels(gradient))


def turn(matrix: Array, groups: int) -> Array:
    """A tap's weights, filters of a group x channels, as `mix_channels` takes them: channels of a group x filters."""
    return np.concatenate([part.T for part in np.split(matrix, groups, axis=-1)], axis=-1)


turn_back = turn  # with the two kinds of channels the other way round, it is the same


def make_canvas(layer: Any, x: Array) -> Array:
    """Zeros at all places that are painted, and at those that the output has besides."""
    axes = layer.axes(x.ndim - 2)
    sizes = [
        max((n - 1) * axis.stride + axis.extent, count_trimmed(axis, n) + axis.painted(n))
        for n, axis in zip(x.shape[1:-1], axes, strict=True)
    ]
    return zeros((len(x), *sizes, layer.filters), x)


def find_places(layer: Any, x: Array) -> Any:
    """Every tap of the kernel, and the places where it paints for all input positions."""
    axes = layer.axes(x.ndim - 2)
    for tap in np.ndindex(*[axis.kernel for axis in axes]):
        firsts = [t * axis.dilation for t, axis in zip(tap, axes, strict=True)]
        cells = [
            slice(first, first + (n - 1) * axis.stride + 1, axis.stride)
            for first, n, axis in zip(firsts, x.shape[1:-1], axes, strict=True)
        ]
        yield tap, (slice(None), *cells)


def find_output(layer: Any, x: Array, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The part of the canvas that is the output: padding=same trims both ends alike, what is odd at the end; a numeric padding
    cuts off as many positions as it says."""
    kept = [slice(None)]
    for n, axis, size in zip(x.shape[1:-1], layer.axes(x.ndim - 2), shape, strict=False):
        first = count_trimmed(axis, n) + axis.cut[0]
        kept.append(slice(first, first + size))
    return tuple(kept)


def count_trimmed(axis: Any, n: int) -> int:
    """How many places padding=same leaves out before the output."""
    over: int = (n - 1) * axis.stride + axis.extent - axis.painted(n)
    return max(over, 0) // 2 if axis.same else 0


LAYERS = {"conv_transpose": with_spectral_norm(with_activation(conv_transpose, conv_transpose_backward))}
