"""The figures of every epoch, in metrics.csv for people and spreadsheets and metrics.jsonl for programs."""

from __future__ import annotations

import math
import os
from contextlib import suppress

from cnnspec.base.confined_folder import ConfinedFolder
from cnnspec.train.runs import schema
from cnnspec.train.runs.durable import append_text, write_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


MOST = 2**28  # bytes of metrics.jsonl


class History:
    """The rows of a run folder: `epoch` from 1, Keras's figures, `learning_rate`, `seconds`."""

    def __init__(self, folder: str, epochs: int = 0) -> None:
        """Go on after the given number of epochs; rows of later ones are cut off."""
        self.csv, self.jsonl = ConfinedFolder(folder).file("metrics.csv"), ConfinedFolder(folder).file("metrics.jsonl")
        self.rows = [row for row in read_rows(self.jsonl) if row["epoch"] <= epochs]
        if self.rows:  # each file is replaced in one step: a stop in between must not take the rows away
            write_text(self.csv, self._write_head() + "".join(self._write_line(row) for row in self.rows))
            write_text(self.jsonl, "".join(_write_json(row) for row in self.rows))
            return
        for path in (self.csv, self.jsonl):
            with suppress(FileNotFoundError):
                os.remove(path)

    def add(self, row: dict[str, Any]) -> None:
        """Add a row, which is on the disk when this returns. Raises OSError."""
        self.rows.append(row)
        append_text(self.csv, (self._write_head() if len(self.rows) == 1 else "") + self._write_line(row))
        append_text(self.jsonl, _write_json(row))

    def _write_head(self) -> str:
        return _write_csv(list(self.rows[0]))

    def _write_line(self, row: dict[str, Any]) -> str:
        return _write_csv([row.get(name, "") for name in self.rows[0]])


def _write_csv(values: list[Any]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _write_json(row: dict[str, Any]) -> str:
    import json

    return json.dumps(row) + "\n"


def as_json_number(value: Any) -> Any:
    """A figure as JSON has it: a number, a list of numbers; None for NaN and infinity."""
    import numpy as np

    if getattr(value, "shape", ()) != ():
        return [as_json_number(v) for v in np.asarray(value)]
    number = float(value)
    return number if math.isfinite(number) else None


def read_rows(path: str) -> list[dict[str, Any]]:
    """The rows of a metrics.jsonl, up to the first damaged line: a stop may have cut the last one."""
    folder, name = os.path.split(path)
    rows: list[dict[str, Any]] = []
    with suppress(FileNotFoundError), ConfinedFolder(folder).open(name, most=MOST) as file:
        for line in file:
            row = schema.read_row(line)
            if row is None or row["epoch"] != len(rows) + 1:
                break
            rows.append(row)
    return rows
