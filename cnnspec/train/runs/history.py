"""The figures of every epoch, in metrics.csv for people and spreadsheets and metrics.jsonl for programs."""

from __future__ import annotations

import os
from contextlib import suppress

from cnnspec.train.runs.durable import append, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class History:
    """The rows of a run folder: `epoch` from 1, Keras's figures, `learning_rate`, `seconds`."""

    def __init__(self, folder: str, epochs: int = 0) -> None:
        """Goes on after the given number of epochs; rows of later ones are cut off."""
        self.csv, self.jsonl = os.path.join(folder, "metrics.csv"), os.path.join(folder, "metrics.jsonl")
        self.rows = [row for row in read(self.jsonl) if row["epoch"] <= epochs]
        for path in (self.csv, self.jsonl):
            with suppress(FileNotFoundError):
                os.remove(path)
        if self.rows:
            write(self.csv, self._head() + "".join(self._line(row) for row in self.rows))
            write(self.jsonl, "".join(_json(row) for row in self.rows))

    def add(self, row: dict[str, Any]) -> None:
        """A row more, on the disk when this returns. Raises OSError."""
        self.rows.append(row)
        append(self.csv, (self._head() if len(self.rows) == 1 else "") + self._line(row))
        append(self.jsonl, _json(row))

    def _head(self) -> str:
        return _csv(list(self.rows[0]))

    def _line(self, row: dict[str, Any]) -> str:
        return _csv([row.get(name, "") for name in self.rows[0]])


def _csv(values: list[Any]) -> str:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _json(row: dict[str, Any]) -> str:
    import json

    return json.dumps(row) + "\n"


def read(path: str) -> list[dict[str, Any]]:
    """The rows of a metrics.jsonl; a last line that a stop has cut is left out."""
    import json

    rows = []
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    row = json.loads(line)
                except ValueError:
                    break
                if not isinstance(row, dict) or not isinstance(row.get("epoch"), int):
                    break
                rows.append(row)
    except FileNotFoundError:
        pass
    return rows
