"""The summary as HTML tables."""

from __future__ import annotations

from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables.columns import DEFAULT, mark_assumed, write_cells
from cnnspec.tables.html import HtmlTable, write_page
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def write_html(network: AnalysedNetwork, summary: Summary) -> str:
    """The table of layers, rows of unknown shape in red, and the totals."""
    columns = mark_assumed(network, DEFAULT)
    headings, numeric = find_headings(columns)
    cells, sizes = write_cells(network, summary.layers, columns)
    unknown = [node.index for node in network.graph.nodes if node.shape is None]
    table = HtmlTable(headings, cells, numeric, unknown)
    wrong = ["It has mistakes: look at its diagnostics."] * network.broken
    return write_page(write_title(network), [table], [*write_totals(network, summary.totals, sizes), *wrong])
