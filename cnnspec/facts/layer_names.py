"""The names that people have for the layers with weights: a layer's own, and those of the blocks and layer functions around it.

One that is used several times has the names of all its uses.
"""

from __future__ import annotations

import math

from cnnspec.graph import BlockCall, FunctionUse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Weight
    from cnnspec.train.settings import TrainSettings

START = "start"  # all layers that took their weights from a start


class LayerNames:
    """The layers of a graph that have weights, by the names of people; `taken` are the nodes that a start gave weights,
    None where that is not known yet."""

    def __init__(self, graph: Graph, taken: Collection[int] | None = ()) -> None:
        self.graph, self.taken = graph, taken
        # of each first use of weights: its own, then those around it, the innermost first
        self.names: dict[int, list[str]] = {}
        for node in graph.nodes:
            owner = node.index if node.shares is None else node.shares
            if has_weights(graph, node):
                own = self.names.setdefault(owner, [])
                own += [name for name in list_names(node) if name not in own]
        for owner in taken or ():
            if owner in self.names:  # which the record of a run from elsewhere need not say
                self.names[owner].append(START)

    def find_named(self, named: Collection[str]) -> list[int]:
        """The nodes that have one of these names."""
        return [owner for owner, names in self.names.items() if not set(named).isdisjoint(names)]

    def find_never_trained(self, settings: TrainSettings) -> list[int]:
        """The nodes that are frozen to the end; all that there are, as the most, while it is not known what a start gives."""
        after = settings.unfreeze_after
        if after is not None and after < settings.epochs:
            return []
        unknown = START in settings.freeze and self.taken is None
        return [*self.names] if unknown else self.find_named(settings.freeze)


def has_weights(graph: Graph, node: Node) -> bool:
    return bool(list_weights(graph, node))


def list_weights(graph: Graph, node: Node) -> tuple[Weight, ...]:
    """The weights of a node's layer; none for an input, and where a shape before it is unknown."""
    shapes = graph.input_shapes(node)
    return () if node.layer is None or shapes is None else node.layer.weights(shapes)


def count_numbers(graph: Graph, node: Node) -> int:
    """How many numbers the weights of a node's layer hold; sizes that are open count as none."""
    sizes = [weight.shape for weight in list_weights(graph, node)]
    return sum(math.prod([n for n in shape if isinstance(n, int)]) for shape in sizes)


def list_names(node: Node) -> list[str]:
    """The names of a node: its own, then those of the blocks and layer functions around it, the innermost first."""
    around = [
        step.block if isinstance(step, BlockCall) else step.name
        for step in reversed(node.site.steps)
        if isinstance(step, (BlockCall, FunctionUse))
    ]
    return [node.name, *[name for name in around if name]]
