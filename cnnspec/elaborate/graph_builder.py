"""The graph of a network while it grows: nodes added and named, and bounds on how many there are."""

from __future__ import annotations

from cnnspec.elaborate.report import TooMuch
from cnnspec.elaborate.values import Scope, Tensor
from cnnspec.graph import Graph, Node, Site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.elaborate.observer import Observer
    from cnnspec.elaborate.report import Report
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.syntax import tree

LOOK_AHEAD = 20_000  # layers, from which on it pays to count what is still to come


class GraphBuilder:
    """Adds nodes to a graph. `max_layers` bounds its size."""

    state = ("checkpoint", "multiplier", "taken", "numbered")  # see attempt.py

    def __init__(self, name: str, max_layers: int, report: Report, observer: Observer | None) -> None:
        self.report = report
        self.observer = observer
        self.graph = Graph(name)
        self.graph.assumptions = report.assumptions
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
        if self.observer is not None:
            self.observer.node_added(node, self.graph.input_shapes(node))
        return node

    @property
    def layers(self) -> int:
        """How many layers there are so far; inputs do not count."""
        return len(self.graph.nodes) - len(self.graph.inputs)

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
        self.report.forget_names(at, scope)
        nodes = self.graph.nodes
        if current is not None and nodes[current.index].layer is None and nodes[current.index].shape is None:
            return current
        site = Site(scope.source, at, scope.path)
        node = self.add_node(None, () if current is None else (current.index,), None, label, site)
        node.assumed = self.report.unsure or (current is not None and current.assumed)
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
