"""One finding for what is wrong in many places: the first is where it stands, the others are notes."""

from __future__ import annotations

from cnnspec.diagnostic import Note
from cnnspec.elaborate.reporting import trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.elaborate.graph import Node

MAX_NOTES = 4


def listed(nodes: Sequence[Node]) -> str:
    """Who it is about: "conv1", "conv1 and conv2", "53 layers, the first of them conv1"."""
    if len(nodes) > 2:
        return f"{len(nodes)} layers, the first of them {nodes[0].name},"
    return " and ".join([node.name for node in nodes])


def elsewhere(nodes: Sequence[Node]) -> tuple[Note, ...]:
    """The calls that led to the first node, and the other places in the text."""
    first = nodes[0].site.span
    others = {(n.site.source.name, n.site.node.start): n for n in nodes[1:] if n.site.span != first}
    notes = [Note(f"also {node.name}", node.site.span) for node in others.values()][:MAX_NOTES]
    return (*trail(nodes[0].site), *notes)
