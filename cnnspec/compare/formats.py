"""The forms of a comparison: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

from cnnspec.compare.cells import NAME, ComparedTable
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import FORMS, Report, write_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.compare.cells import TableChoice
    from cnnspec.compare.comparison import Comparison

FORMATS = ("text", "markdown", "csv", "latex", "json", "html")
PLAIN = ("csv", "json")  # which have figures alone, and no notes


def write_comparison(comparison: Comparison, choice: TableChoice, format: str, width: int | None = None) -> str:
    """The comparison in one of FORMATS; `width` is the text's. ValueError for a column that there is not."""
    if format == "json":
        from cnnspec.compare.json import write_data
        from cnnspec.tables.escape import json

        return json(write_data(comparison, choice)) + "\n"
    if format == "csv":
        from cnnspec.tables.csv import write_csv

        table = ComparedTable(comparison, choice)
        return write_csv([(NAME, *table.names), *table.write_plain_rows()])
    if format in FORMS:
        return write_report(make_report(comparison, choice), format).rstrip("\n") + "\n"
    from cnnspec.compare.text import write_text

    return write_text(comparison, choice, width)


def make_report(comparison: Comparison, choice: TableChoice) -> Report:
    """The table, and the notes below it."""
    table = ComparedTable(comparison, choice)
    made = HtmlTable(table.headings, table.write_rows(), table.right)
    return Report("", [made], table.write_notes())
