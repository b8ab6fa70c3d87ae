"""The forms of the summary's table: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

from cnnspec.tables.columns import DEFAULT
from cnnspec.tables.report import FORMS, write_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary

FORMATS = ("text", "markdown", "csv", "latex")


def write_table(
    network: AnalysedNetwork,
    summary: Summary,
    format: str,
    columns: tuple[str, ...] = (),
    width: int | None = None,
    color: bool = False,
) -> str:
    """The table in one of FORMATS; without columns, those that are usual in it. `width` and `color` are the text's."""
    if format == "csv":
        from cnnspec.summary.csv import write_csv

        return write_csv(network, summary, columns)
    if format in FORMS:
        from cnnspec.summary.report import make_report

        return write_report(make_report(network, summary, columns or DEFAULT), format)
    from cnnspec.summary.text import write_text

    return write_text(network, summary, columns or DEFAULT, width, color)
