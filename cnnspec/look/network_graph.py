"""The graph of a trained model as a look needs it: all sizes known, its maps, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.graph import Graph, Node
from cnnspec.layers import find
from cnnspec.layers.base import show_shape
from cnnspec.model_files import ModelRefused, convert_model
from cnnspec.sizes.resized_graph import resize_graph
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.layers.base import Shape
    from cnnspec.layers.weight import Weight


def read_graph(model: Any, path: str, shape: Shape) -> Graph:
    """The graph of a live Keras model, its layers named as `cnnspec summary` names them, for an input of this shape. Raises
    TrainingFailed."""
    try:
        graph = convert_model(model)
    except ModelRefused as refusal:
        head, *layers = [line.strip() for line in refusal.lines]
        more = f", and {len(layers) - 1} more" if len(layers) > 1 else ""
        why = f"{path} cannot be looked into: {' '.join([head, *layers[:1]])}{more}"
        raise TrainingFailed(why, "", 2) from None
    graph.assign_names()
    resized = resize_graph(graph, {0: shape})
    if not resized.legal:
        raise TrainingFailed(f"{path} does not take images of {show_shape(shape)}", "", 2)
    return resized.graph


def list_maps(graph: Graph) -> list[Node]:
    """The nodes whose output is a map (H, W, channels) that the network's output depends on, in order."""
    nodes = zip(graph.nodes, graph.used(), strict=True)
    return [node for node, used in nodes if used and node.layer is not None and is_map(node.shape)]


def is_map(shape: Shape | None) -> bool:
    return shape is not None and len(shape) == 3 and all([isinstance(n, int) for n in shape])


def list_convolutions(maps: Sequence[Node], graph: Graph) -> list[Node]:
    """Those of some maps that are made by a kernel, plain, depthwise, separable or transposed."""
    return [node for node in maps if find_kernel(node, graph) is not None]


def find_kernel(node: Node, graph: Graph) -> tuple[int, Weight] | None:
    """The first kernel (rows, columns and two kinds of channels) of a layer, and its number among the weights."""
    shapes = graph.input_shapes(node)
    if node.layer is None or shapes is None:
        return None
    return next(((i, weight) for i, weight in enumerate(node.layer.weights(shapes)) if len(weight.shape) == 4), None)


def find_last_map(maps: Sequence[Node], convolutions: Sequence[Node]) -> Node | None:
    """The last map of the size of the last convolution's: behind its normalisation, activation and sum, before it is pooled. Of
    a convolution that leaves one position the one before it counts; without convolutions the last map."""
    spread = [node for node in convolutions or maps if count_positions(node) > 1]
    if not spread:
        return None
    last = spread[-1]
    return [node for node in maps if node.index >= last.index and find_sizes(node)[:2] == find_sizes(last)[:2]][-1]


def find_sizes(node: Node) -> tuple[int, int, int]:
    """Height, width and filters of a map."""
    height, width, filters = [n for n in node.shape or () if isinstance(n, int)]
    return height, width, filters


def count_positions(node: Node) -> int:
    height, width, _ = find_sizes(node)
    return height * width


def drop_last_function(graph: Graph, functions: Sequence[str]) -> Graph:
    """The network without the function that its one output went through last, where it is one of these: with the values that
    enter it as its output."""
    node = graph.nodes[graph.outputs[0]]
    while node.layer is not None and node.layer.in_place and node.layer.ends_in() is None and len(node.inputs) == 1:
        node = graph.nodes[node.inputs[0]]
    if node.layer is None or node.layer.ends_in() not in functions:
        return graph
    identity = find("identity")
    assert identity is not None
    bare = identity() if node.layer.in_place else node.layer.replace(activation=None)
    copy = Node(node.index, bare, node.inputs, node.shape, node.label, node.site)
    copy.name, copy.shares = node.name, node.shares
    made = Graph(graph.name)
    made.nodes = [copy if other is node else other for other in graph.nodes]
    made.inputs, made.outputs = graph.inputs, graph.outputs
    return made
