"""All kept candidates in a file, written while they are found: CSV, JSON or Parquet, as the name ends."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from cnnspec.sweep.json import row_data
from cnnspec.sweep.table import find_columns, find_kinds, read_rows, write_word

if TYPE_CHECKING:
    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.sweep import Request

ENDINGS = (".csv", ".json", ".parquet")


class BadTable(ValueError):
    """Candidates that a file of some kind cannot hold; the message is a sentence."""


class Writer(Protocol):
    """What writes kept candidates as they come."""

    def keep(self, kept: Kept) -> None:
        """Write some."""

    def close(self) -> None:
        """Write the end."""


class CsvWriter:
    """One row a candidate, below a row of names."""

    def __init__(self, path: str, request: Request) -> None:
        self.request = request
        self.file = open(path, "w", newline="", encoding="utf-8")  # noqa: SIM115  # closed by `close`
        self.rows = csv.writer(self.file, lineterminator="\n")
        self.begun = False

    def keep(self, kept: Kept) -> None:
        columns = find_columns(kept, self.request)
        if not self.begun:
            self.rows.writerow(columns)
            self.begun = True
        self.rows.writerows(
            zip(*[[write_cell(value) for value in column.tolist()] for column in columns.values()], strict=True)
        )

    def close(self) -> None:
        self.file.close()


class JsonWriter:
    """A list with an object for each candidate, one a line."""

    def __init__(self, path: str, request: Request) -> None:
        self.request = request
        self.file = open(path, "w", encoding="utf-8")  # noqa: SIM115
        self.file.write("[")
        self.begun = False

    def keep(self, kept: Kept) -> None:
        for row in read_rows(kept, self.request):
            self.file.write(f"{',' * self.begun}\n{json.dumps(row_data(row, self.request))}")
            self.begun = True

    def close(self) -> None:
        self.file.write("\n]\n")
        self.file.close()


class ParquetWriter:
    """Columns for pandas, polars, DuckDB, …: what may be a word or beyond 64 bits is text. ImportError without pyarrow; BadTable for a
    figure beyond 64 bits."""

    def __init__(self, path: str, request: Request) -> None:
        import pyarrow.parquet

        self.request = request
        self.arrow = pyarrow
        kinds = {bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64(), str: pyarrow.string()}
        self.schema = pyarrow.schema([(name, kinds[kind]) for name, kind in find_kinds(request).items()])
        self.writer = pyarrow.parquet.ParquetWriter(path, self.schema)

    def keep(self, kept: Kept) -> None:
        columns = []
        for name, column in find_columns(kept, self.request).items():
            kind = self.schema.field(name).type
            values = [*map(write_word, column.tolist())] if kind == self.arrow.string() else column.tolist()
            try:
                columns.append(self.arrow.array(values, kind))
            except (OverflowError, self.arrow.ArrowInvalid):
                raise BadTable(f"{name} has numbers beyond 64 bits, which .csv and .json can hold") from None
        self.writer.write_table(self.arrow.table(columns, self.schema))

    def close(self) -> None:
        self.writer.close()


WRITERS: dict[str, Callable[[str, Request], Writer]] = {
    ".csv": CsvWriter,
    ".json": JsonWriter,
    ".parquet": ParquetWriter,
}


def write_cell(value: Any) -> Any:
    """A value as a cell of CSV: true and false as the language writes them."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value
