"""A comparison as text: a row a network, and below the table how its figures are counted."""

from __future__ import annotations

from cnnspec.compare.cells import ComparedTable
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.compare.cells import TableChoice
    from cnnspec.compare.comparison import Comparison

SPARE = ("Coverage", "Findings", "Training memory", "MACs lost", "RF", "Epochs", "Peak memory")  # of the usual columns


def write_text(comparison: Comparison, choice: TableChoice, width: int | None = None) -> str:
    """The table and the notes; the notes alone where no network has a row."""
    page, table = Page(width), ComparedTable(comparison, choice)
    if table.networks:
        spare = () if choice.columns else SPARE
        page.add_table(Table(table.headings, table.write_rows(), table.right, spare))
        page.add_texts([""] * bool(table.write_notes()))
    page.add_texts(table.write_notes(), hanging=4)
    return page.write(also="--columns chooses some")
