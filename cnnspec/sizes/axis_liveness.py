"""What is never read along one axis, for many input sizes: as `Liveness`, on a graph reduced to what matters for that.

Layers that pass every position on are left out, only one axis is looked at, and what a window carries and reads is worked
out once for each set of positions.
"""

from __future__ import annotations

from cnnspec.facts.liveness import Reading
from cnnspec.facts.positions import NOWHERE, Positions
from cnnspec.layers.shape import all_known
from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Reach
    from cnnspec.sizes.size_sweep import ResizableGraph, SizeSweep

    Lengths = tuple[int | None, ...]  # of a node along the axis, at every size; None where it has no such axis


class AxisLiveness:
    """A network along one axis, at the sizes of a sweep."""

    def __init__(self, network: ResizableGraph, sweep: SizeSweep, axis: int) -> None:
        self.network, self.sweep, self.axis = network, sweep, axis
        self.kept: list[Node] = []
        self.place: list[int] = []  # of every node of the network, which kept one has its positions
        self.inputs: list[list[int]] = []  # of every kept node, the places of its inputs
        self.lengths: list[Lengths] = []
        self._reaches: dict[tuple[int, tuple[Shape | None, ...]], int] = {}  # numbers in `_numbered`; -1: everything
        self._numbered: list[Reach] = [EACH]
        self.reading = Reading()
        known: dict[int, Lengths] = {}
        for node in network.graph.nodes:
            column = sweep.columns[node.index]
            if id(column) not in known:
                known[id(column)] = tuple([_length(shape, axis) for shape in column])
            lengths = known[id(column)]
            if len(node.inputs) == 1 and self._passes(node) and lengths == self.lengths[self.place[node.inputs[0]]]:
                self.place.append(self.place[node.inputs[0]])
            else:
                self.place.append(len(self.kept))
                self.kept.append(node)
                self.inputs.append([self.place[i] for i in node.inputs])
                self.lengths.append(lengths)
        self.outputs = {self.place[i] for i in network.graph.outputs}

    def _passes(self, node: Node) -> bool:
        """Whether every position of a node reads the same position of its only input."""
        entering = self.network.graph.nodes[node.inputs[0]].shape
        return entering is not None and self._reach(node, (entering,)) == 0

    def _reach(self, node: Node, entering: tuple[Shape | None, ...]) -> int:
        """The number of what a node reads along the axis; -1 for everything."""
        key = self.network.kind[node.index], entering
        if key not in self._reaches:
            reach = None
            if node.layer is not None and all_known(entering) and not self._mixes(node.layer, entering):
                reach = node.layer.reach(entering)
            if reach is None or reach is UNTRACED or len(reach) <= self.axis:
                self._reaches[key] = -1
            else:
                if reach[self.axis] not in self._numbered:
                    self._numbered.append(reach[self.axis])
                self._reaches[key] = self._numbered.index(reach[self.axis])
        return self._reaches[key]

    def _mixes(self, layer: Layer, entering: tuple[Shape, ...]) -> bool:
        """Whether a layer takes statistics along the axis."""
        over = layer.statistics(entering)
        return self.axis < len(over) and over[self.axis] != 1

    def find_losing(self, at: int, left: list[tuple[Node, int]]) -> list[Node]:
        """Of nodes that leave the last positions of their input over, those where these carry data that nothing reads.

        `left` has the nodes and how many positions each leaves over; `at` is the place of the size in the sweep.
        """
        lengths = [column[at] for column in self.lengths]
        columns = self.sweep.columns
        reaches = [
            self._reach(node, tuple([columns[i][at] for i in node.inputs])) if node.layer is not None else -1
            for node in self.kept
        ]
        real = self._find_real(lengths, reaches)
        live = self._find_live(lengths, reaches)
        found = []
        for node, count in left:
            source = self.place[node.inputs[0]]
            n = lengths[source]
            if n is not None and (real[source] - live[source]) & Positions.run(n - count, n):
                found.append(node)
        return found

    def _find_real(self, lengths: list[int | None], reaches: list[int]) -> list[Positions]:
        """The positions of every kept node that carry data."""
        real: list[Positions] = []
        for place, m in enumerate(lengths):
            reach, mask = reaches[place], NOWHERE
            if m is None:
                real.append(NOWHERE)
                continue
            for index in self.inputs[place] if reach >= 0 else ():
                n = lengths[index]
                if n is None or n == 1 != m and len(self.inputs[place]) > 1:  # repeated by a merge
                    found = self.reading.full(m)
                elif reach == 0:
                    found = self.reading.below(real[index], m)
                else:
                    found = self.reading.carried(self._numbered[reach], m, real[index])
                mask = self.reading.union(mask, found)
            real.append(mask if reach >= 0 else self.reading.full(m))
        return real

    def _find_live(self, lengths: list[int | None], reaches: list[int]) -> list[Positions]:
        """The positions of every kept node that are read."""
        full = self.reading.full
        live = [full(n) if n is not None and place in self.outputs else NOWHERE for place, n in enumerate(lengths)]
        for place in range(len(lengths) - 1, -1, -1):
            reach, m, mine = reaches[place], lengths[place], live[place]
            for index in self.inputs[place]:
                n = lengths[index]
                if n is None:
                    continue
                if reach < 0 or m is None:
                    live[index] = full(n)
                elif n == 1 != m and len(self.inputs[place]) > 1:
                    live[index] = full(1)
                else:
                    read = self.reading
                    mine_read = read.below(mine, n) if reach == 0 else read.marked(self._numbered[reach], n, mine)
                    live[index] = read.union(live[index], mine_read)
        return live


def _length(shape: Shape | None, axis: int) -> int | None:
    if shape is None or len(shape) - 1 <= axis:
        return None
    n = shape[axis]
    assert isinstance(n, int)
    return n
