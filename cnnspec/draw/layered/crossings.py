"""How many lines cross between two layers, for their order."""

from __future__ import annotations

from bisect import bisect_right, insort

from cnnspec.draw.layered.sheet import INNER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.draw.layered.sheet import Arc, Node

MANY = 500


def leaving(arc: Arc) -> float:
    """Where an arc leaves the upper layer, in places. The wires of a box leave at one point, those of an inner sheet each
    where it stands there."""
    node = arc.upper
    if node.kind == INNER:
        return node.place + node.exits[arc.wire.fork] / node.width
    return node.place + 0.5


def entering(arc: Arc) -> float:
    """Where an arc enters the lower layer."""
    node = arc.lower
    if node.kind == INNER:
        return node.place + node.entries[arc.wire.fork] / node.width
    return node.place + 0.5


def all_crossings(layers: Sequence[Sequence[Node]]) -> int:
    """The crossings of a whole sheet."""
    return sum([crossings(layer) for layer in layers])


def crossings(lower: Sequence[Node]) -> int:
    """The crossings of the arcs that enter a layer."""
    return inversions(sorted([(leaving(arc), entering(arc)) for node in lower for arc in node.ups]))


def crossed_forks(layers: Sequence[Sequence[Node]]) -> set[int]:
    """The forks of which a line crosses another; in layers of very many lines they are not looked for."""
    found: set[int] = set()
    for layer in layers:
        lines = [(leaving(arc), entering(arc), arc.wire.fork) for node in layer for arc in node.ups]
        if len(lines) > MANY or not crossings(layer):
            continue
        lines.sort()
        for index, (begin, end, fork) in enumerate(lines):
            for other, other_end, other_fork in lines[index + 1 :]:
                if begin < other and other_end < end:
                    found |= {fork, other_fork}
    return found


def inversions(ends: Iterable[tuple[float, float]]) -> int:
    """How many pairs, of some sorted by their first places, are in the other order by their second places.

    A sorted list is the accumulator: what an insertion moves is so little that no tree in Python beats it.
    """
    found, seen = 0, list[float]()
    for _, end in ends:
        if seen and end < seen[-1]:
            found += len(seen) - bisect_right(seen, end)
            insort(seen, end)
        else:
            seen.append(end)
    return found


def pair_crossings(left: Node, right: Node) -> tuple[int, int]:
    """The crossings between the arcs of two neighbours of a layer: as they stand, and if they changed places."""
    now = other = 0
    for first, second in (
        (sorted([leaving(arc) for arc in left.ups]), sorted([leaving(arc) for arc in right.ups])),
        (sorted([entering(arc) for arc in left.downs]), sorted([entering(arc) for arc in right.downs])),
    ):
        if first and second:
            now += above(first, second)
            other += above(second, first)
    return now, other


def above(first: list[float], second: list[float]) -> int:
    """How many pairs of one of the first and one of the second have the first one further right."""
    return sum([len(first) - bisect_right(first, place) for place in second])
