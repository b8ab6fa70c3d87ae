"""The forms of the table of blocks: one file writes each, and is imported when its form is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures

FORMATS = ("text", "markdown", "csv")


def write_table(
    rows: Sequence[BlockFigures], file: str, inputs: str, format: str, width: int | None = None, color: bool = False
) -> str:
    """The table as text, markdown or csv. `file` is the one asked about, `inputs` what its blocks are called on. `width` and `color` are the text's."""
    if format == "csv":
        from cnnspec.summary.blocks.csv import write_csv

        return write_csv(rows, file)
    if format == "markdown":
        from cnnspec.summary.blocks.markdown import write_markdown

        return write_markdown(rows, file, inputs)
    from cnnspec.summary.blocks.text import write_text

    return write_text(rows, file, inputs, width, color)
