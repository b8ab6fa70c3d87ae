"""Words of steps, and what stands before and behind a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.graph import Graph, Node


ACTIVATIONS = ("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_silu", "sigmoid", "tanh", "swish")
CONVS = ("conv", "depthwise_conv", "separable_conv")
POOLS = ("maxpool", "avgpool")

THROUGH = (
    "bn",
    "dropout",
    "rescaling",
    "flatten",
    "gap",
    "reshape",
    "avgpool",
    "crop",
    "pad",
    "layer_norm",
    *ACTIVATIONS,
)
MERGES = ("add", "multiply", "concat", "average", "maximum")


def sides(graph: Graph, node: Node) -> tuple[list[Node], list[Node]]:
    """What stands before and behind an activation, past what changes no shape of a kernel; [] behind: the end."""
    readers = graph.consumers()

    def walk(first: list[int], step: Callable[[int], list[int]]) -> list[Node]:
        waiting, found = list(first), []
        while waiting:
            at = graph.nodes[waiting.pop()]
            if at.label in THROUGH:
                waiting += step(at.index)
            else:
                found.append(at)
        return found

    before = [node.index] if node.layer is not None and node.layer.counted else list(node.inputs)
    return walk(before, lambda i: list(graph.nodes[i].inputs)), walk(readers[node.index], lambda i: readers[i])


def channels(graph: Graph, node: Node) -> tuple[int, int]:
    """Entering and leaving a layer; -1 where it is not known."""
    shapes = graph.input_shapes(node)
    counts = [
        shape[-1] if shape and isinstance(shape[-1], int) else -1 for shape in ((shapes or (None,))[0], node.shape)
    ]
    return counts[0], counts[1]
