"""A graph with other input sizes: what `elaborate.size_probe` does for a text, for a model, which has none."""

from __future__ import annotations

from cnnspec.elaborate.size_probe import Resized
from cnnspec.facts.what_if import output_of
from cnnspec.graph import Graph, Node
from cnnspec.layers.shape import all_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.layers.base import Shape


def resize_graph(graph: Graph, inputs: Mapping[int, Shape]) -> Resized:
    """The same layers, the inputs (counted from 0) with the given shapes. It is legal where no layer refuses what enters it,
    and every further use of a layer takes the weights of the first."""
    made, given, legal = Graph(graph.name), {graph.inputs[number]: shape for number, shape in inputs.items()}, True
    made.inputs, made.outputs = graph.inputs, graph.outputs
    for node in graph.nodes:
        shape = given.get(node.index, node.shape)
        if node.layer is not None:
            entering = tuple([made.nodes[i].shape for i in node.inputs])
            shape = output_of(node.layer, entering) if all_known(entering) else None
        copy = Node(node.index, node.layer, node.inputs, shape, node.label, node.site)
        copy.name, copy.shares = node.name, node.shares
        made.nodes.append(copy)
        legal = legal and shape is not None and takes_shared_weights(made, copy)
    return Resized(made, legal, False, frozenset())


def takes_shared_weights(graph: Graph, node: Node) -> bool:
    """Whether the weights of a layer that is used again fit here, too."""
    if node.shares is None or node.layer is None:
        return True
    here, there = graph.input_shapes(node), graph.input_shapes(graph.nodes[node.shares])
    return here is None or there is None or node.layer.weights(here) == node.layer.weights(there)
