"""Grids as lines of text: side by side as far as there is room, what is marked in [ ]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.wrapping import count_columns
from cnnspec.trace.board import name_grid
from cnnspec.trace.formula import write_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.trace.board import Grid, Group

INDENT, GAP = 2, 3  # spaces before grids, and spaces between two grids


def write_groups(groups: Sequence[Group], decimals: bool, width: int) -> Iterator[str]:
    """Grids in as few rows of grids as have room; an empty line before each row."""
    blocks = [block for group in groups for block in write_group(group, decimals, width)]
    beside: list[list[str]] = []
    for block in blocks:
        if beside and sum([count_columns(b[0]) + GAP for b in [*beside, block]]) + INDENT - GAP > width:
            yield from join_beside(beside)
            beside = []
        beside.append(block)
    if beside:
        yield from join_beside(beside)


def write_group(group: Group, decimals: bool, width: int) -> Iterator[list[str]]:
    """Each grid as lines of the same width, its title first; one that is too wide in pieces."""
    for grid in group.grids:
        for piece, lines in cut_columns(grid, write_grid(grid, decimals), width):
            named = ", ".join(filter(None, [name_grid(group, grid), piece]))
            block = [named, *lines] if named else lines
            widest = max(map(count_columns, block))
            yield [line + " " * (widest - count_columns(line)) for line in block]
    if group.left_out:
        yield [group.left_out]


def cut_columns(grid: Grid, cells: list[list[str]], width: int) -> Iterator[tuple[str, list[str]]]:
    """The lines of a grid, beside which columns they are; "" where all of them have room."""
    columns, room = len(cells[0]), max(1, (width - INDENT) // len(cells[0][0]))
    for first in range(0, columns, room):
        last = min(columns, first + room) - 1
        at = grid.first[1]
        named = f"column {first + at}" if first == last else f"columns {first + at} to {last + at}"
        yield named if room < columns else "", ["".join(row[first : last + 1]) for row in cells]


def write_grid(grid: Grid, decimals: bool) -> list[list[str]]:
    """The cells of each row, their numbers with the points below one another, those that are marked in [ ]."""
    cells = align([[write_number(number, decimals=decimals) for number in row] for row in grid.rows])
    return [
        [f"[{cell}]" if (y, x) in grid.marked else f" {cell} " for x, cell in enumerate(row)]
        for y, row in enumerate(cells)
    ]


def align(rows: list[list[str]]) -> list[list[str]]:
    """Numbers of the same width, their points below one another."""
    before = max([len(cell.partition(".")[0]) for row in rows for cell in row])
    behind = max([len(cell) - len(cell.partition(".")[0]) for row in rows for cell in row])
    return [
        [f"{whole:>{before}}{point + rest:<{behind}}" for whole, point, rest in [cell.partition(".") for cell in row]]
        for row in rows
    ]


def join_beside(blocks: Sequence[list[str]]) -> Iterator[str]:
    """Blocks of lines side by side."""
    yield ""
    for number in range(max(map(len, blocks))):
        row = [block[number] if number < len(block) else " " * count_columns(block[0]) for block in blocks]
        yield (" " * INDENT + (" " * GAP).join(row)).rstrip()
