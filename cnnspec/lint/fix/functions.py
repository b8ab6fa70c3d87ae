"""The functions that layers end in: written as their activation=, or as layers of their own."""

from __future__ import annotations

from cnnspec.lint.finding import name_layers
from cnnspec.lint.fix.arguments import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext


def end_in(repair: RepairContext, nodes: Sequence[Node], function: str) -> list[Edit]:
    """Layers with another function at their end: their activation=, in the place of an activation, or behind them."""
    edits: list[Edit] = []
    for node in repair.sites(nodes):
        if takes(node.layer, "activation"):
            edits += repair.set([node], activation=function)
        elif node.layer is not None and node.layer.in_place and node.layer.ends_in() not in (None, "linear"):
            edits += repair.replace([node], function)
        else:
            edits += repair.behind([node], function)
    return edits


def drop_function(repair: RepairContext, nodes: Sequence[Node]) -> Proposal:
    """Layers without the function that they end in: their activation=, or themselves."""
    edits: list[Edit] = []
    for node in repair.sites(nodes):
        own = node.layer is not None and takes(node.layer, "activation") and not node.layer.in_place
        edits += repair.set([node], activation="linear") if own else repair.drop([node])
    function = nodes[0].layer.ends_in() if nodes[0].layer else ""
    return repair.propose(f"drop the {function} of {name_layers(nodes)}", edits)
