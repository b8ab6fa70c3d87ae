"""The network as a graph: one node a use of a layer, in the order in which they were met.

A node's inputs stand before it. Shapes are inferred while the graph grows, because conditions in the text may ask
for them (`in.channels`).
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import LayerPlace, Source, Span, brief, printable
from cnnspec.layers.base import Layer, Shape
from cnnspec.layers.shape import all_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from cnnspec.elaborate.values import Binding
    from cnnspec.syntax import tree


class Site(Record):
    """Where something was written, and the path that led there.

    The place is a node of a text. A layer of a model has a source without text: the Python file and the `line` where it is
    called, as far as the model tells, else the model's file. `module` is its path in the model, `layer` its name; `called`: the
    Python file and line, where that file is not here.
    """

    source: Source
    node: tree.Node
    path: PathStep | None = None  # the innermost step
    line: int = 0
    module: str = ""
    layer: str = ""
    called: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """How a copy is made: with the steps of the path first, the outermost before all, so that none leads to the next."""
        return _remake_site, (self.steps, *[getattr(self, name) for name in self._fields])

    @property
    def span(self) -> Span:
        if self.source.text or not (self.layer or self.module or self.line):
            return Span(self.source, self.node.start, self.node.end)
        layer = self.layer or self.module
        return LayerPlace(self.source, self.node.start, self.node.end, self.line, layer, self.module, self.called)

    @property
    def in_spec(self) -> bool:
        """Whether it stands in a spec, and not in a Python source or a model file."""
        return bool(self.source.text) and not self.source.is_python

    @property
    def in_python(self) -> bool:
        """Whether it stands in the text of a Python source."""
        return bool(self.source.text) and self.source.is_python

    @property
    def first_line(self) -> int:
        """The line of the place, from 1; 0 where it has none, as in a model."""
        return self.source.position(self.node.start)[0] if self.source.text else self.line

    @property
    def origin(self) -> str:
        """The place in words: net.cnn:3:1, net.py:12, model.keras: encoder/conv1."""
        placed = self.source.text or self.line or self.module or self.layer
        return self.span.origin if placed else self.source.name

    @property
    def written(self) -> str:
        """What stands there, as far as it is in one line; of a layer of a model its path there.
        Where that is its name, it is the Python file in which it is called, or nothing."""
        if self.source.text:
            return brief(printable(self.span.text.split("\n")[0]))
        path = "" if self.module == self.layer else self.module
        return brief(printable(path or (self.source.name if self.line else "")))

    @property
    def steps(self) -> tuple[PathStep, ...]:
        """The path, from the outermost step to the innermost."""
        found: list[PathStep] = []
        step = self.path
        while step is not None:
            found.append(step)
            step = step.site.path
        return tuple(found[::-1])

    @property
    def call(self) -> BlockCall | None:
        """The call of the block that the text at this place stands in."""
        step = self.path
        while step is not None:
            if isinstance(step, BlockCall):
                return step
            if isinstance(step, FunctionUse):
                return step.home
            step = step.site.path
        return None

    @property
    def caller(self) -> Site | None:
        """Where that block was called."""
        call = self.call
        return None if call is None else call.site

    @property
    def block(self) -> str:
        """The name of that block, "" at the top."""
        call = self.call
        return "" if call is None else call.block


def _remake_site(steps: tuple[PathStep, ...], *fields: Any) -> Site:
    return Site(*fields)


class PathStep(Record):
    """One step of the path to a node. `site`: where the step is written, and the path before it."""

    _uncompared: ClassVar[frozenset[str]] = frozenset({"home"})
    site: Site


class BlockCall(PathStep):
    """A block is called."""

    block: str

    def __str__(self) -> str:
        return brief(" ".join(self.site.span.text.split()))


class FunctionUse(PathStep):
    """A layer function is applied: a constant, a shared function, an argument of a block. `home`: the call of the block
    that it is written in; `name`: the name by which it is used, "" where it is used by none."""

    name: str
    home: BlockCall | None

    @property
    def away(self) -> bool:
        """Whether it is written in another block call than the one that uses it."""
        return self.site.call is not self.home

    def __str__(self) -> str:
        return self.name or brief(" ".join(self.site.span.text.split()))


class LoopTurn(PathStep):
    """One turn of a loop, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"turn {self.number} of {self.of}"


class RepeatTurn(PathStep):
    """One time of `f * n`, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"repeat {self.number} of {self.of}"


class Node:
    """One use of a layer. `shape` is None where it cannot be known; `layer` is None for an input.

    `shares` is the index of the node whose layer, and so whose weights, this node uses again. `given` is the name that
    the text gives, "" where it gives none; `name` is that made unique, or an automatic one. `assumed`: its figures rest
    on an assumption; `guessed`: even which layer it is does. `site` is where it is used; `making` is where its layer is made,
    with its arguments, where that is another place, as in Python. `class_name` is the class that a source or a model of
    Keras has there, Keras's or one of its own; "" elsewhere.
    """

    __slots__ = (
        "assumed", "class_name", "given", "guessed", "index", "inputs", "label", "layer", "making", "name", "shape", "shares",
        "site",
    )  # fmt: skip

    def __init__(
        self, index: int, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site
    ) -> None:
        self.index = index
        self.layer = layer
        self.inputs = inputs
        self.shape = shape
        self.label = label  # what the language calls the layer: conv, relu
        self.name = self.given = self.class_name = ""
        self.site = site
        self.shares: int | None = None
        self.making: Site | None = None
        self.assumed = self.guessed = False

    @property
    def written(self) -> Site:
        """Where its arguments are written."""
        return self.making or self.site

    @property
    def path(self) -> str:
        """The path in words, the node's name last: "stage(64) → turn 2 of 3 → conv4"."""
        return " → ".join([*map(str, self.site.steps), self.name])

    def __repr__(self) -> str:
        return f"Node({self.index}, {self.name or self.label}, inputs={self.inputs}, shape={self.shape})"


class BudgetLimit(Record):
    """One comparison of an `expect` statement: quantity(arguments) operator bound.

    Without a comparison (`expect lossless`) the operator is "". `in_bytes`: the bound is written in bytes, 256KiB.
    """

    quantity: str
    arguments: tuple[tuple[str, Any], ...]
    operator: str
    bound: Any
    site: Site
    in_bytes: bool = False


class Setting(Record):
    """One entry of a `train` section, evaluated, and where it stands."""

    value: Any
    site: Site


class Assumption(Record):
    """A word that nothing is called, and the one word near to it that it was taken for while the network was built."""

    span: Span
    written: str
    taken: str


class Graph:
    """A network: nodes, the indices of inputs and outputs, and what the text says about them.

    `module_classes` are those of the modules of a model by their paths, as Site has them: layer1.0 → BasicBlock.
    `assumptions` are those that parts of it rest on; `ends_assumed`: even which layers are its outputs does.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind = "Model"  # or a Block on an input of its own
        self.nodes: list[Node] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.output_names: dict[int, str] = {}  # as the text calls them, which may be other than their layers' names
        self.budgets: list[BudgetLimit] = []
        self.parameters: dict[str, Any] = {}  # with the holes, ?a
        self.choices: dict[str, Any] = {}  # of some parameters the `Choices` that make sense
        self.module_classes: dict[str, str] = {}
        self.remark = ""  # what was said where it comes from, and is no part of it
        self.bindings: dict[int, Binding] = {}  # layer functions with a name, by the identities of their statements
        self.assumptions: list[Assumption] = []
        self.ends_assumed = False

    def __getstate__(self) -> dict[str, Any]:
        """What a copy has: all but the layer functions, whose statements are others there, and which the analysis alone asks."""
        return {**self.__dict__, "bindings": {}}

    def input_shapes(self, node: Node) -> tuple[Shape, ...] | None:
        """The shapes that enter a node; None when one of them is unknown."""
        shapes = tuple([self.nodes[i].shape for i in node.inputs])
        return shapes if all_known(shapes) else None

    def made_at(self, node: Node) -> int:
        """The index of the node whose Keras layers a node uses: its own, unless it shares another's.

        A layer without weights that Keras makes for one size alone (a Reshape) is made anew for another size.
        """
        if node.shares is None:
            return node.index
        first = self.nodes[node.shares]
        here, there = self.input_shapes(node), self.input_shapes(first)
        if node.layer is None or first.layer is None or here is None or there is None:
            return node.shares
        return node.shares if node.layer.keras_calls(here) == first.layer.keras_calls(there) else node.index

    def consumers(self) -> list[list[int]]:
        """For each node the indices of the nodes that read it."""
        readers: list[list[int]] = [[] for _ in self.nodes]
        for node in self.nodes:
            for index in node.inputs:
                readers[index].append(node.index)
        return readers

    def used(self) -> list[bool]:
        """For each node whether an output depends on it; all are, as far as is known, while there is no output."""
        if not self.outputs:
            return [True] * len(self.nodes)
        used = [node.index in self.outputs for node in self.nodes]
        for node in reversed(self.nodes):
            if used[node.index]:
                for index in node.inputs:
                    used[index] = True
        return used

    @property
    def assumed(self) -> bool:
        """Whether figures of the whole rest on an assumption."""
        if not self.assumptions:
            return False
        used = self.used()
        return self.ends_assumed or any([node.assumed and used[node.index] for node in self.nodes])

    def certain(self) -> Graph:
        """The network as far as it rests on no assumption: what else it has is there, and unknown."""
        if not self.assumptions:
            return self
        made = Graph(self.name)
        made.inputs, made.budgets, made.parameters = self.inputs, self.budgets, self.parameters
        made.bindings, made.output_names, made.choices = self.bindings, self.output_names, self.choices
        made.outputs = [] if self.ends_assumed else self.outputs
        for node in self.nodes:
            layer, shape = None if node.guessed else node.layer, None if node.assumed else node.shape
            copy = Node(node.index, layer, node.inputs, shape, node.label, node.site)
            copy.name, copy.given, copy.shares, copy.making = node.name, node.given, node.shares, node.making
            made.nodes.append(copy)
        return made

    def assign_names(self) -> None:
        """Give every node that has no name of its own one of its layer's, numbered from 1: conv1, conv2, relu6_1."""
        taken = {node.name for node in self.nodes if node.name}
        counts: dict[str, int] = {}
        for node in self.nodes:
            if not node.name:
                number = counts.get(node.label, 0) + 1
                stem = f"{node.label}_" if node.label[-1:].isdigit() else node.label
                while f"{stem}{number}" in taken:
                    number += 1
                counts[node.label] = number
                node.name = f"{stem}{number}"
