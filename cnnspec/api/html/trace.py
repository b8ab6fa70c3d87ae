"""A trace as HTML, for a notebook: the grids side by side, and each value written out below them."""

from __future__ import annotations

from cnnspec.tables.escape import xml
from cnnspec.tables.html import write_frame, write_lines
from cnnspec.trace.board import name_grid
from cnnspec.trace.formula import write_formula, write_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.trace.board import Board, Grid, Section


def write_html(board: Board) -> str:
    """All sections, the lines about the whole below them."""
    return write_frame(board.title, "".join(map(write_section, board.sections)) + write_lines(board.notes))


def write_refusal(title: str, why: str) -> str:
    return write_frame(title, write_lines([why]))


def write_section(section: Section) -> str:
    title = "<br>".join([f"<b>{xml(section.title)}</b>", *map(xml, section.notes)])
    grids = "".join([write_grid(grid, name_grid(group, grid)) for group in section.groups for grid in group.grids])
    left_out = "".join([f"<p>{xml(group.left_out)}</p>" for group in section.groups if group.left_out])
    lines = [line for formula in section.formulas for line in write_formula(formula)]
    written = "<br>".join(map(xml, lines))
    return f"<p>{title}</p><div class='grids'>{grids}</div>{left_out}" + f"<p><code>{written}</code></p>" * bool(lines)


def write_grid(grid: Grid, title: str) -> str:
    """A table of numbers, those that are read marked."""
    rows = []
    for number, row in enumerate(grid.rows):
        shown = [xml(write_number(value)) for value in row]
        cells = [f"<mark>{one}</mark>" if (number, i) in grid.marked else one for i, one in enumerate(shown)]
        written = "".join([f"<td align='right'>{cell}</td>" for cell in cells])
        rows.append(f"<tr>{written}</tr>")
    return f"<div>{xml(title)}<table class='grid'><tbody>{''.join(rows)}</tbody></table></div>"
