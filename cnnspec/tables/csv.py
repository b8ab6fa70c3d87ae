"""Rows as CSV, for spreadsheets and scripts: the first has the names of the columns."""

from __future__ import annotations

from cnnspec.tables import escape
from cnnspec.tables.data import write_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any


def write_csv(rows: Iterable[Sequence[object]]) -> str:
    """One line a row, quoted where a comma, a quote or a line's end stands in a cell; no cell is a formula (`escape.csv`)."""
    import csv
    from io import StringIO

    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows([[escape.csv(str(cell)) for cell in row] for row in rows])
    return out.getvalue()


def write_records(records: Sequence[Mapping[str, Any]]) -> str:
    """Rows of named cells, all with the same names; nothing where there are none. What is unknown is an empty cell."""
    if not records:
        return ""
    return write_csv([[*records[0]], *[[*map(write_cell, record.values())] for record in records]])


def write_cell(value: Any) -> str:
    """A plain value; sizes as 28x28x1, names with spaces between, other lists as in JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " ".join(value)
    if isinstance(value, list) and all(part is None or type(part) in (int, float, str) for part in value):
        return write_axes(value)
    from json import dumps

    return dumps(value)
