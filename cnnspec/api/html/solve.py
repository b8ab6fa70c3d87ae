"""An answer of solve as tables: the parameters, the figures, the conditions."""

from __future__ import annotations

from cnnspec.solve.text import list_tables, write_head, write_notes, write_proof
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.solve.answer import Solved


def make_report(solved: Solved, name: str) -> Report:
    """The tables of the answer for the network of that name."""
    tables = [HtmlTable(headings, rows, right) for headings, rows, right in list_tables(solved)]
    return Report(write_head(solved, name), tables, [*write_proof(solved), *write_notes(solved)])
