"""The blocks of a file as a table."""

from __future__ import annotations

from cnnspec.summary.blocks.columns import CONVENTIONS, RIGHT, find_headings, write_cells, write_title
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures


def make_report(rows: Sequence[BlockFigures], file: str, inputs: str) -> Report:
    """A row a block, in red where something keeps it from being built."""
    wrong = [i for i, row in enumerate(rows) if row.fault]
    table = HtmlTable(find_headings(rows), write_cells(rows, file), RIGHT, wrong)
    return Report(write_title(inputs), [table], CONVENTIONS)
