"""The Keras calls of a source beside the layers of a graph: each call is compared with what the graph states next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.keras_source.call_printer import FIRST, WORDS
from cnnspec.compile.keras_source.literals import same
from cnnspec.layers.argument import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import KerasCall


class Mismatch(Exception):
    """The source does something else than the graph."""


class Tensor:
    """A tensor: the output of a node, or of one of the Keras calls on the way there, whose shape nobody may ask for."""

    def __init__(self, node: int, part: int, shape: tuple[int | None, ...] | None) -> None:
        self.node = node
        self.part = part
        self.shape = None if shape is None else (None, *shape)


class Made:
    """A Keras layer that was made, not yet applied or applied before."""

    def __init__(self, name: str, positional: Sequence[Any], keywords: dict[str, Any]) -> None:
        self.name = name
        self.positional = positional
        self.keywords = keywords
        self.owner: tuple[int, int] | None = None


class Alongside:
    """Where in the graph the source stands."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.position = 0  # the node that is made next
        self.part = 0  # which of its Keras calls
        self.names: set[str] = set()

    def next(self) -> Node:
        if self.position >= len(self.graph.nodes):
            raise Mismatch("a layer too many")
        return self.graph.nodes[self.position]

    def input(self, shape: tuple[int | None, ...], name: str = "") -> Tensor:
        node = self.next()
        if node.layer is not None or node.shape is None or known(node.shape) != tuple(shape):
            raise Mismatch("another input")
        self.named(node, name)
        self.position += 1
        return Tensor(node.index, 0, known(node.shape))

    def named(self, node: Node, name: str) -> None:
        if name and (name != node.name or name in self.names):
            raise Mismatch("another name")
        self.names.add(name)

    def applied(self, layer: Made, tensors: Tensor | list[Tensor]) -> Tensor:
        node, part = self.next(), self.part
        shapes = self.graph.input_shapes(node)
        if node.layer is None or shapes is None or node.shape is None:
            raise Mismatch("an input is expected")
        calls = node.layer.keras(shapes)
        if node.layer.merges is not isinstance(tensors, (list, tuple)):
            raise Mismatch("several tensors for one, or one for several")
        given = list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]
        if part == 0:
            if tuple([t.node for t in given]) != node.inputs or not all(map(self.is_end, given)):
                raise Mismatch(f"{node.name} reads other tensors")
        elif (given[0].node, given[0].part) != (node.index, part - 1):
            raise Mismatch(f"{node.name} is torn apart")
        self.compare(layer, calls[part], node)
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
        return Tensor(node.index, part, known(node.shape) if part == len(calls) - 1 else None)

    def is_end(self, tensor: Tensor) -> bool:
        node = self.graph.nodes[tensor.node]
        shapes = self.graph.input_shapes(node)
        return node.layer is None or shapes is not None and tensor.part == len(node.layer.keras(shapes)) - 1

    def compare(self, layer: Made, call: KerasCall, node: Node) -> None:
        """The layer's class and arguments against what the graph's layer states."""
        keywords = dict(layer.keywords)
        if not call.helper:
            self.named(node, keywords.pop("name", "") if layer.owner is None else "")
        if call.around is not None:
            inner = layer.positional[0] if len(layer.positional) == 1 else None
            if layer.name != call.around.name or keywords != call.around.arguments or not isinstance(inner, Made):
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
            if not same(value, expected) and not (isinstance(value, Term) and value == expected):
                raise Mismatch(f"{node.name}'s {name} is {expected}, not {value}")


def known(shape: tuple[Any, ...]) -> tuple[int | None, ...]:
    return tuple([n if isinstance(n, int) else None for n in shape])
