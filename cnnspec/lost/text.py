"""What a network throws away, as text: the table of `cnnspec lost`, and a line for each layer with dead taps."""

from __future__ import annotations

from cnnspec.base.percent import percent
from cnnspec.facts.position_words import list_positions
from cnnspec.layers.base import show_shape
from cnnspec.lost.grouped_losses import group_losses
from cnnspec.lost.lost import TOO_LONG, waste_of_macs
from cnnspec.tables.assumed import write_assumptions
from cnnspec.tables.layout import shorten_names
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.graph import Graph
    from cnnspec.lost.grouped_losses import GroupedLoss
    from cnnspec.lost.lost import DeadTaps, Loss, Lost
    from cnnspec.network import AnalysedNetwork

HEADINGS = ("Layer", "Size", "Never read", "Lost", "MACs lost", "Read by")
RIGHT = {3, 4}  # columns of figures
SPARE = ("Read by", "Size", "MACs lost", "Lost")


def write_text(network: AnalysedNetwork, lost: Lost, width: int | None = None) -> str:
    """The whole report."""
    page = Page(width)
    page.add_texts([f'What "{network.name}" throws away', ""])
    if lost.losses:
        page.add_table(
            Table(HEADINGS, [write_row(network.graph, g) for g in group_losses(network.graph, lost)], RIGHT, SPARE)
        )
        page.add_text()
    page.add_texts(write_sentences(network, lost), hanging=4)
    return page.write(also="as does --format json")


def write_sentences(network: AnalysedNetwork, lost: Lost) -> list[str]:
    """What stands below the table: inputs that are not read, work for nothing, dead taps, what is not known."""
    graph, lines = network.graph, []
    for loss in lost.losses:
        if graph.nodes[loss.node].layer is None:
            lines.append(f"{graph.nodes[loss.node].name}: {write_loss(loss)}")
    wasted, share = waste_of_macs(network.facts, lost)
    if wasted:
        lines.append(f"MACs: {wasted:,} of {network.facts.total.macs:,} are for nothing, {percent(share)}.")
    lines += [write_dead_taps(graph, dead) for dead in lost.taps]
    return [*lines, *write_unknown(network, lost), *write_assumptions(network, "what is lost rests")]


def write_row(graph: Graph, group: GroupedLoss) -> tuple[str, ...]:
    first = group.losses[0]
    shape = graph.nodes[first.node].shape
    return (
        name_nodes(graph, [loss.node for loss in group.losses]),
        show_shape((shape or ())[:-1]) or show_shape(shape),
        write_positions(first),
        percent(first.share),
        "?" if group.macs is None else f"{group.macs:,}",
        name_nodes(graph, group.by) or "-",
    )


def name_nodes(graph: Graph, indices: Iterable[int]) -> str:
    """The names of nodes in a row."""
    return shorten_names(tuple([graph.nodes[i].name for i in indices]))


def write_positions(loss: Loss) -> str:
    """What is never read: "rows and columns 26, 27"."""
    rows = [axis.rows for axis in loss.axes]
    return list_positions(rows) if any(rows) else f"{loss.unread:,} single position{'s' * (loss.unread != 1)}"


def write_loss(loss: Loss) -> str:
    """ "rows and columns 26, 27 are never read: 108 of 784 positions, 13.8 %."."""
    verb = "is" if sum([axis.rows.size for axis in loss.axes]) == 1 else "are"
    share = f"{loss.unread:,} of {loss.positions:,} positions, {percent(loss.share)}"
    return f"{write_positions(loss)} {verb} never read: {share}."


def write_dead_taps(graph: Graph, dead: DeadTaps) -> str:
    """ "conv1: 4 of 9 kernel taps only ever see padding: 16 weights, 44.4 % of the kernel."."""
    blind = dead.all_taps - dead.seeing_taps
    taps = f"{blind} of {dead.all_taps} kernel taps only ever see{'s' * (blind == 1)} padding"
    weights = f"{dead.weights:,} weight{'s' * (dead.weights != 1)}"
    return f"{graph.nodes[dead.node].name}: {taps}: {weights}, {percent(dead.share)} of the kernel."


def write_unknown(network: AnalysedNetwork, lost: Lost) -> list[str]:
    """What is not known; or that everything is read."""
    if lost.too_long:
        return [TOO_LONG]
    if lost.unknown:
        errors = network.broken and network.whole
        why = "There are errors to mend first" if errors else "Sizes are unknown"
        return [f"{why}, and it is not known what is lost of {name_nodes(network.graph, lost.unknown)}."]
    if lost.untraced:
        names, reads = name_nodes(network.graph, lost.untraced), "reads" if len(lost.untraced) == 1 else "read"
        return [f"More may be lost: what {names} {reads} is not followed, and counts as everything."]
    return [] if lost.losses else ["Every position that carries data is read."]
