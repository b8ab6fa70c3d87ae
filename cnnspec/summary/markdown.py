"""The summary as a table in Markdown."""

from __future__ import annotations

from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables import escape
from cnnspec.tables.columns import DEFAULT, mark_assumed, write_cells
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def write_markdown(network: AnalysedNetwork, summary: Summary, columns: tuple[str, ...] = DEFAULT) -> str:
    """The table of layers with these columns, and the totals as a list."""
    columns = mark_assumed(network, columns)
    headings, numeric = find_headings(columns)
    cells, sizes = write_cells(network, summary.layers, columns)
    lines = [f"**{escape.markdown(write_title(network))}**", "", "| " + " | ".join(headings) + " |"]
    lines.append("| " + " | ".join("---:" if i in numeric else "---" for i in range(len(headings))) + " |")
    lines += ["| " + " | ".join(map(escape.markdown, line)) + " |" for line in cells]
    lines.append("")
    lines += [f"- {escape.markdown(line)}" for line in write_totals(network, summary.totals, sizes)]
    return "\n".join(lines) + "\n"
