"""A network built again with other input sizes, and what its text asks of sizes on the way.

While the text asks for no size (`in.height`, …), networks of all input sizes are one graph with other shapes.
"""

from __future__ import annotations

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.base.record import Record
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.observer import Observer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.syntax import tree

SIZELESS = ("channels", "rank")


class SizeQuestions(Observer):
    """Notes what a text asks of sizes."""

    def __init__(self) -> None:
        self.asks = False  # whether a length along a spatial axis was asked for
        self.asked: set[Shape] = set()  # shapes of the tensors whose channels were asked for

    def size_asked(self, node: tree.Attribute, shape: Shape | None) -> None:
        if node.name.text not in SIZELESS:
            self.asks = True
        elif node.name.text == "channels" and shape is not None:
            self.asked.add(shape)


class Resized(Record):
    """A network with other input sizes: whether it stands without error, and what its text asks of sizes."""

    graph: Graph
    legal: bool
    asks: bool  # whether the text asks for a length
    asked: frozenset[Shape]  # shapes of the tensors whose channels it asks for


def resize(network: AnalysedNetwork, inputs: Mapping[int, Shape]) -> Resized:
    """The network built again, its inputs (counted from 0) with the given shapes."""
    questions = SizeQuestions()
    only = network.item.name.text if network.item else None
    (built,) = elaborate(network.tree, read, network.graph.parameters, MAX_LAYERS, only, questions, inputs)
    legal = not network.tree.diagnostics and not built.refused
    return Resized(built.graph, legal, questions.asks, frozenset(questions.asked))
