"""All kept candidates in a file, written while they are found: CSV, JSON or Parquet, as the name ends."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from cnnspec.sweep.json import row_data
from cnnspec.sweep.table import find_columns, read_rows

if TYPE_CHECKING:
    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.sweep import Request

ENDINGS = (".csv", ".json", ".parquet")


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
    """Columns for pandas, polars, DuckDB, …. ImportError without pyarrow."""

    def __init__(self, path: str, request: Request) -> None:
        import pyarrow.parquet

        self.path, self.request = path, request
        self.parquet = pyarrow.parquet
        self.arrow = pyarrow
        self.writer: Any = None

    def keep(self, kept: Kept) -> None:
        columns = {name: self.arrow.array(column.tolist()) for name, column in find_columns(kept, self.request).items()}
        table = self.arrow.table(columns)
        if self.writer is None:
            self.writer = self.parquet.ParquetWriter(self.path, table.schema)
        self.writer.write_table(table.cast(self.writer.schema))

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


WRITERS: dict[str, Callable[[str, Request], Writer]] = {
    ".csv": CsvWriter,
    ".json": JsonWriter,
    ".parquet": ParquetWriter,
}


def write_cell(value: Any) -> Any:
    """A value as a cell of CSV: true and false as the language writes them."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value
