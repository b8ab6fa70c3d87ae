"""Layers that add cells to the sides of a map or cut them off: pad, crop."""

from __future__ import annotations

from typing import Any

from cnnspec.trace.reference.arrays import give_cells, take_cells
from cnnspec.trace.reference.definition import Array, Gradients, define_sum, gradients


def pad(layer: Any, x: Array) -> Array:
    """Cells around a map, and channels: zeros, a number, or by `mode` what lies inside."""
    for axis, sources in find_sources(layer, x):
        x = take_cells(x, sources, axis, layer.value)
    return x


def pad_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """A cell inside gets what all its copies get; what the numbers get is nobody's."""
    for axis, sources in find_sources(layer, x):
        gradient = give_cells(gradient, sources, axis, x.shape[axis])
    return gradients(gradient)


def find_sources(layer: Any, x: Array) -> list[tuple[int, list[int | None]]]:
    """For each axis the cell that every position of the output has its value of."""
    made = []
    sides = [*layer.sides(x.ndim - 2), layer.ends()]
    for axis, (before, after) in enumerate(sides, 1):
        n = x.shape[axis]
        made.append((axis, [find_source(position, n, layer.mode) for position in range(-before, n + after)]))
    return made


def find_source(position: int, n: int, mode: str) -> int | None:
    """The cell, of n, for a position that may lie outside; None for a number that is given."""
    if 0 <= position < n:
        return position
    if mode == "edge":  # the border cell
        return 0 if position < 0 else n - 1
    if mode == "circular":  # what stands at the other side
        return position % n
    if mode == "reflect":  # mirrored at the border cell
        return -position if position < 0 else 2 * (n - 1) - position
    if mode == "symmetric":  # mirrored behind the border cell
        return -position - 1 if position < 0 else 2 * n - 1 - position
    return None


def crop(layer: Any, x: Array) -> Array:
    """The map without some rows and columns."""
    return x[find_kept(layer, x)]


def crop_backward(layer: Any, gradient: Array, x: Array) -> Gradients:
    """What was cut off gets nothing."""
    dx = x * 0
    dx[find_kept(layer, x)] = gradient
    return gradients(dx)


def find_kept(layer: Any, x: Array) -> tuple[slice, ...]:
    sides = zip(x.shape[1:-1], layer.sides(x.ndim - 2), strict=True)
    return (slice(None), *[slice(before, n - after) for n, (before, after) in sides])


LAYERS = {"pad": define_sum(pad, pad_backward), "crop": define_sum(crop, crop_backward)}
