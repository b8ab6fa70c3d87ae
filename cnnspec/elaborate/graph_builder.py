"""The graph of a network while it grows: nodes added and named, and bounds on how many there are."""

from __future__ import annotations

from cnnspec.elaborate.report import TooMuch
from cnnspec.elaborate.values import Scope, Tensor
from cnnspec.graph import Node, Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.elaborate.names import Names
    from cnnspec.elaborate.observer import Observer
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.syntax import tree

    Saved = tuple[tuple[int, int, int, int], list[int], dict[int, str], bool, int, set[str], dict[str, int]]

LOOK_AHEAD = 20_000  # layers, from which on it pays to count what is still to come


class GraphBuilder:
    """Adds nodes to a graph. `max_layers` bounds its size."""

    def __init__(self, graph: Graph, max_layers: int, names: Names, observer: Observer) -> None:
        self.graph = graph
        self.names = names
        self.report = names.report
        self.assumptions = names.assumptions
        self.observer = observer
        self.max_layers = max_layers
        self.whole: tuple[tree.Body, Scope] | None = None  # what is built
        self.checkpoint = min(LOOK_AHEAD, max_layers)
        self.multiplier = 1  # how often the repeats around the present place run it
        self.taken: set[str] = set()
        self.numbered: dict[str, int] = {}  # the next number to try for a name that is taken

    def add_node(
        self, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site
    ) -> Node:
        nodes = self.graph.nodes
        if self.layers + self.multiplier > self.checkpoint:
            self.checkpoint = self.max_layers
            self.look_ahead()
            scope = Scope(None, site.source, site.path)
            self.check_limit(site.node, scope, self.layers + self.multiplier)
        node = Node(len(nodes), layer, inputs, shape, label, site)
        nodes.append(node)
        self.observer.node_added(node, self.graph)
        return node

    def count_times(self, times: int, run: Callable[[], Tensor]) -> Tensor:
        """Run the first of several turns. While it runs, each of its layers counts for all the turns."""
        around = self.multiplier
        self.multiplier = around * times
        try:
            return run()
        finally:
            self.multiplier = around

    @property
    def layers(self) -> int:
        """How many layers there are so far; inputs do not count."""
        return len(self.graph.nodes) - len(self.graph.inputs)

    def begin(self, body: tree.Body, scope: Scope) -> None:
        """Know the whole that is built, so as to look ahead in it."""
        self.whole = body, scope

    def look_ahead(self) -> None:
        """Refuse at once what would be refused after a long time."""
        if self.whole is not None:
            from cnnspec.elaborate.static_checks import Ahead

            body, scope = self.whole
            ahead = Ahead(body, (), scope)
            culprit = ahead.culprit(body, self.max_layers)
            if culprit is not None:
                self.check_limit(culprit, scope, min(ahead.least(culprit), 10**18))

    def check_limit(self, at: tree.Node, scope: Scope, layers: int) -> None:
        if layers > self.max_layers:
            message = f"this asks for at least {layers:,} layers; at most {self.max_layers:,} are allowed"
            self.report.error(
                "E003", at, scope, message, "repeat less, or raise the limit with --max-layers", sure=True
            )
            raise TooMuch

    def add_unknown(self, at: tree.Node, scope: Scope, current: Tensor | None, label: str = "?") -> Tensor:
        """A node of unknown shape in place of a step that could not be understood, so that the table shows the gap.
        The names that the step would have given are unknown from here on."""
        self.names.forget(at, scope)
        nodes = self.graph.nodes
        if current is not None and nodes[current.index].layer is None and nodes[current.index].shape is None:
            return current
        site = Site(scope.source, at, scope.path)
        node = self.add_node(None, () if current is None else (current.index,), None, label, site)
        node.assumed = self.assumptions.unsure or (current is not None and current.assumed)
        return Tensor(node.index, node.assumed)

    def name_node(self, node: Node, name: str) -> None:
        """Give a node the name that the text gives it; a number makes it unique."""
        unique = name
        if name in self.taken:
            number = self.numbered.get(name, 2)
            while f"{name}_{number}" in self.taken:
                number += 1
            unique, self.numbered[name] = f"{name}_{number}", number + 1
        self.taken.add(unique)
        node.name, node.given = unique, name

    def save(self) -> Saved:
        graph = self.graph
        counts = len(graph.nodes), len(graph.inputs), len(graph.budgets), len(graph.bindings)
        return (
            counts,
            graph.outputs,
            graph.output_names,
            graph.ends_assumed,
            self.checkpoint,
            self.taken.copy(),
            self.numbered.copy(),
        )

    def restore(self, saved: Saved) -> None:
        graph = self.graph
        counts, graph.outputs, graph.output_names, graph.ends_assumed, self.checkpoint, self.taken, self.numbered = (
            saved
        )
        nodes, inputs, budgets, bindings = counts
        del graph.nodes[nodes:], graph.inputs[inputs:], graph.budgets[budgets:]
        while len(graph.bindings) > bindings:
            graph.bindings.popitem()
