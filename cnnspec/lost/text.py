"""What a network throws away, for people and as JSON.

Tensors that follow one another position by position (a convolution, its normalisation and activation) and lose the
same are one entry.
"""

from __future__ import annotations

from itertools import islice

from cnnspec.base.limits import MAX_WORK, TooLong
from cnnspec.base.percent import percent
from cnnspec.base.record import Record
from cnnspec.facts.position_words import listed
from cnnspec.layers.base import show_shape
from cnnspec.lost.lost import DeadTaps, Loss, Lost, lost, macs_lost
from cnnspec.rf.field import axis_names
from cnnspec.rf.text import columns, printed, shortened
from cnnspec.tables import assumed
from cnnspec.tables.rows import keras_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.facts.positions import Positions
    from cnnspec.network import AnalysedNetwork

SCHEMA_VERSION = 1
MAX_LISTED = 10_000  # runs of an axis that the JSON lists
HEADINGS = ("Layer", "Size", "Never read", "Lost", "MACs lost", "Read by")
CONVENTIONS = {
    "never_read": "positions that carry data of the input and that no output depends on; behind layers that move positions elsewhere, only those that are sure",
    "macs_lost": "MACs of a layer times the share of its output positions that are never read",
    "dead_taps": "kernel taps that meet nothing but padding wherever the window lies",
}


TOO_LONG = f"What is lost was not worked out: it would take more than {MAX_WORK:,} steps."


def looked_at(network: AnalysedNetwork) -> Lost:
    """What a network loses; all is unknown where finding out takes too much."""
    try:
        return lost(network.facts)
    except TooLong:
        used = network.graph.used()
        return Lost((), (), tuple([node.index for node in network.graph.nodes if used[node.index]]), (), True)


class Entry(Record):
    """Tensors that lose the same: their losses, in order, and the layers outside that read them."""

    losses: tuple[Loss, ...]
    by: tuple[int, ...]

    @property
    def macs(self) -> int | None:
        found = [loss.macs for loss in self.losses]
        return None if None in found else sum(found)  # type: ignore[arg-type]


def entries(network: AnalysedNetwork, found: Lost) -> list[Entry]:
    """The losses, those of tensors that feed one another and lose the same put together."""
    place: dict[int, list[Loss]] = {}
    groups: list[list[Loss]] = []
    for loss in found.losses:
        mine = [loss]
        node = network.graph.nodes[loss.node]
        for i in node.inputs:
            group = place.get(i)
            if group is not None and group is not mine and group[0].read == loss.read:
                if node.layer is not None and group[0].positions == loss.positions and group[0].axes == loss.axes:
                    groups.remove(group)
                    mine = [*group, *mine]
                    place.update({other.node: mine for other in mine})
        place[loss.node] = mine
        groups.append(mine)
    made = []
    for group in groups:
        inside = {loss.node for loss in group}
        by = dict.fromkeys(i for loss in group for i in loss.by if i not in inside)
        made.append(Entry(tuple(sorted(group, key=lambda loss: loss.node)), tuple(by)))
    return sorted(made, key=lambda entry: entry.losses[0].node)


def wasted_macs(network: AnalysedNetwork, found: Lost) -> tuple[int | None, float | None]:
    """MACs for nothing in all, and their share of the network's; None where unknown."""
    total, wasted = network.facts.total_macs, macs_lost(found)
    if wasted is None or not isinstance(total, int):
        return None, None
    return wasted, wasted / total if total else 0.0


# ---- text --------------------------------------------------------------------------------------------------
def text(network: AnalysedNetwork) -> str:
    found, nodes = looked_at(network), network.graph.nodes
    lines = [f'What "{network.name}" throws away', ""]
    if found.losses:
        lines += [*columns([HEADINGS, *[cells(network, e) for e in entries(network, found)]], {0, 1, 2, 5}), ""]
    for loss in found.losses:
        if nodes[loss.node].layer is None:
            lines.append(f"{nodes[loss.node].name}: {said(loss)}")
    wasted, share = wasted_macs(network, found)
    if wasted:
        lines.append(f"MACs: {wasted:,} of {network.facts.total_macs:,} are for nothing, {percent(share)}.")
    lines += [taps(network, dead) for dead in found.taps]
    unknown = tuple([nodes[i].name for i in found.unknown])
    if found.too_long:
        lines.append(TOO_LONG)
    elif unknown:
        why = "There are errors to mend first" if network.broken else "Sizes are unknown"
        lines.append(f"{why}, and what is lost is not known: ? of {shortened(unknown)}.")
    elif found.untraced:
        names = shortened(tuple([nodes[i].name for i in found.untraced]))
        lines.append(f"More may be lost: {names} moves positions elsewhere and counts as reading everything.")
    elif not found.losses:
        lines.append("Every position that carries data is read.")
    return printed(lines + assumed.sentence(network, "what is lost rests"))


def cells(network: AnalysedNetwork, entry: Entry) -> tuple[str, ...]:
    nodes, first = network.graph.nodes, entry.losses[0]
    size = show_shape((nodes[first.node].shape or ())[:-1]) or show_shape(nodes[first.node].shape)
    return (
        shortened(tuple([nodes[loss.node].name for loss in entry.losses])),
        size,
        never_read(first),
        percent(first.share),
        "?" if entry.macs is None else f"{entry.macs:,}",
        shortened(tuple([nodes[i].name for i in entry.by])) or "-",
    )


def rows(loss: Loss) -> list[Positions]:
    return [axis.rows for axis in loss.axes]


def never_read(loss: Loss) -> str:
    """The rows and columns that are never read: "rows and columns 26, 27"."""
    found = rows(loss)
    if not any(found):
        return f"{loss.unread:,} single positions"
    return listed(found)


def said(loss: Loss) -> str:
    """ "rows and columns 26, 27 are never read: 108 of 784 positions, 13.8 %."."""
    verb = "is" if sum([found.size for found in rows(loss)]) == 1 else "are"
    return (
        f"{never_read(loss)} {verb} never read: {loss.unread:,} of {loss.positions:,} positions, {percent(loss.share)}."
    )


def taps(network: AnalysedNetwork, dead: DeadTaps) -> str:
    name = network.graph.nodes[dead.node].name
    seen = all_taps = 1
    for seeing, number in zip(dead.seeing, dead.taps, strict=True):
        seen, all_taps = seen * seeing, all_taps * number
    return f"{name}: {all_taps - seen} of {all_taps} kernel taps only ever see padding: {dead.weights:,} weights, {percent(dead.share)} of the kernel."


# ---- JSON --------------------------------------------------------------------------------------------------
def json(network: AnalysedNetwork) -> dict[str, Any]:
    """The losses as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    Every tensor stands by itself; rows are [first, last] runs; None is unknown.
    """
    found, nodes = looked_at(network), network.graph.nodes
    wasted, share = wasted_macs(network, found)
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "tensors": [loss_data(network, loss) | assumed.flag(network.graph.assumed) for loss in found.losses],
        "dead_taps": [
            {"layer": nodes[d.node].name, "taps": d.taps, "seeing": d.seeing, "weights": d.weights, "share": d.share}
            for d in found.taps
        ],
        "totals": {"macs_lost": wasted, "macs_share": share},
        "unknown": [nodes[i].name for i in found.unknown],
        "untraced": [nodes[i].name for i in found.untraced],
        **assumed.fields(network),
        "conventions": CONVENTIONS,
        **({"unknown_because": TOO_LONG} if found.too_long else {}),
    }


def loss_data(network: AnalysedNetwork, loss: Loss) -> dict[str, Any]:
    nodes = network.graph.nodes
    node = nodes[loss.node]
    axes = [
        {"axis": axis, "never_read": runs(found), "first": unread.first, "last": unread.last, "inside": unread.inside}
        for axis, found, unread in zip(axis_names(len(loss.axes)), rows(loss), loss.axes, strict=True)
    ]
    return {
        "name": node.name,
        "type": keras_type(node, network),
        "line": node.site.source.position(node.site.node.start)[0],
        "axes": axes,
        "positions": loss.positions,
        "never_read": loss.unread,
        "share": loss.share,
        "macs_lost": loss.macs,
        "read_by": [nodes[i].name for i in loss.by],
    }


def runs(found: Positions) -> list[tuple[int, int]] | None:
    """The first and the last position of every run; None where they are more than MAX_LISTED."""
    listed = [(first, end - 1) for first, end in islice(found.runs(), MAX_LISTED + 1)]
    return listed if len(listed) <= MAX_LISTED else None
