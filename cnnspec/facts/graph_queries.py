"""Questions about the graph that several rules ask: which function a value went through last, which map it was."""

from __future__ import annotations

from cnnspec.base.join_words import join_words
from cnnspec.layers.base import product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Shape


def name_outputs(graph: Graph) -> list[str]:
    """The names of the outputs, in their order: those that the text gives them, where it tells them apart, else their
    layers'."""
    names = [graph.output_names.get(index, graph.nodes[index].name) for index in graph.outputs]
    return names if len({*names}) == len(names) else [graph.nodes[index].name for index in graph.outputs]


def find_last_function(graph: Graph, index: int) -> tuple[Node, str] | None:
    """The last node on the way to a node that says what its values are, and the function it ends in."""
    node = graph.nodes[index]
    while node.layer is not None:
        function = node.layer.ends_in()
        if function is not None:
            return node, function
        if len(node.inputs) != 1:
            return None
        node = graph.nodes[node.inputs[0]]
    return None


def find_flattened(graph: Graph, index: int, shapes: Sequence[Shape | None]) -> Node | None:
    """The node whose map stands in a vector, value for value; None for a vector that never was a map of one."""
    node = graph.nodes[index]
    while node.layer is not None and node.layer.in_place and len(node.inputs) == 1:
        source = graph.nodes[node.inputs[0]]
        before, after = shapes[source.index], shapes[node.index]
        if before is None or after is None or len(after) != 1 or product(before) != product(after):
            return None
        if len(before) > 1:
            return source if product(before[:-1]) != 1 else None
        node = source
    return None


def list_pointwise(graph: Graph, index: int) -> list[Node]:
    """The nodes from an output backwards, as long as each changes its values one by one."""
    node, walk = graph.nodes[index], []
    while node.layer is not None and node.layer.in_place and len(node.inputs) == 1:
        walk.append(node)
        node = graph.nodes[node.inputs[0]]
    return [*walk, node]


def name_stated(graph: Graph) -> str:
    """The layers of which only the output's shape and the weights are known, where an output depends on them: "a, b and 3
    more"; "" for none."""
    nodes = zip(graph.nodes, graph.used(), strict=True)
    names = [node.name for node, used in nodes if used and node.layer is not None and node.layer.stated]
    return join_words([*names[:2], f"{len(names) - 2} more"] if len(names) > 3 else names)
