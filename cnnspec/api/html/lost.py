"""What a network throws away, as a table."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.lost.grouped_losses import group_losses
from cnnspec.lost.lost import waste_of_macs
from cnnspec.lost.text import HEADINGS, RIGHT, write_dead_taps, write_row, write_unknown
from cnnspec.tables.assumed import write_assumptions
from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.lost.lost import Lost
    from cnnspec.network import AnalysedNetwork


def make_report(network: AnalysedNetwork, lost: Lost) -> Report:
    """The table of what is never read, and below it the work for nothing and the dead taps."""
    graph = network.graph
    table = HtmlTable(HEADINGS, [write_row(graph, group) for group in group_losses(graph, lost)], RIGHT)
    wasted, share = waste_of_macs(network.facts, lost)
    lines = [f"MACs: {wasted:,} of {network.facts.total.macs:,} are for nothing, {percent(share)}."] if wasted else []
    lines += [write_dead_taps(graph, dead) for dead in lost.taps]
    lines += [*write_unknown(network, lost), *write_assumptions(network, "what is lost rests")]
    return Report(f'What "{network.name}" throws away', [table], lines)
