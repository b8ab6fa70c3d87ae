"""Where along a node's width its lines enter and leave.

The straight line goes through the middle of a box, the others stand beside it in the order of where they come from.
"""

from __future__ import annotations

from cnnspec.draw.layered.crossings import entering, leaving
from cnnspec.draw.layered.sheet import BOX, INNER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import Arc, Node, Wire


def place_ports(nodes: Iterable[Node], spacing: Spacing) -> None:
    """Set `leaves` and `enters` of the arcs of some nodes."""
    for node in nodes:
        if node.kind == BOX:
            enter_box(node, spacing.ports)
            leave_box(node, spacing.ports)
        elif node.kind == INNER:
            for arc in node.ups:
                arc.enters = node.entries[arc.wire.fork]
            for arc in node.downs:
                arc.leaves = node.exits[arc.wire.fork]


def enter_box(node: Node, pitch: float) -> None:
    arcs = sorted(node.ups, key=leaving)
    straight = next((i for i, arc in enumerate(arcs) if arc.rigid), None)
    for arc, place in zip(arcs, spread(len(arcs), straight, node.width, pitch), strict=True):
        arc.enters = place


def leave_box(node: Node, pitch: float) -> None:
    """Of each wire one line leaves, whatever it forks to."""
    groups: dict[Wire, list[Arc]] = {}
    for arc in node.downs:
        groups.setdefault(arc.wire, []).append(arc)
    wires = sorted(groups.values(), key=lambda arcs: sum([entering(arc) for arc in arcs]) / len(arcs))
    straight = next((i for i, arcs in enumerate(wires) if any([arc.rigid for arc in arcs])), None)
    for arcs, place in zip(wires, spread(len(wires), straight, node.width, pitch), strict=True):
        for arc in arcs:
            arc.leaves = place


def spread(count: int, straight: int | None, width: float, pitch: float) -> Sequence[float]:
    """The places of `count` lines on a side, one of them in the middle if it is to be straight."""
    if not count:
        return ()
    middle = (count - 1) / 2 if straight is None else straight
    furthest = max(middle, count - 1 - middle)
    step = min(pitch, width / 2 / (furthest + 0.5))
    return [width / 2 + (i - middle) * step for i in range(count)]


def slide_ports(nodes: Iterable[Node], spacing: Spacing) -> None:
    """Move ports of boxes that are placed to where their lines are straight, in their order and not too near to others."""
    least = spacing.ports / 2
    for node in nodes:
        if node.kind == BOX:
            arcs = sorted(node.ups, key=lambda arc: arc.enters)
            places = slid([(arc.enters, arc.upper.x + arc.leaves - node.x) for arc in arcs], node.width, least)
            for arc, place in zip(arcs, places, strict=True):
                arc.enters = place


def slid(ports: Sequence[tuple[float, float]], width: float, least: float) -> list[float]:
    """The places of ports, each with the place where it would rather be, from left to right."""
    places = [place for place, _ in ports]
    for index, (_, wanted) in enumerate(ports):
        after = places[index - 1] + least if index else least
        before = places[index + 1] - least if index + 1 < len(places) else width - least
        if after <= wanted <= before:
            places[index] = wanted
    return places
