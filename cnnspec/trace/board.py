"""What is written on the board: for each layer grids of numbers, and values written out. Every form of a trace prints these."""

from __future__ import annotations

from typing import Any

from cnnspec.base.record import Record
from cnnspec.trace.formula import Formula


class Grid(Record):
    """Numbers in rows under a title, a map of one channel or a part of a weight. `marked` are cells, (row, column), that stand
    out. Where it is a part of a larger one, `first` is the row and column that its upper left cell has there."""

    title: str
    rows: tuple[tuple[Any, ...], ...]
    marked: frozenset[tuple[int, int]] = frozenset()
    first: tuple[int, int] = (0, 0)


class Group(Record):
    """Grids that belong together: what enters a layer, a weight, what leaves. `left_out` says which others there are."""

    title: str
    grids: tuple[Grid, ...]
    left_out: str = ""


class Section(Record):
    """One layer: its name and class, and what is shown of it; `notes` are sentences. `node`: the number of the layer whose values it
    shows, where it does."""

    title: str
    groups: tuple[Group, ...]
    formulas: tuple[Formula, ...] = ()
    notes: tuple[str, ...] = ()
    node: int | None = None


class Board(Record):
    """All of it, in order. `notes`: sentences about the whole, such as where its numbers come from."""

    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()


def name_grid(group: Group, grid: Grid) -> str:
    """What stands above a grid: kernel, filter 0, channel 2; and where a part of a grid begins."""
    row, column = grid.first
    return ", ".join(filter(None, [group.title, grid.title, f"from {row},{column}" if row or column else ""]))
