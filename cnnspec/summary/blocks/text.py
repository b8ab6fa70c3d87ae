"""The table of blocks as text."""

from __future__ import annotations

from cnnspec.summary.blocks.columns import CONVENTIONS, RIGHT, find_headings, write_cells, write_title
from cnnspec.tables.layout import join_lines, lay_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures


def write_text(rows: Sequence[BlockFigures], inputs: str) -> str:
    """A row a block, and below the table what its figures mean."""
    table = lay_out([find_headings(rows), *write_cells(rows)], RIGHT)
    return join_lines([write_title(inputs), "", *table, "", *CONVENTIONS])
