"""What proposals are made with: one network, the layers that a finding is about, and pens for the files they stand in."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.lint.context import Context
from cnnspec.lint.fix.edits import Inexpressible, Pen
from cnnspec.lint.fix.project import real
from cnnspec.pipeline import training
from cnnspec.syntax.tree import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.base.source import Source
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape
    from cnnspec.lint.fix.project import Project
    from cnnspec.network import AnalysedNetwork

    Part = tuple[Node, tuple[Edit, ...]]


class Proposal(Record):
    """Edits that might clear a finding, not tried yet. `safe`: they are meant to leave the network computing what it
    does. `apart`: the parts, each with the layer it is about, that might do alone where all of them together do not; a
    {} in the message stands for the layers. `meant`: this is what the text must have meant, so that it comes first
    whatever it costs, and what rules find behind it, errors apart, was hidden by the finding till now."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool = False
    apart: tuple[Part, ...] = ()
    meant: bool = False


class Desk:
    """One network of a project's file."""

    def __init__(self, project: Project, network: AnalysedNetwork) -> None:
        self.project, self.network = project, network
        self._context: Context | None = None
        self.legal: dict[int, list[tuple[int, ...]]] = {}  # the nearest legal input sizes in each direction, once asked

    @classmethod
    def of(cls, project: Project, network: AnalysedNetwork) -> Desk:
        """The desk of a network, which all of its findings share."""
        return project.desks.setdefault(id(network), cls(project, network))

    @property
    def graph(self) -> Graph:
        return self.network.graph

    @property
    def context(self) -> Context:
        if self._context is None:
            settings, _ = training(self.network.train)
            self._context = Context(self.graph, self.network.train, self.network.broken, settings)
        return self._context

    def pen(self, source: Source) -> Pen:
        """The pen of a file. Inexpressible for one that is not of the project, or not as it was read."""
        path, pens = real(source.name), self.project.pens
        current = self.project.sources.get(path)
        if current is None or current.text != source.text:
            raise Inexpressible
        if path not in pens:
            pens[path] = Pen(current)
        return pens[path]

    # ---- layers --------------------------------------------------------------------------------------------
    def nodes(self, found: Diagnostic) -> list[Node]:
        """The layers that a finding is about: those it names, else those whose text it points at or into."""
        if found.nodes:
            return [self.graph.nodes[i] for i in found.nodes]
        span = found.span
        if span is None:
            return []
        around = [
            node
            for node in self.graph.nodes
            if node.site.source.name == span.source.name
            and node.site.node.start <= span.start
            and span.end <= node.site.node.end
        ]
        least = min([n.site.node.end - n.site.node.start for n in around], default=0)
        return [n for n in around if n.site.node.end - n.site.node.start == least]

    def inputs(self, node: Node) -> tuple[Shape, ...]:
        """The shapes that enter a node. Inexpressible where one is unknown."""
        shapes = self.graph.input_shapes(node)
        if shapes is None:
            raise Inexpressible
        return shapes

    def sites(self, nodes: Iterable[Node]) -> list[Node]:
        """One node for each place in the text."""
        places = {(real(n.site.source.name), type(n.site.node), n.site.node.start, n.site.node.end): n for n in nodes}
        return list(places.values())

    # ---- edits ---------------------------------------------------------------------------------------------
    def set(self, nodes: Sequence[Node], **values: Any) -> list[Edit]:
        """The calls of some layers with other arguments."""
        return [edit for node in self.sites(nodes) for edit in self.set_one(node, node.layer, values)]

    def set_one(self, node: Node, layer: Layer | None, values: dict[str, Any]) -> list[Edit]:
        if layer is None or any(name not in layer.arguments for name in values):
            raise Inexpressible
        return self.pen(node.site.source).set(node.site.node, layer, values)

    def drop(self, nodes: Sequence[Node]) -> list[Edit]:
        """The text without some layers that stand there by themselves."""
        edits = []
        for node in self.sites(nodes):
            edits += self.pen(node.site.source).drop(self.whole(node))
        return edits

    def replace(self, nodes: Sequence[Node], text: str) -> list[Edit]:
        edits = []
        for node in self.sites(nodes):
            edits += self.pen(node.site.source).replace(self.whole(node), text)
        return edits

    def before(self, nodes: Sequence[Node], text: str) -> list[Edit]:
        """Another layer before some, in the text."""
        return [e for n in self.sites(nodes) for e in self.pen(n.site.source).put(n.site.node, text, first=True)]

    def behind(self, nodes: Sequence[Node], text: str) -> list[Edit]:
        return [e for n in self.sites(nodes) for e in self.pen(n.site.source).put(n.site.node, text, first=False)]

    def whole(self, node: Node) -> Any:
        """What made a layer, if it made nothing else. Inexpressible for an activation= of another layer."""
        written = node.site.node
        if node.layer is None:
            raise Inexpressible
        if isinstance(written, Call):
            self.pen(node.site.source).call(written, node.layer)
        return written
