"""Strands: which nodes, one layer after another, one straight line goes through.

Of the lines that enter a node and of those that leave it one each can be straight. Straight first is the longest path (the
trunk), then long edges, then what is left; among equals that fork or meet, the one in the middle, or none.
"""

from __future__ import annotations

from bisect import bisect_left

from cnnspec.draw.layered.crossings import entering, leaving
from cnnspec.draw.layered.ranks import LONGEST, TIED
from cnnspec.draw.layered.sheet import LABEL, LANE, Arc, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.sheet import Sheet


def choose_straight(sheet: Sheet) -> None:
    """Mark the arcs of `sheet` that are `rigid`: no two of them cross, or touch at one side of a node."""
    for layer in sheet.layers[1:]:
        arcs = [arc for node in layer for arc in node.ups]
        ranked: dict[int, list[Arc]] = {}
        for arc in arcs:
            ranked.setdefault(importance(arc), []).append(arc)
        taken: list[tuple[float, float]] = []  # by the places of their ends
        free_above = {arc.upper for arc in arcs}
        free_below = set(layer)
        for rank in sorted(ranked, reverse=True):
            group = [arc for arc in ranked[rank] if arc.upper in free_above and arc.lower in free_below]
            for arc in middle_ones(group):
                ends = (leaving(arc), entering(arc))
                at = bisect_left(taken, ends)
                fits = (at == 0 or taken[at - 1][1] < ends[1]) and (at == len(taken) or ends[1] < taken[at][1])
                if fits and arc.upper in free_above and arc.lower in free_below:
                    arc.rigid = True
                    taken.insert(at, ends)
                    free_above.discard(arc.upper)
                    free_below.discard(arc.lower)


def importance(arc: Arc) -> int:
    if arc.main == LONGEST:
        return 4
    if arc.lower.kind == LABEL or arc.upper.kind == LANE and arc.lower.kind == LANE:
        return 3
    return 2 if arc.main == TIED else 1


def middle_ones(arcs: list[Arc]) -> list[Arc]:
    """Those arcs that are, of the ones here, the middle one both at their upper and at their lower node."""
    above: dict[Node, list[Arc]] = {}
    below: dict[Node, list[Arc]] = {}
    for arc in arcs:
        above.setdefault(arc.upper, []).append(arc)
        below.setdefault(arc.lower, []).append(arc)
    for group in above.values():
        group.sort(key=entering)
    for group in below.values():
        group.sort(key=leaving)
    return [arc for arc in arcs if is_middle(arc, above[arc.upper]) and is_middle(arc, below[arc.lower])]


def is_middle(arc: Arc, group: list[Arc]) -> bool:
    return len(group) % 2 == 1 and group[len(group) // 2] is arc


def number_strands(sheet: Sheet) -> int:
    """Give each node its strand, and its left side's place (`shift`) in it; the answer is how many strands there are."""
    count = 0
    for layer in sheet.layers:
        for node in layer:
            arc = next((arc for arc in node.ups if arc.rigid), None)
            if arc is None:
                node.strand, node.shift = count, 0.0
                count += 1
            else:
                node.strand = arc.upper.strand
                node.shift = arc.upper.shift + arc.leaves - arc.enters
    return count
