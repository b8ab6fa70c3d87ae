"""What strides leave over: positions at the end of a layer's input that carry data and that nothing reads.

When (N + 2P - F)/S + 1 is no whole number, the last positions are in no window. They are lost when they carry data of
the input and no other layer reads them either.
"""

from __future__ import annotations

from cnnspec.analyses.liveness import Liveness, sizes_known
from cnnspec.analyses.positions import Positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.elaborate.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.layers.window import Window


def losses(
    graph: Graph, shapes: Sequence[Shape | None], liveness: Liveness, layers: dict[int, Layer] | None = None
) -> dict[int, list[int]]:
    """Of every node that leaves data unread: how many positions of each axis of its input."""
    found = {}
    for node in graph.nodes:
        layer = (layers or {}).get(node.index, node.layer)
        left = left_over(node, layer, shapes)
        if any(left):
            lost = _lost_of(left, node.inputs[0], shapes, liveness)
            if any(lost):
                found[node.index] = lost
    return found


def left_over(node: Node, layer: Layer | None, shapes: Sequence[Shape | None]) -> list[int]:
    """Positions at the end of each axis of a node's input that none of its windows covers, padding not counted.

    What lies between two windows of a stride longer than the kernel is skipped everywhere, not left over.
    """
    if layer is None or len(node.inputs) != 1 or shapes[node.index] is None:
        return []
    return left_of(layer, shapes[node.inputs[0]])


def left_of(layer: Layer, shape: Shape | None) -> list[int]:
    """The same, of a layer that a shape enters."""
    if shape is None or not sizes_known(shape):
        return []
    windows = layer.windows((shape,))
    if windows is None:
        return []
    return [uncovered(window, n) for window, n in zip(windows, shape, strict=False)]  # type: ignore[arg-type]


def uncovered(window: Window, n: int) -> int:
    """Of n inputs, those at the end that no window covers; a gap that the stride leaves everywhere is not counted."""
    assert isinstance(window.after, int)
    return max(0, min(n, window.remainder(n) - window.after) - max(0, window.stride - window.extent))


def _lost_of(left: list[int], source: int, shapes: Sequence[Shape | None], liveness: Liveness) -> list[int]:
    """Of what is left over of a node's output, the positions of each axis that carry data and that nothing reads."""
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
