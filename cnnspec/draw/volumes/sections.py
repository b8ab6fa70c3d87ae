"""The row that a network is: layers through which everything goes, and between two of them what runs side by side.

A layer stands in the row itself where every way through the section leads through it. What lies between two such layers falls
apart into lanes, each of which is a row again. What does not fall apart is a tangle.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.volumes.wiring import Wiring

DEEPEST = 24  # lanes in lanes; what lies deeper is a tangle
SMALLEST = 24  # layers of a tangle whose longest edges are taken out


class Tangle(Record):
    """Layers that hang together without a layer that all ways lead through."""

    nodes: tuple[int, ...]


class Lanes(Record):
    """Rows beside one another."""

    nodes: tuple[int, ...]
    rows: tuple[Row, ...]


Row = tuple[int | Tangle | Lanes, ...]


def find_row(wiring: Wiring, nodes: Sequence[int], depth: int = 0) -> Row:
    """The row of some layers, given in order."""
    place = {node: at for at, node in enumerate(nodes)}
    end = len(nodes)
    row: list[int | Tangle | Lanes] = []
    entered = [
        at
        for at, node in enumerate(nodes)
        if any([index not in place for index in wiring.inputs[node]]) or not wiring.inputs[node]
    ]
    furthest, start = max(entered, default=0), 0
    for at, node in enumerate(nodes):
        if furthest <= at:  # no edge from before this layer leads beyond it
            if at > start:
                row.append(find_lanes(wiring, nodes[start:at], depth))
            row.append(node)
            start = at + 1
        furthest = max(
            [
                furthest,
                *[place.get(reader, end) for reader in wiring.readers[node]],
                *[end] * (not wiring.readers[node]),
            ]
        )
    if start:
        return (*row, *[find_lanes(wiring, nodes[start:], depth)] * (start < end))
    if depth < DEEPEST and (len(split(wiring, nodes)) > 1):
        return (find_lanes(wiring, nodes, depth),)
    if end > SMALLEST and depth < DEEPEST and wiring.loosen([*nodes]):
        return find_row(wiring, nodes, depth + 1)
    return (Tangle(tuple(nodes)),)


def find_lanes(wiring: Wiring, nodes: Sequence[int], depth: int) -> Lanes:
    return Lanes(tuple(nodes), tuple([find_row(wiring, part, depth + 1) for part in split(wiring, nodes)]))


def split(wiring: Wiring, nodes: Sequence[int]) -> list[list[int]]:
    """The parts that no edge joins, in the order of their first layers."""
    leader = {node: node for node in nodes}

    def find(node: int) -> int:
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    for node in nodes:
        for index in wiring.inputs[node]:
            if index in leader:
                first, second = sorted((find(index), find(node)))
                leader[second] = first
    parts: dict[int, list[int]] = {}
    for node in nodes:
        parts.setdefault(find(node), []).append(node)
    return [*parts.values()]
