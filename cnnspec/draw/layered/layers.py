"""The layers of a sheet: its nodes by their ranks, labels in layers between them, and lanes for wires that pass a layer."""

from __future__ import annotations

from cnnspec.draw.layered.ranks import LONGEST
from cnnspec.draw.layered.sheet import LABEL, LANE, Arc, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import End, Sheet, Wire


def put_in_layers(sheet: Sheet, spacing: Spacing, parted: Set[int] = frozenset()) -> None:
    """Make `sheet.layers`, in a first order: depth first, the longest path leftmost of two, and lanes rightmost. The ends of
    the forks `parted` have lanes of their own; those of others share them."""
    nodes = [*sheet.entries, *sheet.items, *sheet.exits]
    sheet.labels = {}
    for node in nodes:
        node.ups, node.downs, node.place = [], [], -1
    labelled = {wire.source.rank for wire in sheet.wires if wire.label is not None}
    place: dict[int, int] = {}
    count = 0
    for at in sorted({node.rank for node in nodes}):
        place[at] = count
        count += 2 if at in labelled else 1
    for node in nodes:
        node.layer = place[node.rank]
    for wire in sheet.wires:
        lead(sheet, wire, spacing, wire.fork in parted)
    sheet.layers = [[] for _ in range(count)]
    visit(sheet, [node for node in nodes if not node.ups])


def lead(sheet: Sheet, wire: Wire, spacing: Spacing, parted: bool) -> None:
    """Lead a wire from its source through the layers, by one lane in each (or one for each end, if `parted`), to its ends."""
    at = wire.source
    ends = sorted(wire.ends, key=lambda end: end.node.layer)
    if wire.label is not None:
        label = Node(LABEL, -1, wire.label.width + 2 * spacing.labels, wire.label.height)
        sheet.labels[wire.fork] = label
        at = step(wire, at, label, None)
        mark(at, max([end.main for end in ends]))
    trunk = at
    for end in ends:
        if parted:
            at = trunk
        while at.layer + 1 < end.node.layer:
            at = step(wire, at, Node(LANE), None)
        step(wire, at, end.node, end)
        mark(end.node, end.main)


class Arrangement:
    """What `put_in_layers` and `order` made of a sheet, to be put back."""

    def __init__(self, sheet: Sheet) -> None:
        self.layers, self.labels = sheet.layers, sheet.labels
        self.nodes = [(node, node.ups, node.downs) for node in (*sheet.entries, *sheet.items, *sheet.exits)]

    def put_back(self, sheet: Sheet) -> None:
        """Undo what was made since."""
        sheet.layers, sheet.labels = self.layers, self.labels
        for node, ups, downs in self.nodes:
            node.ups, node.downs = ups, downs
        for layer in self.layers:
            for place, node in enumerate(layer):
                node.place = place


def step(wire: Wire, upper: Node, lower: Node, end: End | None) -> Node:
    arc = Arc(wire, upper, lower, end)
    lower.layer = upper.layer + 1
    upper.downs.append(arc)
    lower.ups.append(arc)
    return lower


def mark(node: Node, main: int) -> None:
    """Mark the way to a node, which came last, as being on the longest path."""
    arc = node.ups[-1]
    while arc.main < main:
        arc.main = main
        if arc.upper.kind != LANE and arc.upper.kind != LABEL:
            break
        arc = arc.upper.ups[-1]


def visit(sheet: Sheet, starts: list[Node]) -> None:
    """Give each node its place: the next in its layer when a walk comes to it first."""
    stack = starts[::-1]
    while stack:
        node = stack.pop()
        if node.place >= 0:
            continue
        layer = sheet.layers[node.layer]
        node.place = len(layer)
        layer.append(node)
        stack += [arc.lower for arc in reversed(first_order(node.downs)) if arc.lower.place < 0]


def first_order(arcs: list[Arc]) -> list[Arc]:
    """Arcs from left to right as they should lie where nothing else says so."""
    here = [arc for arc in arcs if arc.lower.kind != LANE]
    passing = [arc for arc in arcs if arc.lower.kind == LANE]
    if len(here) == 2 and here[1].main == LONGEST:
        here.reverse()
    return here + passing
