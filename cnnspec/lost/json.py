"""What a network throws away, as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from itertools import islice

from cnnspec.lost.lost import TOO_LONG, waste_of_macs
from cnnspec.tables.assumed import assumed_flag, assumption_data
from cnnspec.tables.axis_names import name_axes
from cnnspec.tables.rows import find_keras_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.facts.positions import Positions
    from cnnspec.lost.lost import DeadTaps, Loss, Lost
    from cnnspec.network import AnalysedNetwork

SCHEMA_VERSION = 1
MAX_LISTED = 10_000  # runs of an axis that are listed
CONVENTIONS = {
    "never_read": "positions that carry data of the input and that no output depends on; behind layers that move positions elsewhere, only those that are sure",
    "macs_lost": "MACs of a layer times the share of its output positions that are never read",
    "dead_taps": "kernel taps that meet nothing but padding wherever the window lies",
}


def write_data(network: AnalysedNetwork, lost: Lost) -> dict[str, Any]:
    """The documented fields. Every tensor stands by itself; rows are [first, last] runs; None is unknown."""
    nodes = network.graph.nodes
    wasted, share = waste_of_macs(network.facts, lost)
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "tensors": [loss_data(network, loss) | assumed_flag(network.graph.assumed) for loss in lost.losses],
        "dead_taps": [tap_data(network, dead) for dead in lost.taps],
        "totals": {"macs_lost": wasted, "macs_share": share},
        "unknown": [nodes[i].name for i in lost.unknown],
        "untraced": [nodes[i].name for i in lost.untraced],
        **assumption_data(network),
        "conventions": CONVENTIONS,
        **({"unknown_because": TOO_LONG} if lost.too_long else {}),
    }


def loss_data(network: AnalysedNetwork, loss: Loss) -> dict[str, Any]:
    nodes = network.graph.nodes
    node = nodes[loss.node]
    axes = [
        {
            "axis": axis,
            "never_read": run_data(unread.rows),
            "first": unread.first,
            "last": unread.last,
            "inside": unread.inside,
        }
        for axis, unread in zip(name_axes(len(loss.axes)), loss.axes, strict=True)
    ]
    return {
        "name": node.name,
        "type": find_keras_type(node, network),
        "line": node.site.first_line,
        "axes": axes,
        "positions": loss.positions,
        "never_read": loss.unread,
        "share": loss.share,
        "macs_lost": loss.macs,
        "read_by": [nodes[i].name for i in loss.by],
    }


def tap_data(network: AnalysedNetwork, dead: DeadTaps) -> dict[str, Any]:
    return {
        "layer": network.graph.nodes[dead.node].name,
        "taps": list(dead.taps),
        "seeing": list(dead.seeing),
        "weights": dead.weights,
        "share": dead.share,
    }


def run_data(positions: Positions) -> list[list[int]] | None:
    """The first and the last position of every run; None where there are more than MAX_LISTED."""
    runs = [[first, end - 1] for first, end in islice(positions.runs(), MAX_LISTED + 1)]
    return runs if len(runs) <= MAX_LISTED else None
