"""Which positions carry data, and which of those anything ever reads.

Forward: a position carries data (`real`) when one of those it reads does; padding carries none. Backward: a position is
read (`live`) when a live position reads it; the outputs are live. What carries data and is never read was computed, or
loaded, for nothing.
"""

from __future__ import annotations

from cnnspec.base.limits import MAX_RUNS, TooLong, Work
from cnnspec.base.recording import remembers
from cnnspec.facts.positions import NOWHERE, Positions
from cnnspec.layers.shape import all_known
from cnnspec.layers.window import EACH, UNTRACED, Reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeGuard

    from cnnspec.base.size import Dim
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Layer, Shape

    Masks = list[tuple[Positions, ...] | None]  # for every node one set a spatial axis; None: unknown


def full(n: int) -> Positions:
    return Positions.run(0, n)


def sizes_known(shape: Shape | None) -> TypeGuard[tuple[int, ...]]:
    """Whether every size is a number."""
    return shape is not None and all([isinstance(n, int) for n in shape])


@remembers
def reaches_of(
    graph: Graph,
    shapes: Sequence[Shape | None],
    layers: Mapping[int, Layer] | None = None,
    untraced: tuple[Reach, ...] | None = None,
) -> list[tuple[Reach, ...] | None]:
    """What every node reads along each axis of its inputs; None where it reads everything. `untraced` stands for UNTRACED.

    Equal reaches are one object.
    """
    result: list[tuple[Reach, ...] | None] = []
    asked: dict[tuple[int, tuple[Shape | None, ...]], tuple[Reach, ...] | None] = {}
    same = {EACH: EACH}
    for node in graph.nodes:
        inputs = tuple([shapes[i] for i in node.inputs])
        layer = layers.get(node.index, node.layer) if layers else node.layer
        if layer is None or shapes[node.index] is None or not all_known(inputs):  # it was refused
            result.append(None)
            continue
        key = id(layer), inputs
        if key not in asked:
            reach = layer.reach(inputs)
            if reach is not None and reach is not UNTRACED:
                asked[key] = tuple([same.setdefault(axis, axis) for axis in reach])
            else:
                asked[key] = untraced if reach is UNTRACED else None
        result.append(asked[key])
    return result


@remembers
def statistics_of(
    graph: Graph, shapes: Sequence[Shape | None], layers: Mapping[int, Layer] | None = None
) -> dict[int, tuple[Dim, ...]]:
    """For every node that takes statistics over its map, over how many positions together along each axis."""
    found = {}
    asked: dict[tuple[int, tuple[Shape | None, ...]], tuple[Dim, ...] | None] = {}
    for node in graph.nodes:
        layer = layers.get(node.index, node.layer) if layers else node.layer
        inputs = tuple([shapes[i] for i in node.inputs])
        if layer is None or shapes[node.index] is None or not all_known(inputs):
            continue
        key = id(layer), inputs
        if key not in asked:
            over = layer.statistics(inputs)
            asked[key] = over if over and over != (1,) * len(over) else None
        if (taken := asked[key]) is not None:
            found[node.index] = taken
    return found


def widen(masks: tuple[Positions, ...], over: tuple[Dim, ...], sizes: Sequence[Dim]) -> tuple[Positions, ...]:
    """Sets of positions, one an axis, with all that takes part in a statistic together with one of theirs."""
    made = []
    for mask, count, n in zip(masks, over, sizes, strict=True):
        assert isinstance(count, int) and isinstance(n, int)
        if count >= n:
            mask = full(n) if mask else NOWHERE
        elif count > 1:
            blocks = find_readers(Reach(count, 1, 0, count - 1), -(-n // count), mask)
            mask = blocks.stretched(count, count) & full(n)
        made.append(mask)
    return tuple(made)


class Liveness:
    """`real` and `live` of every node, some of whose layers may be replaced. TooLong where that takes too much."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape | None], layers: Mapping[int, Layer] | None = None) -> None:
        self.graph, self.shapes = graph, shapes
        self.reaches = reaches_of(graph, shapes, layers)
        self.statistics = statistics_of(graph, shapes, layers)
        self.reading = Reading()
        self.real = self._forward()
        self.live = self._backward()

    def _forward(self) -> Masks:
        real: Masks = []
        for node in self.graph.nodes:
            merging = len(node.inputs) > 1
            shape = self.shapes[node.index]
            if not sizes_known(shape):
                real.append(None)
                continue
            everything = tuple([self.reading.full(n) for n in shape[:-1]])
            reaches = self.reaches[node.index]
            if node.layer is None or reaches is None or len(reaches) != len(everything):
                real.append(everything)
                continue
            masks = [NOWHERE] * len(everything)
            for index in node.inputs:
                carried = real[index]
                for axis, reach in enumerate(reaches):
                    n = shape[axis]
                    if carried is None or axis >= len(carried):
                        found = everything[axis]
                    elif merging and (self.shapes[index] or ())[axis] == 1 != n:
                        found = everything[axis]  # repeated along this axis by a merge
                    else:
                        found = self.reading.carried(reach, n, carried[axis])
                    masks[axis] = self.reading.union(masks[axis], found)
            over = self.statistics.get(node.index)
            real.append(tuple(masks) if over is None else widen(tuple(masks), over, shape[:-1]))
        return real

    def _backward(self) -> Masks:
        nodes = self.graph.nodes
        live: list[list[Positions] | None] = [[NOWHERE] * (len(s) - 1) if sizes_known(s) else None for s in self.shapes]
        for index in self.graph.outputs:
            masks, shape = live[index], self.shapes[index]
            if masks is not None and sizes_known(shape):
                live[index] = [self.reading.full(n) for n in shape[:-1]]
        for node in reversed(nodes):
            mine: Sequence[Positions] | None = live[node.index]
            reaches, over = self.reaches[node.index], self.statistics.get(node.index)
            if over is not None and mine is not None:
                mine = widen(tuple(mine), over, (self.shapes[node.index] or ())[:-1])
            merging = len(node.inputs) > 1
            for index in node.inputs:
                theirs, shape = live[index], self.shapes[index]
                if theirs is None or shape is None:
                    continue
                for axis in range(len(theirs)):
                    n = shape[axis]
                    assert isinstance(n, int)
                    if mine is None or reaches is None or axis >= len(mine) or axis >= len(reaches):
                        theirs[axis] = self.reading.full(n)
                    elif merging and n == 1 != (self.shapes[node.index] or ())[axis]:
                        theirs[axis] = self.reading.full(1)  # repeated
                    else:
                        theirs[axis] = self.reading.union(
                            theirs[axis], self.reading.marked(reaches[axis], n, mine[axis])
                        )
        return [None if masks is None else tuple(masks) for masks in live]


class Reading:
    """What outputs read, and which read what, each worked out once; TooLong where that takes too much."""

    def __init__(self) -> None:
        self.work = Work()
        self._full: dict[int, Positions] = {}
        self._carried: dict[tuple[Reach, int, Positions], Positions] = {}
        self._marked: dict[tuple[Reach, int, Positions], Positions] = {}

    @remembers
    def full(self, n: int) -> Positions:
        if n not in self._full:
            self._full[n] = full(n)
        return self._full[n]

    @remembers
    def carried(self, reach: Reach, m: int, real: Positions) -> Positions:
        """Which of m outputs read a position of `real`."""
        if reach is EACH or reach == EACH:
            return self.below(real, m)
        key = (reach, m, real)
        if key not in self._carried:
            self._carried[key] = self.made(find_readers(reach, m, real))
        return self._carried[key]

    @remembers
    def marked(self, reach: Reach, n: int, live: Positions) -> Positions:
        """Which of n inputs the outputs in `live` read."""
        if reach is EACH or reach == EACH:
            return self.below(live, n)
        key = (reach, n, live)
        if key not in self._marked:
            self._marked[key] = self.made(find_read(reach, n, live))
        return self._marked[key]

    def below(self, positions: Positions, n: int) -> Positions:
        """Those of a set's positions that are less than n."""
        return positions if not positions or positions.last < n else positions & self.full(n)

    def union(self, left: Positions, right: Positions) -> Positions:
        if left is right or not right or left.pieces == right.pieces:
            return left
        return self.made(left | right) if left else right

    def made(self, positions: Positions) -> Positions:
        self.work.take(positions.weight)
        return positions


def find_readers(reach: Reach, m: int, real: Positions) -> Positions:
    """Which of m outputs read a position of `real`."""
    low, over = reach.low or 0, reach.over
    if reach.gap == 1:  # output i reads p where step*i lies from over*p - high to over*p + over - 1 - low
        return real.stretched(over, reach.high - low + over).shifted(-reach.high).sampled(0, reach.step, m)
    found = NOWHERE
    for phase in phases(reach, m):
        first, count = window_of(reach, phase)
        readers = real.shifted((1 - count) * reach.gap).spread(reach.gap, count)
        read = readers.sampled(first, reach.step, len(range(phase, m, over)))
        found |= read.stretched(over, 1).shifted(phase)
    return found


def find_read(reach: Reach, n: int, live: Positions) -> Positions:
    """Which of n inputs the outputs in `live` read."""
    low, over = reach.low or 0, reach.over
    if reach.gap == 1:
        return live.stretched(reach.step, reach.high - low + over).shifted(low - over + 1).sampled(0, over, n)
    found = NOWHERE
    for phase in phases(reach, live.last + 1 if live else 0):
        first, count = window_of(reach, phase)
        mine = live.sampled(phase, over, live.last + 1)
        found |= mine.stretched(reach.step, 1).spread(reach.gap, count).shifted(first)
    return found & full(n)


# The outputs over*q + p, for one p, read windows that begin at first + step*q and hold equally many positions.
def phases(reach: Reach, m: int) -> range:
    if min(reach.over, m) > MAX_RUNS:
        raise TooLong
    return range(min(reach.over, m))


def window_of(reach: Reach, i: int) -> tuple[int, int]:
    """The first position that output i reads, and how many."""
    first, last = (reach.step * i + (reach.low or 0)) // reach.over, (reach.step * i + reach.high) // reach.over
    return first, (last - first) // reach.gap + 1
