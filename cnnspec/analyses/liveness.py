"""Which positions carry data, and which of those anything ever reads.

Along one axis a set of positions is an int used as a bit set. Forward: a position carries data (`real`) when one of
those it reads does; padding carries none. Backward: a position is read (`live`) when a live position reads it; the
outputs are live. What carries data and is never read was computed, or loaded, for nothing.
"""

from __future__ import annotations

from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.elaborate.graph import Graph
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Reach
    from cnnspec.size import Dim

    Masks = list[tuple[int, ...] | None]  # for every node one bit set a spatial axis; None: unknown


MAX_LENGTH = 2**24  # positions of an axis


def full(n: int) -> int:
    return (1 << n) - 1


def sizes_known(shape: Shape | None) -> bool:
    """Whether every size is a number, and no axis too long for sets of its positions."""
    return shape is not None and all([isinstance(n, int) for n in shape]) and max(shape[:-1], default=0) <= MAX_LENGTH  # type: ignore[type-var, operator]


def reaches_of(
    graph: Graph,
    shapes: Sequence[Shape | None],
    layers: Mapping[int, Layer] | None = None,
    untraced: tuple[Reach, ...] | None = None,
) -> list[tuple[Reach, ...] | None]:
    """What every node reads along each axis of its inputs; None for everything, and unless told for UNTRACED too."""
    result: list[tuple[Reach, ...] | None] = []
    for node in graph.nodes:
        inputs = [shapes[i] for i in node.inputs]
        layer = (layers or {}).get(node.index, node.layer)
        known = layer is not None and shapes[node.index] is not None and None not in inputs  # else it was refused
        reach = layer.reach(tuple(inputs)) if layer is not None and known else None  # type: ignore[arg-type]
        result.append(untraced if reach is UNTRACED else reach)
    return result


def statistics_of(
    graph: Graph, shapes: Sequence[Shape | None], layers: Mapping[int, Layer] | None = None
) -> dict[int, tuple[Dim, ...]]:
    """For every node that takes statistics over its map, over how many positions together along each axis."""
    found = {}
    for node in graph.nodes:
        inputs = [shapes[i] for i in node.inputs]
        layer = (layers or {}).get(node.index, node.layer)
        if layer is not None and shapes[node.index] is not None and None not in inputs:
            over = layer.statistics(tuple(inputs))  # type: ignore[arg-type]
            if over and over != (1,) * len(over):
                found[node.index] = over
    return found


def widened(masks: tuple[int, ...], over: tuple[Dim, ...], sizes: Sequence[Dim]) -> tuple[int, ...]:
    """Sets of positions, one an axis, with all that takes part in a statistic together with one of theirs."""
    made = []
    for mask, count, n in zip(masks, over, sizes, strict=True):
        assert isinstance(count, int) and isinstance(n, int)
        if count >= n:
            mask = full(n) if mask else 0
        elif count > 1:
            mask = sum([full(count) << first for first in range(0, n, count) if mask >> first & full(count)])
        made.append(mask)
    return tuple(made)


class Liveness:
    """`real` and `live` of every node, some of whose layers may be replaced."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape | None], layers: Mapping[int, Layer] | None = None) -> None:
        self.graph, self.shapes = graph, shapes
        self.reaches = reaches_of(graph, shapes, layers)
        self.statistics = statistics_of(graph, shapes, layers)
        self._carried: dict[tuple[Reach, int, int, int], int] = {}
        self._marked: dict[tuple[Reach, int, int, int], int] = {}
        self.real = self._forward()
        self.live = self._backward()

    def _forward(self) -> Masks:
        real: Masks = []
        for node in self.graph.nodes:
            merging = len(node.inputs) > 1
            shape = self.shapes[node.index]
            if not sizes_known(shape) or shape is None:
                real.append(None)
                continue
            everything = tuple([full(n) for n in shape[:-1]])  # type: ignore[arg-type]
            reaches = self.reaches[node.index]
            if node.layer is None or reaches is None or len(reaches) != len(everything):
                real.append(everything)
                continue
            masks = [0] * len(everything)
            for index in node.inputs:
                carried = real[index]
                for axis, reach in enumerate(reaches):
                    n = shape[axis]
                    assert isinstance(n, int)
                    if carried is None or axis >= len(carried):
                        masks[axis] |= full(n)
                    elif merging and self.shapes[index][axis] == 1 != n:  # type: ignore[index]
                        masks[axis] |= full(n)  # repeated along this axis by a merge
                    else:
                        masks[axis] |= self._carry(reach, self.shapes[index][axis], n, carried[axis])  # type: ignore
            over = self.statistics.get(node.index)
            real.append(tuple(masks) if over is None else widened(tuple(masks), over, shape[:-1]))
        return real

    def _backward(self) -> Masks:
        nodes = self.graph.nodes
        live: list[list[int] | None] = [
            [0] * (len(s) - 1) if sizes_known(s) and s is not None else None for s in self.shapes
        ]
        for index in self.graph.outputs:
            masks, shape = live[index], self.shapes[index]
            if masks is not None and shape is not None:
                live[index] = [full(n) for n in shape[:-1]]  # type: ignore[arg-type]
        for node in reversed(nodes):
            mine: Sequence[int] | None = live[node.index]
            reaches, over = self.reaches[node.index], self.statistics.get(node.index)
            if over is not None and mine is not None:
                mine = widened(tuple(mine), over, (self.shapes[node.index] or ())[:-1])
            merging = len(node.inputs) > 1
            for index in node.inputs:
                theirs, shape = live[index], self.shapes[index]
                if theirs is None or shape is None:
                    continue
                for axis in range(len(theirs)):
                    n = shape[axis]
                    assert isinstance(n, int)
                    if mine is None or reaches is None or axis >= len(mine) or axis >= len(reaches):
                        theirs[axis] = full(n)
                        continue
                    m = self.shapes[node.index][axis]  # type: ignore[index]
                    if merging and n == 1 != m:  # repeated
                        theirs[axis] = 1
                    else:
                        theirs[axis] |= self._mark(reaches[axis], n, m, mine[axis])  # type: ignore[arg-type]
        return [None if masks is None else tuple(masks) for masks in live]

    def _carry(self, reach: Reach, n: int, m: int, real: int) -> int:
        """Which of m outputs read a position of `real`."""
        if reach == EACH:
            return real & full(m)
        key = (reach, n, m, real)
        if key not in self._carried:
            self._carried[key] = carried(reach, m, real)
        return self._carried[key]

    def _mark(self, reach: Reach, n: int, m: int, live: int) -> int:
        """Which of n inputs the outputs in `live` read."""
        if reach == EACH:
            return live & full(n)
        key = (reach, n, m, live)
        if key not in self._marked:
            self._marked[key] = marked(reach, m, live) & full(n)
        return self._marked[key]


# The outputs over*q + p, for one p, read windows that begin at first + step*q and hold equally many positions. Sets are
# shifted whole and sampled as texts of 0 and 1, so that an axis of a million positions takes a moment.
def carried(reach: Reach, m: int, real: int) -> int:
    """Which of m outputs read a position of `real`."""
    found = ["0"] * m
    for phase in range(min(reach.over, m)):
        first, count = window_of(reach, phase)
        below = max(0, -first)
        read, done = real << below, 1
        while done < count:
            more = min(done, count - done)
            read, done = read | read >> more * reach.gap, done + more
        outputs = len(range(phase, m, reach.over))
        sampled = digits(read)[below + first :: reach.step][:outputs] if count > 0 else ""
        found[phase :: reach.over] = sampled.ljust(outputs, "0")
    return number("".join(found))


def marked(reach: Reach, m: int, live: int) -> int:
    """The positions that the outputs in `live` read, of m; beyond the input's end too."""
    mask, outputs = 0, digits(live).ljust(m, "0")
    for phase in range(min(reach.over, m)):
        first, count = window_of(reach, phase)
        if count < 1:
            continue
        mine = outputs[phase : m : reach.over]
        spaced = ["0"] * (reach.step * (len(mine) - 1) + 1)  # no more: a stride may be longer than all of memory
        spaced[:: reach.step] = mine
        read, done = number("".join(spaced)), 1
        while done < count:
            more = min(done, count - done)
            read, done = read | read << more * reach.gap, done + more
        mask |= read << first if first >= 0 else read >> -first
    return mask


def window_of(reach: Reach, i: int) -> tuple[int, int]:
    """The first position that output i reads, and how many."""
    first, last = (reach.step * i + (reach.low or 0)) // reach.over, (reach.step * i + reach.high) // reach.over
    return first, (last - first) // reach.gap + 1


def digits(mask: int) -> str:
    """A set as a text, position 0 first."""
    return f"{mask:b}"[::-1]


def number(text: str) -> int:
    return int(text[::-1] or "0", 2)


def positions(mask: int, n: int) -> list[int]:
    """The positions 0 … n - 1 that are in a set."""
    return [i for i, digit in enumerate(digits(mask & full(n))) if digit == "1"]
