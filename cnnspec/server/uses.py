"""What the parts of a text come to while its networks are built: the tensors that each step takes and makes, and values.

A network is built once more and watched; its graph is the analysed one, whose figures hold. A step of a block has a use
for each time that it runs.
"""

from __future__ import annotations

from cnnspec.base.gc_pause import Uncollected
from cnnspec.base.record import Record
from cnnspec.base.size import add_up
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.observer import Observer
from cnnspec.layers.argument import show
from cnnspec.layers.base import show_shape
from cnnspec.lint.fix.project import resolve_path
from cnnspec.syntax import tree
from cnnspec.tables.rows import measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.elaborate.files import Read
    from cnnspec.elaborate.values import Scope, Tensor
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis
    from cnnspec.server.kept_text import Place
    from cnnspec.tables.rows import ReceptiveField

    Key = tuple[str, int, int]  # the real path of a file, and where a part of its text begins and ends

MOST_VALUES = 8  # that are told of one name
STEPS = (
    tree.Step, tree.Call, tree.Name, tree.Arithmetic, tree.Chain, tree.Naming, tree.Ternary, tree.Braces, tree.Input,
)  # fmt: skip
WHOLES = (tree.Body, tree.Loop)  # which hold steps


class Use(Record):
    """One time that a part of a text runs: the layers from `first` up to, not including, `end` are made, and it comes to that
    with the index `result`; `entering` is that of the tensor which it takes, None at the beginning."""

    network: AnalysedNetwork
    entering: int | None
    first: int
    end: int
    result: int

    @property
    def node(self) -> Node:
        """The layer that it comes to."""
        return self.network.graph.nodes[self.result]

    @property
    def inputs(self) -> list[Shape | None]:
        """The shapes that it takes: of one layer those of all its inputs."""
        nodes = self.network.graph.nodes
        if self.end - self.first == 1:
            return [nodes[index].shape for index in nodes[self.first].inputs]
        return [] if self.entering is None else [nodes[self.entering].shape]

    @property
    def parameters(self) -> int | None:
        counts = self.network.facts.parameters[self.first : self.end]
        known = [sum(count) for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    @property
    def macs(self) -> Dim | None:
        counts = self.network.facts.macs[self.first : self.end]
        known = [count for count in counts if count is not None]
        return add_up(known) if len(known) == len(counts) else None

    @property
    def field(self) -> ReceptiveField | None:
        facts = self.network.facts
        return measure_field(facts.fields[self.result], facts.seen[self.result])

    @property
    def shape_text(self) -> str:
        return "?" if self.node.shape is None else show_shape(self.node.shape)


class Uses:
    """The uses of the steps of a text, of its bodies and loops as wholes, and the values of its names, by their places."""

    def __init__(self) -> None:
        self.steps: dict[Key, list[Use]] = {}
        self.wholes: dict[Key, list[Use]] = {}
        self.values: dict[Key, list[str]] = {}
        self.texts: dict[str, str] = {}  # of the files that these stand in


class Frame:
    """A use that has begun."""

    def __init__(self, key: Key, node: tree.Node, scope: Scope, entering: int | None, noted: bool) -> None:
        self.key, self.node, self.scope, self.entering, self.noted = key, node, scope, entering, noted
        self.first: int | None = None
        self.end = 0


class Recorder(Observer):
    """Takes notes of the networks of a file while they are built again."""

    def __init__(self) -> None:
        self.made: list[tuple[int, Frame, int]] = []  # with the number of the network and the result's index
        self.values: dict[Key, dict[str, None]] = {}
        self.networks = 0
        self._stack: list[Frame] = []
        self.texts: dict[str, str] = {}
        self._paths: dict[str, str] = {}

    def enter(self, node: tree.Node, scope: Scope, current: Tensor | None, value: Any = None) -> None:
        key, parent = self._key(node, scope), self._stack[-1] if self._stack else None
        kinds = WHOLES if isinstance(node, WHOLES) else STEPS
        again = parent is not None and parent.key == key and isinstance(parent.node, kinds)  # the only one in it
        noted = isinstance(node, kinds) and not again
        self._stack.append(Frame(key, node, scope, None if current is None else current.index, noted))

    def leave(self, result: Tensor | None) -> None:
        frame = self._stack.pop()
        if frame.noted and frame.first is not None and result is not None:
            self.made.append((self.networks, frame, result.index))

    def node_added(self, node: Node, graph: Graph) -> None:
        for frame in self._stack:
            if frame.first is None or frame.first > node.index:  # what was tried before was given up
                frame.first = node.index
            frame.end = node.index + 1

    def evaluated(self, node: tree.Node, value: Any) -> None:
        if isinstance(node, tree.Name) and self._stack and is_number(value):
            self._note_value(self._key(node, self._stack[-1].scope), value)

    def assigned(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> None:
        value = scope.names.get(item.name.text)
        if is_number(value):
            self._note_value(self._key(item.name, scope), value)

    def built(self, graph: Graph) -> None:
        self.networks += 1
        self._stack.clear()

    def _note_value(self, key: Key, value: Any) -> None:
        values = self.values.setdefault(key, {})
        if len(values) <= MOST_VALUES:
            values[show(value)] = None

    def _key(self, node: tree.Node, scope: Scope) -> Key:
        name = scope.source.name
        if name not in self._paths:
            self._paths[name] = resolve_path(name)
            self.texts[self._paths[name]] = scope.source.text
        return self._paths[name], node.start, node.end


def find_around(places: Iterable[Place], at: int) -> list[Place]:
    """The places that an offset lies in, the shortest first."""
    inside = [place for place in places if place[0] <= at <= place[1]]
    return sorted(inside, key=lambda place: (place[1] - place[0], place[0]))


def is_number(value: Any) -> bool:
    """Whether a value is made of numbers alone: 64, 3x3, [3, 4, 6, 3]."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(map(is_number, value))
    return isinstance(value, (bool, int, float))


def find_uses(analysis: Analysis, read: Read) -> Uses:
    """The uses of all parts of an analysed file, and of those that it uses; none where building it again gives another
    graph."""
    recorder, found = Recorder(), Uses()
    with Uncollected():
        again = elaborate(analysis.tree, read, observer=recorder)
    found.texts = recorder.texts
    found.values = {key: [*values] for key, values in recorder.values.items()}
    same = len(again) == len(analysis.networks) == recorder.networks and all(
        len(made.graph.nodes) == len(network.graph.nodes)
        for made, network in zip(again, analysis.networks, strict=True)
    )
    for number, frame, result in recorder.made if same else ():
        assert frame.first is not None
        use = Use(analysis.networks[number], frame.entering, frame.first, frame.end, result)
        places = found.wholes if isinstance(frame.node, WHOLES) else found.steps
        places.setdefault(frame.key, []).append(use)
    return found
