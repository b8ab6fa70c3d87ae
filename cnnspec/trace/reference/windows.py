"""A window that slides over a map: the cells that each of its taps sees from all output positions at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cnnspec.trace.reference.arrays import number, spatial_axes
from cnnspec.trace.reference.definition import Array


def see_cells(windows: Sequence[Any], outputs: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Every tap of a window, in reading order, and the cells of the padded map that it sees.

    Along each axis the output position i sees by tap t the padded cell i * stride + t * dilation.
    """
    for tap in np.ndindex(*[window.kernel for window in windows]):
        cells = []
        for t, window, positions in zip(tap, windows, outputs, strict=True):
            first = t * window.dilation
            cells.append(slice(first, first + (positions - 1) * window.stride + 1, window.stride))
        yield tap, (slice(None), *cells)


def pad_map(x: Array, windows: Sequence[Any], value: float = 0) -> Array:
    """A map with the cells of padding around it that its windows need."""
    sides = [(window.before, window.after) for window in windows]
    return np.pad(x, [(0, 0), *sides, (0, 0)], constant_values=number(value, x) if value == 0 else value)


def unpad_map(padded: Array, windows: Sequence[Any], x: Array) -> Array:
    """The way back of `pad_map`: the gradient of the cells inside; what the padding got is nobody's."""
    inside = [
        slice(window.before, window.before + x.shape[axis])
        for axis, window in zip(spatial_axes(x), windows, strict=True)
    ]
    return padded[(slice(None), *inside)]
