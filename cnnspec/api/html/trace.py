"""A trace as HTML, for a notebook: the grids side by side, and each value written out below them."""

from __future__ import annotations

from cnnspec.tables.escape import xml
from cnnspec.trace.board import name_grid
from cnnspec.trace.formula import write_formula, write_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.trace.board import Board, Grid, Section

BESIDE = "display:flex;flex-wrap:wrap;gap:.8em 1.5em;align-items:flex-start"
LINE = "font-family:monospace;margin:.2em 0"
CELL = "padding:0 .4em;text-align:right"
MARKED = f"{CELL};border:2px solid;font-weight:bold"


def write_html(board: Board) -> str:
    """All sections, the lines about the whole below them."""
    below = "<br>".join(map(xml, board.notes))
    sections = "".join(map(write_section, board.sections))
    return f"<div><b>{xml(board.title)}</b>{sections}" + f"<p>{below}</p>" * bool(below) + "</div>"


def write_refusal(title: str, why: str) -> str:
    return f"<div><b>{xml(title)}</b><p>{xml(why)}</p></div>"


def write_section(section: Section) -> str:
    title = "<br>".join([f"<b>{xml(section.title)}</b>", *map(xml, section.notes)])
    grids = "".join([write_grid(grid, name_grid(group, grid)) for group in section.groups for grid in group.grids])
    left_out = "".join([f"<p>{xml(group.left_out)}</p>" for group in section.groups if group.left_out])
    lines = [line for formula in section.formulas for line in write_formula(formula)]
    written = "".join([f"<p style='{LINE}'>{xml(line)}</p>" for line in lines])
    return f"<p>{title}</p><div style='{BESIDE}'>{grids}</div>{left_out}{written}"


def write_grid(grid: Grid, title: str) -> str:
    rows = []
    for number, row in enumerate(grid.rows):
        styles = [MARKED if (number, column) in grid.marked else CELL for column in range(len(row))]
        cells = [f"<td style='{s}'>{xml(write_number(value))}</td>" for s, value in zip(styles, row, strict=True)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    table = f"<table style='border-collapse:collapse'><tbody>{''.join(rows)}</tbody></table>"
    return f"<div>{xml(title)}{table}</div>"
