"""The table of blocks in Markdown."""

from __future__ import annotations

from cnnspec.summary.blocks.columns import CONVENTIONS, RIGHT, find_headings, write_cells, write_title
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.summary.blocks import BlockFigures


def write_markdown(rows: Sequence[BlockFigures], file: str, inputs: str) -> str:
    """A row a block, and below the table what its figures mean, as a list."""
    headings = find_headings(rows)
    lines = [f"**{escape.markdown(write_title(inputs))}**", "", "| " + " | ".join(headings) + " |"]
    lines.append("| " + " | ".join("---:" if i in RIGHT else "---" for i in range(len(headings))) + " |")
    lines += ["| " + " | ".join(map(escape.markdown, row)) + " |" for row in write_cells(rows, file)]
    lines += ["", *[f"- {escape.markdown(line)}" for line in CONVENTIONS]]
    return "\n".join(lines) + "\n"
