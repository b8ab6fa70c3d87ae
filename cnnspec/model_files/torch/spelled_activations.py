"""Activations that stand in a program as the arithmetic that they are: one layer again.

Models write x * sigmoid(x) by hand, and torch's decomposition writes hard_silu as x * relu6(x + 3) / 6. What is looked at
are the layers that were made of the operands; those that nothing else reads are left out in the end.
"""

from __future__ import annotations

from math import isclose

from cnnspec.layers import find_bare_layer
from cnnspec.model_files.channels_first import pointwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.model_files.views.graph_builder import GraphBuilder
    from cnnspec.model_files.views.tensor import Tensor

GATES = {
    "sigmoid": "silu",
    "hard_sigmoid": "hard_silu",
}  # the activation that a tensor is multiplied with → that of both


def find_gated(builder: GraphBuilder, first: Tensor, second: Tensor) -> Tensor | None:
    """What the product of two tensors is, where one is a gate made of the other: silu, hard_silu, mish."""
    for x, gate in ((first, second), (second, first)):
        node = builder.graph.nodes[gate.node]
        if x.axes != gate.axes:
            continue
        for word, whole in GATES.items():
            if is_activation(node, word) and node.inputs == (x.node,):
                return pointwise.activate(builder, x, whole)
        inner = builder.graph.nodes[node.inputs[0]] if is_activation(node, "tanh") else node
        if is_activation(inner, "softplus") and inner.inputs == (x.node,) and inner is not node:
            return pointwise.activate(builder, x, "mish")
    return None


def find_hard(builder: GraphBuilder, x: Tensor, scale: float) -> Tensor | None:
    """What a sixth of a tensor is, where that is relu6(y + 3) or y * relu6(y + 3): hard_sigmoid, hard_silu."""
    if not isclose(scale, 1 / 6, rel_tol=1e-6):
        return None
    node = builder.graph.nodes[x.node]
    start = find_shifted_relu6(builder, node)
    if start is not None:
        return pointwise.activate(builder, x.replace(node=start), "hard_sigmoid")
    if node.label == "multiply" and len(node.inputs) == 2:
        for whole, gate in (node.inputs, node.inputs[::-1]):
            if find_shifted_relu6(builder, builder.graph.nodes[gate]) == whole:
                return pointwise.activate(builder, x.replace(node=whole), "hard_silu")
    return None


def find_shifted_relu6(builder: GraphBuilder, node: Node) -> int | None:
    """The node y where a node is relu6(y + 3)."""
    if not is_activation(node, "relu6"):
        return None
    shift = builder.graph.nodes[node.inputs[0]]
    values = shift.layer.argument_values() if shift.layer is not None and shift.label == "rescaling" else {}
    return shift.inputs[0] if (values.get("scale"), values.get("offset")) == (1, 3) else None


def cut_off_above(builder: GraphBuilder, x: Tensor, high: float) -> Tensor | None:
    """What a tensor is with its values cut off above, where it is a relu already: relu6, relu(max_value=…)."""
    node = builder.graph.nodes[x.node]
    if not is_activation(node, "relu"):
        return None
    return pointwise.clip(builder, x.replace(node=node.inputs[0]), 0, high)


def is_activation(node: Node, word: str) -> bool:
    layer: Layer | None = find_bare_layer(word)
    return node.layer is not None and node.layer == layer
