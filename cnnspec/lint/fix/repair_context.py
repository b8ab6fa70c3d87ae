"""What a rule's fix is written with: one network, the layers that a finding is about, and editors of their files."""

from __future__ import annotations

from cnnspec.elaborate.argument_binder import given_arguments
from cnnspec.lint.context import Context
from cnnspec.lint.fix.edits import Editor, Inexpressible
from cnnspec.lint.fix.project import resolve_path
from cnnspec.lint.fix.proposal import Proposal
from cnnspec.syntax.tree import Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.base.source import Source
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Shape
    from cnnspec.lint.fix.project import Project
    from cnnspec.lint.fix.proposal import Part
    from cnnspec.network import AnalysedNetwork
    from cnnspec.python_source.editing.editor import PythonEditor


class RepairContext:
    """One network of a project's file, for the fixes of all of its findings; none for a finding on the text alone."""

    def __init__(self, project: Project, network: AnalysedNetwork | None) -> None:
        self.project = project
        self.legal_sizes: dict[int, list[tuple[int, ...]]] = {}  # the nearest in each direction, once asked
        self._network = network
        self._context: Context | None = None

    @property
    def network(self) -> AnalysedNetwork:
        """Inexpressible where the finding is about no network."""
        if self._network is None:
            raise Inexpressible
        return self._network

    @property
    def graph(self) -> Graph:
        return self.network.graph

    @property
    def context(self) -> Context:
        """The network as rules see it."""
        if self._context is None:
            network = self.network
            self._context = Context(network.graph, network.train, network.broken, network.settings)
        return self._context

    def editor(self, source: Source) -> Editor:
        """The editor of a spec. Inexpressible for one that is not of the project, or not as it was read, and for what
        was read from no spec."""
        made = self.open(source)
        if not isinstance(made, Editor):
            raise Inexpressible
        return made

    def open(self, source: Source) -> Editor | PythonEditor:
        """The editor of a spec or a Python text. Inexpressible as for `editor`."""
        return self.project.editor(source)

    # ---- proposals -----------------------------------------------------------------------------------------
    def propose(self, message: str, edits: Sequence[Edit], safe: bool = False, meant: bool = False) -> Proposal:
        """Edits that are made together or not at all."""
        return Proposal(message, tuple(edits), safe, (), meant)

    def propose_each(
        self, message: str | Callable[[Sequence[Node]], str], nodes: Sequence[Node],
        write: Callable[[Sequence[Node]], list[Edit]], safe: bool = False,
    ) -> Proposal:  # fmt: skip
        """The edits of all places of some layers, each of which might do alone; places that cannot be edited are left
        out. A {} in the message stands for the layers, or a function writes them."""
        parts: list[Part] = []
        for node in self.sites(nodes):
            try:
                parts.append((node, tuple(write([node]))))
            except Inexpressible:
                continue
        if not parts:
            raise Inexpressible
        return Proposal(message, tuple([edit for _, edits in parts for edit in edits]), safe, tuple(parts))

    # ---- layers --------------------------------------------------------------------------------------------
    def nodes(self, found: Diagnostic) -> list[Node]:
        """The layers and inputs that a finding is about: those it names, else those whose text it points at or into. A step
        that could not be understood, as where a block is called with what is unknown, is neither."""
        if found.nodes:
            return [self.graph.nodes[i] for i in found.nodes]
        span, inputs = found.span, {*self.graph.inputs}
        if span is None:
            return []
        around = [
            (site.node.end - site.node.start, node)
            for node in self.graph.nodes
            for site in ((node.site,) if node.making is None else (node.site, node.making))
            if (node.layer is not None or node.index in inputs)
            and site.source.name == span.source.name
            and site.node.start <= span.start
            and span.end <= site.node.end
        ]
        least = min([length for length, _ in around], default=0)
        nearest = [node for length, node in around if length == least]
        return [node for node in nearest if node.layer is not None] or nearest  # of a library, all stand at one call

    def inputs(self, node: Node) -> tuple[Shape, ...]:
        """The shapes that enter a node. Inexpressible where one is unknown."""
        shapes = self.graph.input_shapes(node)
        if shapes is None:
            raise Inexpressible
        return shapes

    def written(self, node: Node, name: str) -> Any:
        """What is written for an argument of a layer; the call itself where it is not."""
        call, layer = node.site.node, node.layer
        given = given_arguments(call, layer) if isinstance(call, Call) and layer is not None else {}
        return given[name].value if name in given else call

    def branches(self, node: Node) -> list[Any]:
        """What is written for each tensor of a merge; [] where its call does not show them one by one."""
        call = node.site.node
        return [a.value for a in call.arguments if a.name is None] if isinstance(call, Call) else []

    def sites(self, nodes: Iterable[Node]) -> list[Node]:
        """One node for each place in the text."""
        return list({self.place_of(node): node for node in nodes}.values())

    def is_one_kind(self, node: Node) -> bool:
        """Whether the call that makes a layer makes no other kind of layer, such as the activation behind a convolution."""
        place, kind = self.place_of(node), type(node.layer)
        return all(type(other.layer) is kind for other in self.graph.nodes if self.place_of(other) == place)

    def place_of(self, node: Node) -> tuple[Any, ...]:
        """What tells the place at which a layer is made."""
        site = node.written
        return resolve_path(site.source.name), type(site.node), site.node.start, site.node.end

    # ---- edits ---------------------------------------------------------------------------------------------
    def set(self, nodes: Sequence[Node], **values: Any) -> list[Edit]:
        """The calls of some layers with other arguments."""
        edits = []
        for node in self.sites(nodes):
            layer = node.layer
            if layer is None or any(name not in layer.arguments for name in values):
                raise Inexpressible
            editor, place = self.open(node.written.source), node.written.node
            if isinstance(editor, Editor):
                edits += editor.set(place, layer, values)
            elif self.is_one_kind(node):
                edits += editor.set(place, layer, values, self.inputs(node))
            else:
                raise Inexpressible
        return edits

    def drop(self, nodes: Sequence[Node]) -> list[Edit]:
        """The text without some layers that stand there by themselves."""
        return [e for n in self.sites(nodes) for e in self.open(n.written.source).drop(self.whole(n))]

    def replace(self, nodes: Sequence[Node], text: str) -> list[Edit]:
        """Other layers in the place of some."""
        return [e for n in self.sites(nodes) for e in self.editor(n.site.source).replace(self.whole(n), text)]

    def before(self, nodes: Sequence[Node], text: str) -> list[Edit]:
        """Another layer before some, in the text."""
        return [e for n in self.sites(nodes) for e in self.editor(n.site.source).insert(n.site.node, text, first=True)]

    def behind(self, nodes: Sequence[Node], text: str) -> list[Edit]:
        """Another layer behind some, in the text."""
        return [e for n in self.sites(nodes) for e in self.editor(n.site.source).insert(n.site.node, text, first=False)]

    def whole(self, node: Node) -> Any:
        """What made a layer, if it made nothing else. Inexpressible for an activation= of another layer."""
        written = node.written.node
        if node.layer is None or node.site.source.is_python and not self.is_one_kind(node):
            raise Inexpressible
        if isinstance(written, Call):
            self.editor(node.site.source).call(written, node.layer)
        return written
