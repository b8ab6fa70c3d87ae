"""Predictions in every form, one by one, so that they can be told as they come: a line, data, cells."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.base.source import printable
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.train.evaluation.predict import Prediction
    from cnnspec.train.evaluation.question import OutputQuestion


def write_line(found: Prediction, outputs: Sequence[OutputQuestion]) -> str:
    """The image and its answers for a person."""
    return printable(f"{found.path}  {write_answers(found, outputs)}")


def write_answers(found: Prediction, outputs: Sequence[OutputQuestion]) -> str:
    """The answers alone: 8 96.1 %, 3 2.4 %; of several outputs digit: 8 96.1 %, 3 2.4 %; same: 1 81 %."""
    written = [_write_output(found.outputs[output.name], output.unit) for output in outputs]
    if len(outputs) == 1:
        return written[0]
    return "; ".join([f"{output.name}: {own}" for output, own in zip(outputs, written, strict=True)])


def _write_output(answers: Iterable[tuple[str, float]], unit: str) -> str:
    in_percent = unit in ("probability", "share")
    return ", ".join([f"{name} {percent(value)}" if in_percent else f"{name} {value:.4g}" for name, value in answers])


def write_data(found: Prediction, outputs: Sequence[OutputQuestion]) -> dict[str, Any]:
    """The documented fields."""
    if found.why:
        return {"image": found.path, "error": found.why}
    made = {
        output.name: [{"name": name, output.unit: value} for name, value in found.outputs[output.name]]
        for output in outputs
    }
    return {"image": found.path, **({"answers": made[outputs[0].name]} if len(outputs) == 1 else {"outputs": made})}


def write_heads(outputs: Sequence[OutputQuestion], top: int) -> list[str]:
    """The columns of the table as CSV; those of several outputs begin with the output's name."""
    heads = []
    for output in outputs:
        count = len(output.names) if output.unit == "value" else min(top, len(output.names))
        start = f"{output.name}_" if len(outputs) > 1 else ""
        heads += [f"{start}{head}_{n + 1}" for n in range(count) for head in ("name", output.unit)]
    return ["image", *heads, "error"]


def list_cells(found: Prediction, columns: int) -> list[Any]:
    """The image's cells in so many columns; "" for what there is not."""
    cells = [cell for answers in found.outputs.values() for answer in answers for cell in answer]
    cells = cells or [""] * (columns - 2)
    return [found.path, *cells, found.why]


def write_csv(found: Iterable[Prediction], heads: Sequence[str]) -> str:
    """The predictions as CSV: a header, then a line an image."""
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([[escape.csv(str(cell)) for cell in list_cells(one, len(heads))] for one in found])
    return out.getvalue()
