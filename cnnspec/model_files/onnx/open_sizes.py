"""Inputs whose height and width are open: the model is read at two sizes, and must be the same network at both.

Layers that do not know the size of their input then compute the shapes of all sizes. What an exporter has made of sizes,
a crop to fit or a resize to the size of another map, would differ, and is refused.
"""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cnnspec.graph import Graph

# Tried in turn: sizes that no stride divides, and those that most do, of models that take no others.
SIZES = ((251, 389), (256, 384))
NAMES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}  # of the axes of a map


def convert_any_size(convert: Callable[[int], tuple[Graph, Sequence[Sequence[int]]]]) -> Graph:
    """The graph of a model at any size, given how it is converted at one: to a graph, and of each of its inputs the axes
    whose size is open. Raises ModelRefused."""
    refusals = []
    for sizes in SIZES:
        try:
            (graph, open_axes), (other, _) = [convert(size) for size in sizes]
        except ModelRefused as refusal:
            refusals.append(refusal)
            continue
        if describe(graph) != describe(other):
            raise ModelRefused(
                "the model makes layers for one size of its input, and that is open: give it a fixed size"
            )
        free_sizes(graph, open_axes)
        return graph
    raise refusals[-1]


def describe(graph: Graph) -> Any:
    """All of a graph but its shapes."""
    return [(node.layer, node.inputs, node.shares) for node in graph.nodes], graph.inputs, graph.outputs


def free_sizes(graph: Graph, open_axes: Sequence[Sequence[int]]) -> None:
    """Give the inputs unknown sizes, and every layer the output that follows."""
    for number, (index, axes) in enumerate(zip(graph.inputs, open_axes, strict=True), 1):
        node = graph.nodes[index]
        shape = list(node.shape or ())
        for axis in axes:
            name = NAMES[len(shape) - 1][axis]
            shape[axis] = Size.unknown(name if number == 1 else f"{name}{number}")
        node.shape = tuple(shape)
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and shapes is not None:
            if problem := node.layer.problem(shapes):
                raise ModelRefused(f"at any size, {node.site.origin}: {problem.message}")
            node.shape = node.layer.output(shapes)
