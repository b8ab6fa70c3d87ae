"""The lines of a CSV, one after the other: its separator, told from the first line, and the cells of each.

The first line has the columns' names; what stands between quotes holds no separator.
"""

from __future__ import annotations

import csv
import os
import re
from itertools import chain

from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SUFFIXES = (".csv", ".tsv")


class NoTable(TrainingFailed):
    """What is no table: an empty file, or no CSV in UTF-8."""


class TableLines:
    """The lines of a table that are not empty, each once: `first`, then those that `rest` yields, as (line, cells).

    Raises NoTable for an empty table, and for what is no CSV.
    """

    def __init__(self, path: str, stream: TextIO) -> None:
        self.path, self._stream = path, stream
        self.separator = "\t" if path.lower().endswith(".tsv") else ","
        rows = self._read()
        first = next(rows, None)
        if first is None:
            raise NoTable(f"{path} is empty", "write lines of path,label", 2)
        self.first, self.rest = first, rows

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        try:
            head: list[str] = []
            for line in self._stream:
                head.append(line)
                if line.strip():
                    break
            if self.separator == "," and head:
                bare = re.sub(r'"[^"]*"', "", head[-1])
                self.separator = max(SEPARATORS, key=bare.count)
            reader = csv.reader(chain(head, self._stream), strict=True, delimiter=self.separator)
            for row in reader:
                if any([cell.strip() for cell in row]):
                    yield reader.line_num, row
        except OSError as error:
            raise TrainingFailed(f"{self.path} cannot be read: {error.strerror}", "", 2) from None
        except (UnicodeDecodeError, csv.Error) as error:
            raise NoTable(f"{self.path} is no CSV in UTF-8 ({error})", "", 2) from None

    @property
    def notes(self) -> tuple[str, ...]:
        """A note on a separator that is not the usual one."""
        usual = "\t" if self.path.lower().endswith(".tsv") else ","
        parted = f"the cells of {self.path} are parted by {SEPARATORS[self.separator]}"
        return () if self.separator == usual else (parted,)


def open_lines(path: str) -> TextIO:
    """The text of a CSV. Raises TrainingFailed."""
    if not os.path.isfile(path):
        raise TrainingFailed(f"there is no data file {path}", "give the path of a CSV, or data = digits", 2)
    try:
        return open(path, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise TrainingFailed(f"{path} cannot be read: {error.strerror}", "", 2) from None
