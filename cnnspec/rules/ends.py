"""How a network ends: the function that its output went through last."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.elaborate.graph import Graph, Node


def last_function(graph: Graph) -> tuple[Node, str] | None:
    """The last node on the way to the output that says what its values are, and the function it ends in."""
    node = graph.nodes[graph.outputs[0]]
    while node.layer is not None:
        function = node.layer.ends_in()
        if function is not None:
            return node, function
        if len(node.inputs) != 1:
            return None
        node = graph.nodes[node.inputs[0]]
    return None
