"""Which edges of a network make its row, and which go over it.

A tensor that is read again where a map, made smaller on the way, has grown to its size again goes over the row: the copies
of a U-Net, the lateral connections of a feature pyramid. Without them, what is left is a row.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.size import Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.size import Dim
    from cnnspec.graph import Graph

ASSUMED = 256  # positions along an axis whose size is not known: for its size in the picture alone
LONGEST_WAY = 3  # layers on such a connection that are told beside its line; more are a lane of their own
SMALLER = 0.75  # of a map's positions: fewer are a smaller map
SHORTEST_SPAN = 8  # layers, at least, over which an edge leads that may be taken out of a tangle


def guess_size(size: Dim) -> int:
    """A size as a number, at least 1: what is unknown of it is ASSUMED."""
    value = size.value(dict.fromkeys(size.names(), ASSUMED)) if isinstance(size, Size) else size
    return max(1, value)


def measure_map(shape: tuple[Dim, ...] | None) -> int:
    """How many positions a map has; 0 for what is no map, or unknown, or a single position."""
    if shape is None or len(shape) < 2:
        return 0
    positions = prod([guess_size(size) for size in shape[:-1]])
    return positions if positions > 1 else 0


class Wiring:
    """The edges that make the row. `ways` are the layers on connections over it, which stand in no box: for each the layer
    before and the one behind all of its way."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.inputs = [[*dict.fromkeys(node.inputs)] for node in graph.nodes]
        self.readers = [[*dict.fromkeys(readers)] for readers in graph.consumers()]
        self.all_readers = [tuple(readers) for readers in self.readers]  # over the row, too
        self.positions = [measure_map(node.shape) for node in graph.nodes]
        self.depths: list[int] = []
        for node in graph.nodes:
            self.depths.append(max([self.depths[index] + 1 for index in node.inputs], default=0))
        self.ways: dict[int, tuple[int, int]] = {}
        self.copies: list[tuple[int, int]] = []  # of a map to a merge, that go over the row
        smallest = max(self.positions, default=0)  # of the maps so far
        for node in graph.nodes:
            smallest = min(smallest, self.positions[node.index] or smallest)
            if len(self.inputs[node.index]) > 1 and smallest < SMALLER * self.positions[node.index]:
                self.part_copies(node.index)

    @property
    def nodes(self) -> list[int]:
        return [node.index for node in self.graph.nodes if node.index not in self.ways]

    def take_out(self, source: int, reader: int) -> None:
        self.inputs[reader].remove(source)
        self.readers[source].remove(reader)

    def part_copies(self, merge: int) -> None:
        """Take what a merge reads from before a map was made smaller and grew again out of the row."""
        for read in [*self.inputs[merge]]:
            others = [other for other in self.inputs[merge] if other != read]
            way = [*self.walk_way(read)]
            source = self.inputs[way[-1]][0] if way else read
            if len(self.readers[source]) < 2 or not self.positions[read]:
                continue
            grown = [other for other in others if self.dips(other, self.depths[source], self.positions[read])]
            if not grown or self.dips(read, min([self.depths[other] for other in grown]), self.positions[read]):
                continue
            self.take_out(read, merge)
            self.copies.append((source, merge))
            if 0 < len(way) <= LONGEST_WAY:
                self.take_out(source, way[-1])
                self.ways.update(dict.fromkeys(way, (source, merge)))

    def walk_way(self, index: int) -> Iterator[int]:
        """The layers before a merge that nobody else reads, the last first, as far as they have one input."""
        while len(self.all_readers[index]) == 1 and len({*self.graph.nodes[index].inputs}) == 1:
            yield index
            index = self.inputs[index][0]

    def dips(self, index: int, depth: int, positions: int) -> bool:
        """Whether a tensor was a map of fewer positions on its way from a depth, other than a single one."""
        while self.depths[index] > depth and self.positions[index]:
            if self.positions[index] < SMALLER * positions:
                return True
            if not self.inputs[index]:
                return False
            index = max(self.inputs[index], key=self.depths.__getitem__)
        return False

    def loosen(self, nodes: list[int]) -> bool:
        """Take the longest edges out of a tangle, in which everything hangs together; False where there are none."""
        edges = [
            (source, reader, self.depths[reader] - self.depths[source])
            for reader in nodes
            if len(self.inputs[reader]) > 1
            for source in self.inputs[reader]
            if len(self.readers[source]) > 1
        ]
        longest = max([span for _, _, span in edges], default=0)
        done = False
        for source, reader, span in sorted(edges, key=lambda edge: -edge[2]):
            if (
                span > max(longest / 2, SHORTEST_SPAN)
                and len(self.inputs[reader]) > 1
                and len(self.readers[source]) > 1
            ):
                self.take_out(source, reader)
                done = True
        return done
