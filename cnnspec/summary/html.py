"""The summary as an HTML table, for notebooks."""

from __future__ import annotations

from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables.columns import DEFAULT, mark_assumed, write_cells
from cnnspec.tables.escape import xml
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def write_html(network: AnalysedNetwork, summary: Summary) -> str:
    """The table of layers, rows of unknown shape in red, and the totals."""
    columns = mark_assumed(network, DEFAULT)
    headings, numeric = find_headings(columns)
    align = ["right" if i in numeric else "left" for i in range(len(headings))]
    head = "".join(f"<th style='text-align:{side}'>{h}</th>" for side, h in zip(align, headings, strict=True))
    body, (cells, sizes) = "", write_cells(network, summary.layers, columns)
    for node, line in zip(network.graph.nodes, cells, strict=True):
        style = " style='color:#b00'" if node.shape is None else ""
        body += f"<tr{style}>" + "".join(
            f"<td style='text-align:{side}'>{xml(cell)}</td>" for side, cell in zip(align, line, strict=True)
        ) + "</tr>"  # fmt: skip
    lines = "<br>".join(xml(line) for line in write_totals(network, summary.totals, sizes))
    return f"<b>{xml(write_title(network))}</b><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{lines}</p>"
