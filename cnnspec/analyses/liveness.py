"""Which positions carry data, and which of those anything ever reads.

Along one axis a set of positions is an int used as a bit set. Forward: a position carries data (`real`) when one of
those it reads does; padding carries none. Backward: a position is read (`live`) when a live position reads it; the
outputs are live. What carries data and is never read was computed, or loaded, for nothing.
"""

from __future__ import annotations

from cnnspec.layers.window import EACH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.elaborate.graph import Graph
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Reach

    Masks = list[tuple[int, ...] | None]  # for every node one bit set a spatial axis; None: unknown


def full(n: int) -> int:
    return (1 << n) - 1


def sizes_known(shape: Shape | None) -> bool:
    return shape is not None and all([isinstance(n, int) for n in shape])


def reaches_of(
    graph: Graph, shapes: Sequence[Shape | None], layers: Mapping[int, Layer] | None = None
) -> list[tuple[Reach, ...] | None]:
    """What every node reads along each axis of its inputs; None for everything."""
    result: list[tuple[Reach, ...] | None] = []
    for node in graph.nodes:
        inputs = [shapes[i] for i in node.inputs]
        layer = (layers or {}).get(node.index, node.layer)
        result.append(None if layer is None or None in inputs else layer.reach(tuple(inputs)))  # type: ignore[arg-type]
    return result


class Liveness:
    """`real` and `live` of every node, some of whose layers may be replaced."""

    def __init__(self, graph: Graph, shapes: Sequence[Shape | None], layers: Mapping[int, Layer] | None = None) -> None:
        self.graph, self.shapes = graph, shapes
        self.reaches = reaches_of(graph, shapes, layers)
        self._carried: dict[tuple[Reach, int, int, int], int] = {}
        self._marked: dict[tuple[Reach, int, int, int], int] = {}
        self.real = self._forward()
        self.live = self._backward()

    def _forward(self) -> Masks:
        real: Masks = []
        for node in self.graph.nodes:
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
                    elif self.shapes[index][axis] == 1 != n and reach == EACH:  # type: ignore[index]
                        masks[axis] |= full(n)  # repeated along this axis by a merge
                    else:
                        masks[axis] |= self._carry(reach, self.shapes[index][axis], n, carried[axis])  # type: ignore
            real.append(tuple(masks))
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
            mine, reaches = live[node.index], self.reaches[node.index]
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
                    if n == 1 != m and reaches[axis] == EACH:  # repeated
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
            mask = 0
            for i in range(m):
                if taps(reach, i, n) & real:
                    mask |= 1 << i
            self._carried[key] = mask
        return self._carried[key]

    def _mark(self, reach: Reach, n: int, m: int, live: int) -> int:
        """Which of n inputs the outputs in `live` read."""
        if reach == EACH:
            return live & full(n)
        key = (reach, n, m, live)
        if key not in self._marked:
            mask = 0
            for i in range(m):
                if live >> i & 1:
                    mask |= taps(reach, i, n)
            self._marked[key] = mask
        return self._marked[key]


def taps(reach: Reach, i: int, n: int) -> int:
    """The positions 0 … n - 1 that output i reads."""
    low = (reach.step * i + (reach.low or 0)) // reach.over
    high = (reach.step * i + reach.high) // reach.over
    if reach.gap == 1:
        low, high = max(low, 0), min(high, n - 1)
        return (full(high - low + 1) << low) if high >= low else 0
    mask = 0
    for position in range(low, high + 1, reach.gap):
        if 0 <= position < n:
            mask |= 1 << position
    return mask
