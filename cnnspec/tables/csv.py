"""Rows as CSV, for spreadsheets and scripts: the first has the names of the columns."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def write_csv(rows: Iterable[Sequence[object]]) -> str:
    """One line a row, quoted where a comma, a quote or a line's end stands in a cell."""
    import csv
    from io import StringIO

    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
