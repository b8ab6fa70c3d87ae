"""Predictions in every form, one by one, so that they can be told as they come: a line, data, cells."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.train.evaluation.predict import Prediction, Question


def write_line(found: Prediction, unit: str) -> str:
    """The image and its answers for a person."""
    return printable(f"{found.path}  {write_answers(found, unit)}")


def write_answers(found: Prediction, unit: str) -> str:
    """The answers alone: 8 96.1 %, 3 2.4 %."""
    in_percent = unit in ("probability", "share")
    return ", ".join(
        [f"{name} {percent(value)}" if in_percent else f"{name} {value:.4g}" for name, value in found.answers]
    )


def write_data(found: Prediction, unit: str) -> dict[str, Any]:
    """The documented fields."""
    if found.why:
        return {"image": found.path, "error": found.why}
    return {"image": found.path, "answers": [{"name": name, unit: value} for name, value in found.answers]}


def write_heads(asked: Question, top: int) -> list[str]:
    """The columns of the table as CSV."""
    columns = len(asked.names) if asked.unit == "value" else min(top, len(asked.names))
    return ["image", *[f"{head}_{n + 1}" for n in range(columns) for head in ("name", asked.unit)], "error"]


def list_cells(found: Prediction, columns: int) -> list[Any]:
    """The image's cells in so many columns; "" for what there is not."""
    cells = [cell for answer in found.answers for cell in answer] or [""] * (columns - 2)
    return [found.path, *cells, found.why]


def write_csv(found: Iterable[Prediction], heads: Sequence[str]) -> str:
    """The predictions as CSV: a header, then a line an image."""
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([[printable(str(cell)) for cell in list_cells(one, len(heads))] for one in found])
    return out.getvalue()
