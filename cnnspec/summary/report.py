"""The summary as tables: blocks and repeats may fold away below their sums."""

from __future__ import annotations

from cnnspec.base.size import add_up
from cnnspec.layers.base import show_shape
from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables.columns import DEFAULT, mark_assumed, write_cells
from cnnspec.tables.figures import show_field, show_figure
from cnnspec.tables.folds import MOST_SEEN, fold_layers
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.layout import write_title
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.size import Dim
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary
    from cnnspec.tables.size_names import SizeNames


def make_report(network: AnalysedNetwork, summary: Summary, columns: tuple[str, ...] = DEFAULT) -> Report:
    """The table of layers with these columns, rows of unknown shape in red, and the totals."""
    columns = mark_assumed(network, columns)
    headings, numeric = find_headings(columns)
    cells, sizes = write_cells(network, summary.layers, columns)
    unknown = [node.index for node in network.graph.nodes if node.shape is None]
    folded = fold_layers(network.graph, lambda layers: write_sums(network, summary, layers, sizes))
    table = HtmlTable(headings, cells, numeric, unknown, folded=folded, seen=len(cells) <= MOST_SEEN)
    return Report(write_title(network), [table], write_totals(network, summary.totals, sizes))


def write_sums(network: AnalysedNetwork, summary: Summary, layers: range, sizes: SizeNames) -> str:
    """What some layers have together, and their last one at its end: 75,008 parameters, 231,211,008 MACs, 56x56x256, field 35x35."""
    rows = [(network.graph.nodes[i], summary.layers[i]) for i in layers]
    node, last = rows[-1]
    parameters, macs = [row.params for _, row in rows], [sizes.of(row.macs, node) for node, row in rows]
    ends = show_shape(sizes.of(last.output_shape, node)), f"field {show_field(last.receptive_field)}"
    return ", ".join([f"{write_sum(parameters)} parameters", f"{write_sum(macs)} MACs", *ends])


def write_sum(figures: Sequence[Dim | None]) -> str:
    """A sum, unknown where a figure is."""
    known = [figure for figure in figures if figure is not None]
    return show_figure(add_up(known) if len(known) == len(figures) else None)
