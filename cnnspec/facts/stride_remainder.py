"""What strides leave over: positions at the end of a layer's input that carry data and that nothing reads.

When (N + 2P - F)/S + 1 is no whole number, the last positions are in no window. They are lost when they carry data of
the input and no other layer reads them either.
"""

from __future__ import annotations

from cnnspec.base.recording import remembers
from cnnspec.facts.liveness import Liveness, sizes_known
from cnnspec.facts.positions import Positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Window


def find_losses(
    graph: Graph, shapes: Sequence[Shape | None], liveness: Liveness, layers: dict[int, Layer] | None = None
) -> dict[int, list[int]]:
    """For every node that leaves data unread: how many positions of each axis of its input."""
    found = {}
    for index, left in find_left_over(graph, shapes, layers).items():
        lost = _lost_of(left, graph.nodes[index].inputs[0], shapes, liveness)
        if any(lost):
            found[index] = lost
    return found


@remembers
def find_left_over(
    graph: Graph, shapes: Sequence[Shape | None], layers: dict[int, Layer] | None = None
) -> dict[int, list[int]]:
    """For every node that leaves positions unread, data or padding: how many of each axis; see `count_left_over`."""
    found = {}
    known: dict[tuple[int, Shape | None], list[int]] = {}
    for node in graph.nodes:
        layer = layers.get(node.index, node.layer) if layers else node.layer
        if layer is not None and len(node.inputs) == 1 and shapes[node.index] is not None:
            key = id(layer), shapes[node.inputs[0]]
            if key not in known:
                known[key] = count_left_over(layer, key[1])
            if any(known[key]):
                found[node.index] = known[key]
    return found


def count_left_over(layer: Layer, shape: Shape | None) -> list[int]:
    """Positions at the end of each axis of a layer's input that none of its windows covers, padding not counted.

    What lies between two windows of a stride longer than the kernel is skipped everywhere, not left over.
    """
    if not sizes_known(shape):
        return []
    windows = layer.windows((shape,))
    if windows is None:
        return []
    return [count_uncovered(window, n) for window, n in zip(windows, shape, strict=False)]


def count_uncovered(window: Window, n: int) -> int:
    """Of n inputs, those at the end that no window covers; a gap that the stride leaves everywhere is not counted."""
    assert isinstance(window.after, int)
    return max(0, min(n, window.remainder(n) - window.after) - max(0, window.stride - window.extent))


def _lost_of(left: list[int], source: int, shapes: Sequence[Shape | None], liveness: Liveness) -> list[int]:
    """How many of the positions left over on each axis of a node's output carry data that nothing reads."""
    real, live, shape = liveness.real[source], liveness.live[source], shapes[source]
    if real is None or live is None or shape is None:
        return []
    lost = []
    for axis, count in enumerate(left):
        n = shape[axis]
        assert isinstance(n, int)
        dead = real[axis] - live[axis]
        lost.append((dead & Positions.run(n - count, n)).size)
    return lost
