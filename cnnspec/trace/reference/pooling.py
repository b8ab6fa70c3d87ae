"""Pools: the largest value or the mean of each window, of the whole map, of windows that give a wanted size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import give_to_first, mean_over, shapes_of, spatial_axes, zeros
from cnnspec.trace.reference.definition import Array, Definition, Gradients, define_sum, gradients
from cnnspec.trace.reference.reducing import max_over, max_over_backward, mean_back
from cnnspec.trace.reference.windows import pad_map, see_cells, unpad_map


# ---- maxpool -----------------------------------------------------------------------------------------------
def maxpool(layer: Any, x: Array) -> Array:
    """The largest value of each window. Cells of padding are minus infinity, so that they never win."""
    windows, outputs = layer.windows(shapes_of(x)), layer.output(shapes_of(x))
    padded = pad_map(x, windows, -inf)
    y = np.full((len(x), *outputs), -inf, dtype=x.dtype)
    for _, cells in see_cells(windows, outputs[:-1]):
        y = np.maximum(y, padded[cells])
    return y


def maxpool_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """A window's gradient goes to its largest cell; of several to the first in reading order. (In 3-D TensorFlow gives it to
    each of them.)"""
    windows, y = layer.windows(shapes_of(x)), maxpool(layer, x)
    padded = pad_map(x, windows, -inf)
    dpadded, seen = zeros(padded.shape, x), [cells for _, cells in see_cells(windows, y.shape[1:-1])]
    for cells, given in zip(seen, give_to_first(gradient, y, [padded[cells] for cells in seen]), strict=True):
        dpadded[cells] += given
    return gradients(unpad_map(dpadded, windows, x))


# ---- avgpool -----------------------------------------------------------------------------------------------
def avgpool(layer: Any, x: Array) -> Array:
    """The sum of each window by how many of its cells count."""
    windows, outputs = layer.windows(shapes_of(x)), layer.output(shapes_of(x))
    padded, y = pad_map(x, windows), zeros((len(x), *outputs), x)
    for _, cells in see_cells(windows, outputs[:-1]):
        y += padded[cells]
    return y / count_cells(layer, x)


def avgpool_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """Every cell that counts gets an equal share."""
    windows = layer.windows(shapes_of(x))
    shares, dpadded = gradient / count_cells(layer, x), zeros(pad_map(x, windows).shape, x)
    for _, cells in see_cells(windows, gradient.shape[1:-1]):
        dpadded[cells] += shares
    return gradients(unpad_map(dpadded, windows, x))


def count_cells(layer: Any, x: Array) -> Array:
    """How many cells of each window count: those inside; those of a padding in numbers unless count_padding=false; those of
    padding=same, and those by which a last window hangs over the edge (ceil=true), do not."""
    shape, windows = x.shape[1:], layer.windows(shapes_of(x))
    given = layer.sliding().paddings(shape)
    counted = layer.count_padding and layer.padding != "same"
    ones = np.ones((1, *shape[:-1], 1), dtype=int)
    around = [(before, min(window.after, after)) for (before, after), window in zip(given, windows, strict=True)]
    over = [(0, window.after - after) for (_, after), window in zip(around, windows, strict=True)]
    padded = np.pad(ones, [(0, 0), *around, (0, 0)], constant_values=int(counted))
    padded = np.pad(padded, [(0, 0), *over, (0, 0)], constant_values=0)
    return sum([padded[cells] for _, cells in see_cells(windows, layer.sliding().output(shape))])


# ---- of the whole map --------------------------------------------------------------------------------------
def gap(layer: Any, x: Array) -> Array:
    """The mean of each channel over all positions."""
    return mean_over(x, spatial_axes(x), layer.keepdims)


def gap_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """Every position gets an equal share."""
    return gradients(mean_back(gradient, x, spatial_axes(x)))


def gmp(layer: Any, x: Array) -> Array:
    """The largest value of each channel over all positions."""
    return max_over(x, spatial_axes(x), layer.keepdims)


def gmp_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """The gradient goes to the largest value; several share it equally."""
    return gradients(max_over_backward(gradient, x, spatial_axes(x)))


# ---- adaptive pools ----------------------------------------------------------------------------------------
def find_parts(layer: Any, x: Array) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Every output position, and its window: along each axis from floor(i N/O) up to ceil((i + 1) N/O), N cells for O."""
    sizes = layer.output(shapes_of(x))[:-1]
    for position in np.ndindex(*sizes):
        cells = [
            slice(i * n // size, -(-(i + 1) * n // size))
            for i, n, size in zip(position, x.shape[1:-1], sizes, strict=True)
        ]
        yield (slice(None), *position), (slice(None), *cells)


def pool_parts(layer: Any, x: Array, pool: Callable[..., Array]) -> Array:
    """What a pool of a whole map makes of each window."""
    y = zeros((len(x), *layer.output(shapes_of(x))), x)
    for place, cells in find_parts(layer, x):
        y[place] = pool(x[cells], spatial_axes(x), keepdims=False)
    return y


def adaptive_avgpool(layer: Any, x: Array) -> Array:
    """The mean of each window."""
    return pool_parts(layer, x, mean_over)


def adaptive_avgpool_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    dx = zeros(x.shape, x)
    for place, cells in find_parts(layer, x):
        dx[cells] += mean_back(gradient[place], x[cells], spatial_axes(x))
    return gradients(dx)


def adaptive_maxpool(layer: Any, x: Array) -> Array:
    """The largest value of each window."""
    return pool_parts(layer, x, max_over)


def adaptive_maxpool_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """Of several largest values of a window the first gets its gradient, column by column: Keras goes along the rows last."""
    dx = zeros(x.shape, x)
    for place, cells in find_parts(layer, x):
        part, dpart = x[cells], dx[cells]
        columns = [turned[::-1] for turned in np.ndindex(part.shape[1:-1][::-1])]
        candidates = [part[(slice(None), *cell)] for cell in columns]
        y = max_over(part, spatial_axes(x), keepdims=False)
        for cell, given in zip(columns, give_to_first(gradient[place], y, candidates), strict=True):
            dpart[(slice(None), *cell)] += given
    return gradients(dx)


LAYERS = {
    "maxpool": Definition(maxpool, maxpool_backward, largest=True),
    "avgpool": define_sum(avgpool, avgpool_backward),
    "gap": define_sum(gap, gap_backward),
    "gmp": Definition(gmp, gmp_backward, largest=True),
    "adaptive_avgpool": define_sum(adaptive_avgpool, adaptive_avgpool_backward),
    "adaptive_maxpool": Definition(adaptive_maxpool, adaptive_maxpool_backward, largest=True),
}
