"""A trace as text: grids side by side as far as there is room, and each value written out below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.base import wrapping
from cnnspec.tables.page import Page
from cnnspec.trace.formula import write_formula
from cnnspec.trace.side_by_side import write_groups

if TYPE_CHECKING:
    from cnnspec.trace.board import Board

PIPE = 100  # columns into which grids go where there is no terminal


def write_text(board: Board, decimals: bool = False, width: int | None = None) -> str:
    """A block of lines for each section."""
    page = Page(width)
    for number, section in enumerate(board.sections):
        page.add_texts([""] * bool(number))
        page.add_text(section.title, hanging=4)
        for note in section.notes:
            page.add_text(f"  {note}", hanging=4)
        page.add_code(write_groups(section.groups, decimals, width or PIPE))
        for formula in section.formulas:
            for line in write_formula(formula, decimals, (width or wrapping.PIPE) - 2):
                page.add_text(f"  {line}", hanging=6)
    for note in board.notes:
        page.add_text()
        page.add_text(note, hanging=4)
    return page.write()
