"""Whether two graphs are one network: walked from their outputs backward, side by side."""

from __future__ import annotations

from typing import Any

from cnnspec.elaborate.graph import Graph, Node
from cnnspec.layers.base import show_shape


def difference(one: Graph, other: Graph) -> str:
    """What is first found to differ, "" for nothing: layers and their arguments, inputs in order, shapes, shared
    weights, the order of inputs and outputs. Names do not count."""
    if len(one.inputs) != len(other.inputs) or len(one.outputs) != len(other.outputs):
        return "inputs or outputs differ in number"
    partners: dict[int, int] = {}
    queue = list(zip(one.outputs, other.outputs, strict=True))
    while queue:
        left, right = queue.pop()
        if left in partners:
            if partners[left] != right:
                return f"{name(one.nodes[left])} is one tensor in the first, two in the second"
            continue
        partners[left] = right
        a, b = one.nodes[left], other.nodes[right]
        if len(a.inputs) != len(b.inputs) or called(one, a) != called(other, b):
            return f"{name(a)}: {a.layer} became {b.layer}"
        if a.shape != b.shape:
            return f"{name(a)}: {show_shape(a.shape)} became {show_shape(b.shape)}"
        queue += zip(a.inputs, b.inputs, strict=True)
    if len(set(partners.values())) != len(partners):
        return "two tensors became one"
    for left, right in partners.items():
        a, b = one.nodes[left], other.nodes[right]
        if a.layer is None:
            if one.inputs.index(left) != other.inputs.index(right):
                return f"{name(a)}: the inputs stand in another order"
        elif has_weights(one, a) and partners.get(owner(a)) != owner(b):
            if owner(a) in partners or owner(b) in partners.values():
                return f"{name(a)}: its weights are shared otherwise"
    return ""


def owner(node: Node) -> int:
    return node.index if node.shares is None else node.shares


def has_weights(graph: Graph, node: Node) -> bool:
    shapes = graph.input_shapes(node)
    return node.layer is not None and shapes is not None and bool(node.layer.weights(shapes))


def called(graph: Graph, node: Node) -> Any:
    """What a node does, as Keras is told, one number for a tuple of equal ones."""
    shapes = graph.input_shapes(node)
    if node.layer is None or shapes is None:
        return None
    return [
        (call.name, {key: even(value) for key, value in call.arguments.items()}) for call in node.layer.keras(shapes)
    ]


def even(value: Any) -> Any:
    """A value that does not tell 2 from (2, 2), nor a list from a tuple."""
    if isinstance(value, (tuple, list)) and value:
        inner = [even(v) for v in value]
        return inner[0] if all(v == inner[0] for v in inner) else tuple(inner)
    return value


def name(node: Node) -> str:
    return node.name or f"{node.label} (node {node.index})"
