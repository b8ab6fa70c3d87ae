"""A network whose input sizes are not known, at those that its inputs have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnspec.base.join_words import join_words
from cnnspec.facts.facts import Facts
from cnnspec.layers.shape import show_shape
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.reference.arrays import shapes_of
from cnnspec.trace.reference.definition import Array

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.network import AnalysedNetwork


def give_sizes(network: AnalysedNetwork, inputs: Sequence[Array]) -> AnalysedNetwork:
    """The network for these inputs, (1, *shape) each. Raises NoTrace where a layer refuses them."""
    from cnnspec.elaborate.size_probe import resize
    from cnnspec.sizes.resized_graph import resize_graph

    graph, shapes = network.graph, shapes_of(*inputs)
    if shapes == tuple([graph.nodes[index].shape for index in graph.inputs]):
        return network
    sizes = dict(enumerate(shapes))
    made = resize(network, sizes) if network.in_spec else resize_graph(graph, sizes)
    if not made.legal:
        given = join_words([show_shape(shape) for shape in shapes])
        raise NoTrace(f"the network does not take {given}{find_refusal(made.graph)}")
    return network.replace(graph=made.graph, facts=Facts(made.graph))


def find_refusal(graph: Graph) -> str:
    """What the first layer says that refuses its inputs, behind a colon; "" where none does."""
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        problem = None if node.layer is None or shapes is None else node.layer.problem(shapes)
        if problem is not None:
            return f": {problem.message}"
    return ""
