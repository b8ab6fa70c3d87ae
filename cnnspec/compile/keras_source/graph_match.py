"""A source compared with a graph: each Keras call in turn with the layer that the graph has next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_text import FIRST, WORDS
from cnnspec.compile.python_text.literals import hide_unknown, is_same
from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import KerasCall


class Mismatch(Exception):
    """The source builds another network than the graph."""


class SourceTensor:
    """The output of a node, or of one of the Keras calls on the way there; the latter has no shape to ask for."""

    def __init__(self, node: int, part: int, shape: tuple[int | None, ...] | None) -> None:
        self.node = node
        self.part = part
        self.shape = None if shape is None else (None, *shape)


class SourceLayer:
    """A Keras layer that the source makes. `owner` is the node and call for which it was first applied."""

    def __init__(self, name: str, positional: Sequence[Any], keywords: dict[str, Any]) -> None:
        self.name = name
        self.positional = positional
        self.keywords = keywords
        self.owner: tuple[int, int] | None = None


class GraphMatch:
    """How far a source agrees with a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.position = 0  # the node that is made next
        self.part = 0  # which of its Keras calls
        self.names: set[str] = set()

    def find_next(self) -> Node:
        """The node that the source must make next."""
        if self.position >= len(self.graph.nodes):
            raise Mismatch("a layer too many")
        return self.graph.nodes[self.position]

    def match_input(self, shape: tuple[int | None, ...], name: str = "") -> SourceTensor:
        """The tensor of `keras.Input`."""
        node = self.find_next()
        if node.layer is not None or node.shape is None or hide_unknown(node.shape) != tuple(shape):
            raise Mismatch("another input")
        self._match_name(node, name)
        self.position += 1
        return SourceTensor(node.index, 0, hide_unknown(node.shape))

    def _match_name(self, node: Node, name: str) -> None:
        if name and (name != node.name or name in self.names):
            raise Mismatch("another name")
        self.names.add(name)

    def match_call(self, layer: SourceLayer, tensors: SourceTensor | list[SourceTensor]) -> SourceTensor:
        """The tensor that a layer makes of others."""
        node, part = self.find_next(), self.part
        shapes = self.graph.input_shapes(node)
        if node.layer is None or shapes is None or node.shape is None:
            raise Mismatch("an input is expected")
        calls = node.layer.keras(shapes)
        if (node.layer.merges and part == 0) is not isinstance(tensors, (list, tuple)):
            raise Mismatch("several tensors for one, or one for several")
        given = list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]
        if part == 0:
            if tuple([t.node for t in given]) != node.inputs or not all(map(self.is_whole, given)):
                raise Mismatch(f"{node.name} reads other tensors")
        elif (given[0].node, given[0].part) != (node.index, part - 1):
            raise Mismatch(f"{node.name} is torn apart")
        self._compare(layer, calls[part], node)
        owner = self.graph.made_at(node)
        if not layer.name.startswith("ops.") and layer.owner not in (
            (owner, part),
            None if owner == node.index else (),
        ):
            raise Mismatch(f"{node.name} has other weights")
        layer.owner = (owner, part)
        self.part += 1
        if self.part == len(calls):
            self.position, self.part = self.position + 1, 0
        return SourceTensor(node.index, part, hide_unknown(node.shape) if part == len(calls) - 1 else None)

    def is_whole(self, tensor: SourceTensor) -> bool:
        """Whether a tensor is the output of a node, not of a call on the way there."""
        node = self.graph.nodes[tensor.node]
        shapes = self.graph.input_shapes(node)
        return node.layer is None or shapes is not None and tensor.part == len(node.layer.keras(shapes)) - 1

    def _compare(self, layer: SourceLayer, call: KerasCall, node: Node) -> None:
        """Compare a layer's class and arguments with what the graph's layer states."""
        keywords = dict(layer.keywords)
        if not call.helper:
            self._match_name(node, keywords.pop("name", "") if layer.owner is None else "")
        if call.around is not None:
            inner = layer.positional[0] if len(layer.positional) == 1 else None
            if (
                layer.name != call.around.name
                or keywords != call.around.arguments
                or not isinstance(inner, SourceLayer)
            ):
                raise Mismatch(f"{node.name} is wrapped in another {call.around.name}")
            layer, keywords = inner, dict(inner.keywords)
        given = {**dict(zip(call.arguments, layer.positional, strict=False)), **keywords}
        if layer.name != call.name or any(name not in FIRST for name in list(call.arguments)[: len(layer.positional)]):
            raise Mismatch(f"{node.name} is {call.name}, not {layer.name}")
        fields = {a.keras.strip("-") or field: a for field, a in (node.layer.arguments if node.layer else {}).items()}
        for name in {**given, **call.arguments}:
            default = fields[name].record_default if name in fields else None
            expected, value = call.arguments.get(name, default), given.get(name, default)
            if isinstance(value, str) and value in WORDS and isinstance(expected, Term):
                value = fields[name].kind(value)
            if not is_same(value, expected) and not (isinstance(value, Term) and value == expected):
                raise Mismatch(f"{node.name}'s {name} is {expected}, not {value}")
