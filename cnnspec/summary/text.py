"""The summary as text: the table as `model.summary()` shows it, laid out for the width that it is shown in."""

from __future__ import annotations

from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables.columns import DEFAULT, WIDTH, mark_assumed, write_cells
from cnnspec.tables.layout import write_title
from cnnspec.tables.page import BOLD, RED, Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary

SPARE = ("Connected to", "RF", "MACs")  # of the usual columns; of those asked for, the last is the first to go


def write_text(
    network: AnalysedNetwork,
    summary: Summary,
    columns: tuple[str, ...] = DEFAULT,
    width: int | None = None,
    color: bool = False,
) -> str:
    """The table of layers with these columns, and the totals. In color, rows of unknown shape are red."""
    page = Page(width, color)
    page.add_text(write_title(network), style=BOLD)
    page.add_text()
    spare = SPARE if columns == DEFAULT else ()
    columns = mark_assumed(network, columns)
    headings, numeric = find_headings(columns)
    cells, sizes = write_cells(network, summary.layers, columns, width or WIDTH)
    page.add_table(
        Table(headings, cells, numeric, spare, [RED if node.shape is None else "" for node in network.graph.nodes])
    )
    page.add_text()
    page.add_texts(write_totals(network, summary.totals, sizes), hanging=6)
    return page.write(also="--columns chooses some")
