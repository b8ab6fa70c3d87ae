"""What if: the graph's shapes with other input sizes or other layers, without building it again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.elaborate.graph import Graph
    from cnnspec.layers.base import Layer, Shape


def shapes_with(
    graph: Graph, inputs: Mapping[int, Shape] | None = None, layers: Mapping[int, Layer] | None = None
) -> list[Shape] | None:
    """The shape of every node when some inputs or layers are replaced; None when a layer would refuse.

    Conditions of the text that ask for sizes keep the answer they had.
    """
    shapes: list[Shape] = []
    for node in graph.nodes:
        if node.layer is None:
            shape = (inputs or {}).get(node.index, node.shape)
            if shape is None:
                return None
            shapes.append(shape)
            continue
        layer = (layers or {}).get(node.index, node.layer)
        entering = tuple([shapes[i] for i in node.inputs])
        if layer.problem(entering) is not None:
            return None
        shapes.append(layer.output(entering))
    return shapes
