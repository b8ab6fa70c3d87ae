"""A trace as text: grids side by side as far as there is room, and each value written out below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base.wrapping import count_columns
from cnnspec.tables.page import Page
from cnnspec.trace.formula import SumStep, write_number, write_steps, write_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.trace.board import Board, Grid, Section
    from cnnspec.trace.formula import Formula

GAP = 3  # spaces between two grids
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
            for line in write_formula(formula, decimals):
                page.add_text(f"  {line}", hanging=6)
    for note in board.notes:
        page.add_text()
        page.add_text(note, hanging=4)
    return page.write()


def write_formula(formula: Formula, decimals: bool) -> Iterator[str]:
    """conv1[0,0] = 3*(-1) + 4*(-1) = -7, and before it the same in names."""
    first = formula.steps[0]
    if isinstance(first, SumStep) and first.symbols:
        yield f"{formula.name} = {write_symbols(first)}"
    yield f"{formula.name} = {write_steps(formula.steps, decimals=decimals)}"


# ---- grids ---------------------------------------------------------------------------------------------------
def write_groups(section: Section, decimals: bool, width: int) -> Iterator[str]:
    """The grids of a section, in as few rows of grids as have room."""
    blocks = [block for group in section.groups for block in write_group(group.title, group.grids, decimals)]
    beside: list[list[str]] = []
    for block in blocks:
        if beside and sum([count_columns(b[0]) + GAP for b in [*beside, block]]) + 2 - GAP > width:
            yield from join_beside(beside)
            beside = []
        beside.append(block)
    if beside:
        yield from join_beside(beside)


def write_group(title: str, grids: Sequence[Grid], decimals: bool) -> Iterator[list[str]]:
    """Each grid as lines of the same width, its title first."""
    for grid in grids:
        named = ", ".join(filter(None, [title, grid.title, write_extent(grid)]))
        lines = write_grid(grid, decimals)
        widest = max(map(count_columns, [named, *lines]))
        yield [line + " " * (widest - count_columns(line)) for line in [named, *lines]]


def write_extent(grid: Grid) -> str:
    """Where a part of a grid begins."""
    row, column = grid.first
    return f"from {row},{column}" if row or column else ""


def write_grid(grid: Grid, decimals: bool) -> list[str]:
    """The rows, their numbers right-aligned, those that are marked in [ ]."""
    cells = [[write_number(number, decimals=decimals) for number in row] for row in grid.rows]
    most = max([len(cell) for row in cells for cell in row])
    lines = []
    for number, row in enumerate(cells):
        marks = [(number, column) in grid.marked for column in range(len(row))]
        parts = [f"[{cell:>{most}}]" if mark else f" {cell:>{most}} " for cell, mark in zip(row, marks, strict=True)]
        lines.append("".join(parts))
    return lines


def join_beside(blocks: Sequence[list[str]]) -> Iterator[str]:
    """Blocks of lines side by side."""
    yield ""
    for number in range(max(map(len, blocks))):
        row = [block[number] if number < len(block) else " " * len(block[0]) for block in blocks]
        yield ("  " + (" " * GAP).join(row)).rstrip()
