"""The table of blocks as text, laid out for the width that it is shown in."""

from __future__ import annotations

from cnnspec.summary.blocks.columns import CONVENTIONS, RIGHT, find_headings, write_cells, write_title
from cnnspec.tables.page import BOLD, RED, Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures

SPARE = ("Peak Memory", "Jump", "RF", "MACs")


def write_text(
    rows: Sequence[BlockFigures], file: str, inputs: str, width: int | None = None, color: bool = False
) -> str:
    """A row a block, and below the table what its figures mean. In color, rows of blocks with a fault are red."""
    page = Page(width, color)
    page.add_text(write_title(inputs), style=BOLD)
    page.add_text()
    styles = [RED if row.fault else "" for row in rows]
    page.add_table(Table(find_headings(rows), write_cells(rows, file), RIGHT, SPARE, styles))
    page.add_text()
    page.add_texts(CONVENTIONS, hanging=6)
    return page.write()
