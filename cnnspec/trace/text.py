"""A trace as text: grids side by side as far as there is room, and each value written out below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base import wrapping
from cnnspec.base.wrapping import count_columns
from cnnspec.tables.page import Page
from cnnspec.trace.formula import SumStep, write_number, write_steps, write_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.trace.board import Board, Grid, Group, Section
    from cnnspec.trace.formula import Formula

INDENT, GAP = 2, 3  # spaces before grids, and spaces between two grids
PIPE = 100  # columns into which grids go where there is no terminal


def write_text(board: Board, decimals: bool = False, width: int | None = None) -> str:
    """A block of lines for each section."""
    page = Page(width)
    for number, section in enumerate(board.sections):
        page.add_texts([""] * bool(number))
        page.add_text(section.title, hanging=4)
        for note in section.notes:
            page.add_text(f"  {note}", hanging=4)
        page.add_code(write_groups(section, decimals, width or PIPE))
        for formula in section.formulas:
            for line in write_formula(formula, decimals, (width or wrapping.PIPE) - 2):
                page.add_text(f"  {line}", hanging=6)
    for note in board.notes:
        page.add_text()
        page.add_text(note, hanging=4)
    return page.write()


def write_formula(formula: Formula, decimals: bool, width: int) -> Iterator[str]:
    """conv1[0,0] = 3*(-1) + 4*(-1) = -7; where it has names, they stand before the numbers, or in a line above."""
    first, numbers = formula.steps[0], write_steps(formula.steps, decimals=decimals)
    if isinstance(first, SumStep) and first.symbols:
        named = f"{formula.name} = {write_symbols(first)}"
        if count_columns(f"{named} = {numbers}") <= width:
            yield f"{named} = {numbers}"
            return
        yield named
    yield f"{formula.name} = {numbers}"


# ---- grids ---------------------------------------------------------------------------------------------------
def write_groups(section: Section, decimals: bool, width: int) -> Iterator[str]:
    """The grids of a section, in as few rows of grids as have room."""
    blocks = [block for group in section.groups for block in write_group(group, decimals, width)]
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
            named = ", ".join(filter(None, [group.title, grid.title, write_extent(grid), piece]))
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


def write_extent(grid: Grid) -> str:
    """Where a part of a grid begins."""
    row, column = grid.first
    return f"from {row},{column}" if row or column else ""


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
        row = [block[number] if number < len(block) else " " * len(block[0]) for block in blocks]
        yield (" " * INDENT + (" " * GAP).join(row)).rstrip()
