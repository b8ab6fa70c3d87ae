"""A network built again with other input sizes, and what its text asks of sizes on the way.

While the text asks for no size (`in.height`, …), networks of all input sizes are one graph with other shapes.
"""

from __future__ import annotations

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.record import Record
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.network import NetworkBuilder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.elaborate.values import Scope, Tensor
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.syntax import tree

SIZELESS = ("channels", "rank")


class Trial(NetworkBuilder):
    """Builds a network whose inputs, counted from 0, have the given shapes; the others those of the text."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS, inputs: Mapping[int, Shape] | None = None) -> None:
        super().__init__(name, max_layers)
        self.given = inputs or {}
        self.asks = False  # whether a length along a spatial axis was asked for
        self.asked: set[Shape] = set()  # shapes of the tensors whose channels were asked for

    def input_shape(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Shape | None:
        return self.given.get(len(self.graph.inputs)) or super().input_shape(item, scope, current)

    def tensor_attribute(self, node: tree.Attribute, shape: Any, scope: Scope) -> Any:
        if node.name.text not in SIZELESS:
            self.asks = True
        elif node.name.text == "channels" and shape is not None:
            self.asked.add(shape)
        return super().tensor_attribute(node, shape, scope)


class Resized(Record):
    """A network with other input sizes: whether it stands without error, and what its text asks of sizes."""

    graph: Graph
    legal: bool
    asks: bool  # whether the text asks for a length
    asked: frozenset[Shape]  # shapes of the tensors whose channels it asks for


def resize(network: AnalysedNetwork, inputs: Mapping[int, Shape]) -> Resized:
    """The network built again, its inputs (counted from 0) with the given shapes."""
    made: list[Trial] = []

    def trial(name: str, max_layers: int) -> Trial:
        made.append(Trial(name, max_layers, inputs))
        return made[-1]

    only = network.item.name.text if network.item else None
    (built,) = elaborate(network.tree, read, network.graph.parameters, MAX_LAYERS, only, trial)
    asked = frozenset().union(*[builder.asked for builder in made])
    legal = not network.tree.diagnostics and not built.refused
    return Resized(built.graph, legal, any(b.asks for b in made), asked)
