"""Strands that would make a sheet much wider than its widest layer, cut.

Where strands stand beside each other like stairs, each at another layer, they need as much room as if all stood in one layer.
The strands of the longest such stairs are cut between where the next left and right one touch them, until that is short
enough, the trunk last of all.
"""

from __future__ import annotations

from cnnspec.draw.layered.gaps import Gap, least_gaps, width
from cnnspec.draw.layered.ports import place_ports
from cnnspec.draw.layered.strands import importance, number_strands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import Arc, Node, Sheet

WIDER = {1: 1.4, 2: 1.4, 3: 2.0, 4: 3.0}  # how much wider than the widest layer, before arcs of an importance are cut
ROUNDS = 10  # of each


def loosen(sheet: Sheet, spacing: Spacing) -> None:
    """Choose arcs of `sheet` that are no longer rigid, and place the ports of all."""
    widest = max([width(layer, spacing) for layer in sheet.layers], default=0)
    place_ports([node for layer in sheet.layers for node in layer], spacing)
    for most, wider in WIDER.items():
        for _ in range(ROUNDS):
            stairs = longest_stairs(sheet, number_strands(sheet), least_gaps(sheet, spacing), wider * widest)
            arcs = [arc for above, below in stairs if (arc := weakest(above, below, most)) is not None]
            if not arcs:
                break
            for arc in arcs:
                arc.rigid = False
            place_ports([node for arc in arcs for node in (arc.upper, arc.lower)], spacing)


def longest_stairs(
    sheet: Sheet, count: int, gaps: dict[tuple[int, int], Gap], enough: float
) -> list[tuple[Node, Node]]:
    """The strands that make a sheet wider than `enough`: of each the two nodes at which others touch it, the upper one first."""
    at = [0.0] * count
    before: list[Gap | None] = [None] * count
    left: list[list[tuple[int, Gap]]] = [[] for _ in range(count)]
    for (a, b), gap in gaps.items():
        left[b].append((a, gap))
    for b in sort_strands(count, gaps):
        for a, gap in left[b]:
            if before[b] is None or at[a] + gap.by > at[b]:
                at[b], before[b] = at[a] + gap.by, gap
    nodes = [node for layer in sheet.layers for node in layer]
    last = max(nodes, key=lambda node: at[node.strand] + node.shift + node.width, default=None)
    if last is None:
        return []
    right = at[last.strand] + last.shift + last.width
    stairs = []
    node, step = last, before[last.strand]
    while step is not None:
        stairs.append((node, step.right))
        node, step = step.left, before[step.left.strand]
    if right - at[node.strand] - node.shift <= enough:
        return []
    return [pair if pair[0].layer < pair[1].layer else pair[::-1] for pair in stairs]


def sort_strands(count: int, gaps: dict[tuple[int, int], Gap]) -> list[int]:
    """The strands from left to right."""
    waits = [0] * count
    right: list[list[int]] = [[] for _ in range(count)]
    for a, b in gaps:
        right[a].append(b)
        waits[b] += 1
    ready = [a for a in range(count) if not waits[a]]
    for a in ready:
        for b in right[a]:
            waits[b] -= 1
            if not waits[b]:
                ready.append(b)
    assert len(ready) == count
    return ready


def weakest(above: Node, below: Node, most: int) -> Arc | None:
    """Of the arcs between two nodes of a strand the one that matters least; None where all matter more than `most`."""
    best: Arc | None = None
    node = above
    while node is not below:
        arc = next(arc for arc in node.downs if arc.rigid)
        if importance(arc) <= most and (best is None or importance(arc) < importance(best)):
            best = arc
        node = arc.lower
    return best
