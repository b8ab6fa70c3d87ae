"""Runs as a table: one a row, or side by side with what they have apart."""

from __future__ import annotations

from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report
from cnnspec.train.runs.folds import gather_folds
from cnnspec.train.runs.text import HEADINGS, write_differences, write_folds, write_headings, write_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.runs.listing import Run


def make_report(found: Sequence[Run], compared: bool) -> Report:
    """The table, damaged runs in red, and what is wrong with them below it."""
    if compared:
        table = HtmlTable(write_headings(found), write_differences(found))
    else:
        table = HtmlTable(HEADINGS, write_rows(found), {5}, [i for i, run in enumerate(found) if run.wrong])
    said = [*write_folds(gather_folds(found)), *[run.wrong for run in found if run.wrong]]
    return Report("Runs", [table], said if found else ["there are no runs"])


def make_epochs_report(path: str, epochs: Sequence[dict[str, Any]], said: str) -> Report:
    """A row for each epoch of one run."""
    heads = list(epochs[0]) if epochs else []
    rows = [
        [f"{row.get(name):.4g}" if isinstance(row.get(name), float) else str(row.get(name, "")) for name in heads]
        for row in epochs
    ]
    return Report(path, [HtmlTable(heads, rows)] if rows else [], said.splitlines())
