"""The difference of two networks as tables: layers, and totals."""

from __future__ import annotations

from cnnspec.diff.rows import (
    HEADINGS,
    RIGHT,
    TOTAL_HEADINGS,
    TOTAL_RIGHT,
    group_layers,
    write_ends,
    write_expressions,
    write_row,
    write_side,
    write_totals,
)  # fmt: skip
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.diff.difference import NetworkDifference


def make_report(difference: NetworkDifference) -> Report:
    """What is different in the layers, and what that does in total."""
    a, b = write_side(difference.a), write_side(difference.b)
    layers = HtmlTable(HEADINGS, [write_row(line) for line in group_layers(difference)], RIGHT)
    totals = HtmlTable(TOTAL_HEADINGS, write_totals(difference), TOTAL_RIGHT)
    title = f"A: {a}, B: {b}" if not difference.same else f"{a} and {b} are the same network"
    return Report(title, [layers, totals], [*write_ends(difference), *write_expressions(difference)])
