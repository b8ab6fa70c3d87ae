"""Arrays as grids: a map as a matrix for each channel, a weight as the language writes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnnspec.base.record import Record
from cnnspec.trace.board import Grid, Group
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from cnnspec.layers.weight import Weight

Place = tuple[int, ...]
WHOLE = 12  # rows and columns up to which a map is shown whole where a part of it would do
BESIDE = 1  # cells around that part
MOST_GRIDS = 8  # of a map of which a part would do


# ---- maps ----------------------------------------------------------------------------------------------------
def draw_map(title: str, value: Array, marked: Collection[Place] = ()) -> Group:
    """A map, without the batch: a matrix for each channel; a signal or a row of values as one row for each channel. `marked`
    are places in it."""
    matrices = lay_out_map(value)
    cells = [find_cell(place, value.ndim) for place in marked]
    grids = []
    for index in np.ndindex(matrices.shape[:-2]):
        own = frozenset([cell for outer, cell in cells if outer == index])
        grids.append(Grid(name_matrix(index, value.shape), read_rows(matrices[index]), own))
    return Group(title, tuple(grids))


def lay_out_map(value: Array) -> Array:
    """A map as matrices: of channels, of the slices of a volume's channels; rows of a signal are its channels."""
    if value.ndim <= 1:
        return value.reshape(1, -1)
    return value.T if value.ndim == 2 else np.moveaxis(value, -1, 0)


def find_cell(place: Place, ndim: int) -> tuple[Place, tuple[int, int]]:
    """Which matrix of a map a place lies in, and which row and column."""
    if ndim <= 1:
        return (), (0, place[0] if place else 0)
    if ndim == 2:
        return (), (place[1], place[0])
    return (place[-1], *place[: ndim - 3]), (place[ndim - 3], place[ndim - 2])


def name_matrix(index: Place, shape: Place) -> str:
    """channel 2, slice 0; nothing where there is only one."""
    named = zip(("channel", *["slice"] * len(shape)), index, (shape[-1:] + shape), strict=False)
    return ", ".join([f"{name} {i}" for name, i, n in named if n > 1])


def read_rows(matrix: Array) -> tuple[tuple[object, ...], ...]:
    return tuple([tuple(row) for row in matrix.tolist()])


# ---- parts of maps -------------------------------------------------------------------------------------------
def draw_around(title: str, value: Array, marked: Sequence[Place]) -> Group:
    """What is marked in a map and a little around it, of the channels that have some of it; the whole matrix if it is small."""
    whole = draw_map(title, value, marked)
    shown = [crop(grid) for grid in whole.grids if grid.marked]
    more = len(shown) - MOST_GRIDS
    return Group(title, tuple(shown[:MOST_GRIDS]), f"and {more:,} more of {len(whole.grids):,}" if more > 0 else "")


def crop(grid: Grid) -> Grid:
    """The marked cells of a grid and those beside them."""
    spans = []
    for axis, size in enumerate((len(grid.rows), len(grid.rows[0]))):
        cells = [cell[axis] for cell in grid.marked]
        low, high = max(0, min(cells) - BESIDE), min(size, max(cells) + BESIDE + 1)
        spans.append((0, size) if size <= WHOLE else (low, high))
    (top, bottom), (left, right) = spans
    return Grid(
        grid.title, tuple([row[left:right] for row in grid.rows[top:bottom]]),
        frozenset([(row - top, column - left) for row, column in grid.marked]), (top, left),
    )  # fmt: skip


# ---- weights -------------------------------------------------------------------------------------------------
def draw_weight(weight: Weight, array: Array, channel: int | None = None, channels: int = 0) -> Group:
    """A weight as its layer is drawn: a matrix for each filter and each channel of it. `channel`: only what makes that one of
    the output's `channels`."""
    drawn = turn_weight(weight, array)
    leading, names = len(weight.drawn.leading), (*weight.drawn.parts, *["slice"] * array.ndim)
    chosen: Place = () if channel is None else find_parts(drawn.shape, leading, channel, channels)
    title = ", ".join(
        [weight.name, *[f"{names[i]} {part}" for i, part in enumerate(chosen) if leading and drawn.shape[i] > 1]]
    )
    matrices = np.asarray(drawn[chosen], dtype=array.dtype)
    if matrices.ndim < 2:
        matrices = matrices.reshape(1, -1)
    grids = []
    for index in np.ndindex(matrices.shape[:-2]):
        named = zip(names[len(chosen) :], index, matrices.shape, strict=False)
        grids.append(Grid(", ".join([f"{name} {i}" for name, i, n in named if n > 1]), read_rows(matrices[index])))
    return Group(title, tuple(grids))


def turn_weight(weight: Weight, array: Array) -> Array:
    """A weight with the axes first that a drawing has a matrix for each place of."""
    leading = [axis % array.ndim for axis in weight.drawn.leading]
    return array.transpose([*leading, *[axis for axis in range(array.ndim) if axis not in leading]])


class Part(Record):
    """What makes one channel of the output: how many grids of a drawn weight, from the `first` on; or a row, or a cell, of that."""

    first: int
    grids: int
    row: int | None
    column: int | None


def find_part(weight: Weight, array: Array, channel: int, channels: int) -> Part:
    """Which part of a weight, drawn whole, makes a channel of the output."""
    shape = turn_weight(weight, array).shape
    chosen = find_parts(shape, len(weight.drawn.leading), channel, channels)
    sizes, (*within,) = shape[:-2], chosen[max(0, len(shape) - 2) :]
    if len(shape) < 2:
        within = [0, *within] if within else []
    grids = prod(sizes[len(chosen) :])
    first = sum([at * prod(sizes[axis + 1 :]) for axis, at in enumerate(chosen[: len(sizes)])])
    row, column = (*within, None, None)[:2]
    return Part(first, grids, row, column)


def find_parts(shape: Place, leading: int, channel: int, channels: int) -> Place:
    """Where in a weight, its leading axes first, that stands which makes an output channel; () where all of it does."""
    if leading and shape[0] == channels:
        return (channel,)
    if leading and prod(shape[:leading]) == channels:
        return tuple([int(i) for i in np.unravel_index(channel, shape[:leading])])
    return (channel,) if shape == (channels,) else ()
