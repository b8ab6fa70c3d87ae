"""A sweep as tables: the counts, the best candidates, the front."""

from __future__ import annotations

from cnnspec.sweep.bars import write_bars, write_title
from cnnspec.sweep.text import (
    COUNTS,
    WHY,
    list_tables,
    write_candidates,
    write_counts,
    write_head,
    write_notes,
    write_reasons,
)
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.sweep.sweep import Found

BAR = 24  # characters that the longest bar of a histogram has


def make_report(found: Found, name: str) -> Report:
    """The tables of what was found in the network of that name."""
    tables = [HtmlTable(COUNTS, write_counts(found), {1, 2})]
    for title, kept in list_tables(found):
        headings, rows = write_candidates(kept, found)
        tables.append(HtmlTable(headings, rows, set(range(len(headings))), title=title))
    for histogram in found.histograms if found.kept else ():
        headings, rows = write_bars(histogram, BAR)
        tables.append(HtmlTable(headings, rows, set(range(len(headings) - 1)), title=write_title(histogram)))
    reasons = [f"{WHY}:", *write_reasons(found)] if found.reasons else []
    return Report(write_head(found, name), tables, [*reasons, *write_notes(found)])
