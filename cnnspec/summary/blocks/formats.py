"""The forms of the table of blocks: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

from cnnspec.tables.report import FORMS, write_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures

FORMATS = ("text", "markdown", "csv", "latex")


def write_table(
    rows: Sequence[BlockFigures], file: str, inputs: str, format: str, width: int | None = None, color: bool = False
) -> str:
    """The table in one of FORMATS. `file` is the one asked about, `inputs` what its blocks are called on. `width` and `color` are the text's."""
    if format == "csv":
        from cnnspec.summary.blocks.csv import write_csv

        return write_csv(rows, file)
    if format in FORMS:
        from cnnspec.summary.blocks.report import make_report

        return write_report(make_report(rows, file, inputs), format)
    from cnnspec.summary.blocks.text import write_text

    return write_text(rows, file, inputs, width, color)
