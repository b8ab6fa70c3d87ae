"""Layers that give a map another size: upsample, resize."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import number, shapes_of, spatial_axes, zeros
from cnnspec.trace.reference.definition import Array, Gradients, define_sum, gradients
from cnnspec.trace.reference.interpolation import mix_cells, weigh_cells


# ---- upsample ----------------------------------------------------------------------------------------------
def upsample(layer: Any, x: Array) -> Array:
    """Along each axis `size` times as many positions, by interpolation; nearest repeats every cell."""
    for axis, shares in find_shares(layer, x):
        x = mix_cells(x, shares, axis)
    return x


def upsample_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """Every cell gets back by the share that it had."""
    for axis, shares in find_shares(layer, x):
        gradient = mix_cells(gradient, shares.T, axis)
    return gradients(gradient)


def find_shares(layer: Any, x: Array) -> Iterator[tuple[int, Array]]:
    """For each spatial axis the share of each cell in each new position."""
    for axis, size in zip(spatial_axes(x), layer.output(shapes_of(x)), strict=False):
        yield axis, weigh_cells(x.shape[axis], size, layer.interpolation, False, False)


# ---- resize ------------------------------------------------------------------------------------------------
def resize(layer: Any, x: Array) -> Array:
    """The image in another height and width, after it was cropped or padded to the new ratio where that is asked for."""
    x = fit_ratio(layer, x)
    for axis, size in ((1, layer.height), (2, layer.width)):
        x = mix_cells(x, weigh_image(layer, x.shape[axis], size), axis)
    return x


def resize_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    fitted = fit_ratio(layer, x)
    for axis, size in ((1, layer.height), (2, layer.width)):
        gradient = mix_cells(gradient, weigh_image(layer, fitted.shape[axis], size).T, axis)
    return gradients(fit_ratio_backward(layer, gradient, x))


def weigh_image(layer: Any, n: int, size: int) -> Array:
    return weigh_cells(n, size, layer.interpolation, layer.antialias, layer.align_corners)


def fit_ratio(layer: Any, x: Array) -> Array:
    """The middle of the image that has the ratio of the new height to the new width, or the image with cells around it."""
    if layer.crop_to_aspect_ratio:
        return x[find_middle(layer, x)]
    if layer.pad_to_aspect_ratio:
        return np.pad(x, [(0, 0), *find_bars(layer, x), (0, 0)], constant_values=number(layer.fill_value, x))
    return x


def fit_ratio_backward(layer: Any, gradient: Array, x: Array) -> Array:
    """What was cut off gets nothing; what the bars get is nobody's."""
    if layer.crop_to_aspect_ratio:
        dx = zeros(x.shape, x)
        dx[find_middle(layer, x)] = gradient
        return dx
    if layer.pad_to_aspect_ratio:
        (top, _), (left, _) = find_bars(layer, x)
        return gradient[:, top : top + x.shape[1], left : left + x.shape[2]]
    return gradient


def find_ratio_sizes(layer: Any, x: Array) -> tuple[int, int]:
    """The height that belongs to the image's width, and the width that belongs to its height."""
    height, width = x.shape[1:3]
    return width * layer.height // layer.width, height * layer.width // layer.height


def find_middle(layer: Any, x: Array) -> tuple[slice, ...]:
    wanted = find_ratio_sizes(layer, x)
    sizes = [max(min(n, size), 1) for n, size in zip(x.shape[1:3], wanted, strict=True)]
    firsts = [(n - size) // 2 for n, size in zip(x.shape[1:3], sizes, strict=True)]
    return (slice(None), *[slice(first, first + size) for first, size in zip(firsts, sizes, strict=True)])


def find_bars(layer: Any, x: Array) -> list[tuple[int, int]]:
    """The cells around the image: as many behind as before, so that of an odd number one is missing, as in Keras."""
    wanted = find_ratio_sizes(layer, x)
    return [(max(size - n, 0) // 2,) * 2 for n, size in zip(x.shape[1:3], wanted, strict=True)]


LAYERS = {"upsample": define_sum(upsample, upsample_backward), "resize": define_sum(resize, resize_backward)}
