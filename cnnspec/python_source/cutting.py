"""A model's part of the tape → its graph."""

from __future__ import annotations

from cnnspec.graph import BlockCall, Graph, Node
from cnnspec.python_source.keras.composed_layer import ComposedLayer
from cnnspec.python_source.keras.layer_kinds import find_base, list_parts, read_trainable
from cnnspec.python_source.keras.layer_value import LayerValue
from cnnspec.python_source.keras.reached import find_nodes
from cnnspec.python_source.keras.stated_layers import train_or_freeze

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.graph import PathStep, Site
    from cnnspec.layers.base import Layer
    from cnnspec.python_source.keras.model_value import ModelValue
    from cnnspec.python_source.path_numbers import PathNumbers
    from cnnspec.python_source.tape import Tape, TapeNode

CALL = ".call"  # how the name of a step ends that is a layer of the source's own


class Cut:
    """The graph of a model. `doubtful` are the indices of nodes of which nothing may be said but their sizes; `whole`: whether
    all layers and shapes are known."""

    def __init__(self, model: ModelValue, tape: Tape, numbers: PathNumbers) -> None:
        self.model = model
        self.graph = Graph("")
        inputs = model.list_inputs()
        self._starts = {tensor.node.index for tensor in inputs}
        self._trained = Trained(model)
        self._paths = Paths(model.state["outside"], numbers)
        self._given: list[str] = []  # the names that the source gives, node by node
        self._indices: dict[int, int] = {}  # on the tape → in the graph
        self._first: dict[tuple[int, int], int] = {}  # owner and part → the node of their first use
        self.doubtful: frozenset[int] = frozenset()
        self.whole = not self._trained.unsure and bool(model.list_outputs())
        for node in find_nodes(tape, model.list_outputs(), inputs):
            self._add(node)
        self.graph.inputs = [self._indices[tensor.node.index] for tensor in inputs]
        self.graph.outputs = list(dict.fromkeys([self._indices[tensor.node.index] for tensor in model.list_outputs()]))
        self._name_nodes()

    def _add(self, old: TapeNode) -> None:
        starts = old.index in self._starts
        layer = None if starts else old.layer
        if layer is not None and old.owner is not None:
            layer = self._trained.finish(layer, old.owner)
        inputs = () if starts else tuple([self._indices[index] for index in old.inputs])
        label = "input" if starts else old.label
        node = Node(len(self.graph.nodes), layer, inputs, old.shape, label, self._paths.shorten(old.site))
        node.class_name = "" if starts else old.class_name
        node.making = old.owner.site if isinstance(old.owner, LayerValue) else None
        self._indices[old.index] = node.index
        self.graph.nodes.append(node)
        self._given.append(old.name)
        if starts:
            self.whole = self.whole and old.shape is not None
            return
        if old.doubt:
            self.doubtful |= {node.index}
        if layer is None or old.shape is None:
            self.whole = False
        if old.owner is not None:
            first = self._first.setdefault((id(old.owner), old.part), node.index)
            if first != node.index:
                node.shares = first

    def _name_nodes(self) -> None:
        """Give nodes the names of the source; one that stands twice, in nested models, gets the model's in front."""
        taken: set[str] = set()
        for node, given in zip(self.graph.nodes, self._given, strict=True):
            block = node.site.path.block if isinstance(node.site.path, BlockCall) else ""
            for name in (given, f"{block}_{given}"):
                if given and node.shares is None and name not in taken:
                    node.name = node.given = name
                    taken.add(name)
                    break
        self.graph.assign_names()


class Paths:
    """The paths of nodes without the steps that lead to the model as a whole, the last of which is `outside`; and steps into
    classes of the source by the class's name alone."""

    def __init__(self, outside: PathStep | None, numbers: PathNumbers) -> None:
        self._numbers = numbers
        self._outside = numbers.find(outside)
        self._short: dict[int, PathStep | None] = {}  # by the numbers of the paths

    def shorten(self, site: Site) -> Site:
        """A site without those steps."""
        return site if site.path is None else site.replace(path=self._shorten(site.path))

    def _shorten(self, path: PathStep) -> PathStep | None:
        new: list[PathStep] = []
        step: PathStep | None = path
        while step is not None and self._numbers.find(step) not in self._short:
            new.append(step)
            step = step.site.path
        for step in reversed(new):
            self._short[self._numbers.find(step)] = self._cut(step)
        return self._short[self._numbers.find(path)]

    def _cut(self, step: PathStep) -> PathStep | None:
        """A step behind the short path of the steps before it; None for the last that leads to the model."""
        if self._numbers.find(step) == self._outside:
            return None
        before = step.site.path
        short = None if before is None else self._short[self._numbers.find(before)]
        made = step if short is before else step.replace(site=step.site.replace(path=short))
        if isinstance(made, BlockCall) and made.block.endswith(CALL):
            return made.replace(block=made.block.removesuffix(CALL))
        return made


class Trained:
    """Which layers of a model training changes, in the end: what is said of each of them, where it is not that nothing of the
    model is trained. `unsure`: whether that of one is not known. A model within it says nothing but to its layers."""

    def __init__(self, model: ModelValue) -> None:
        self.frozen: set[int] = set()  # identities
        self.unsure = False
        none = read_trainable(model) is False
        met: set[int] = set()
        waiting: list[Any] = [model]
        while waiting:
            base = find_base(waiting.pop())
            if id(base) in met:
                continue
            met.add(id(base))
            trainable = read_trainable(base)
            self.unsure = self.unsure or not isinstance(trainable, (bool, int))
            if none or trainable is False:
                self.frozen.add(id(base))
            waiting += list_parts(base)

    def finish(self, layer: Layer, owner: Any) -> Layer | None:
        """A layer as training leaves it; None where one node stands for layers of which some alone are frozen."""
        frozen = id(owner) in self.frozen
        if isinstance(owner, ComposedLayer) and not frozen and self.frozen & list_within(owner):
            return None
        return train_or_freeze(layer, not frozen)


def list_within(base: Any) -> set[int]:
    """The identities of all layers within a layer, however deep."""
    found: set[int] = set()
    waiting = list_parts(base)
    while waiting:
        part = find_base(waiting.pop())
        if id(part) not in found:
            found.add(id(part))
            waiting += list_parts(part)
    return found
