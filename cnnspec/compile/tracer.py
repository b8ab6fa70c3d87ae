"""A builder that takes notes: the network is elaborated once more, and every use of every part of the text written down.

The source printer needs more than the graph: which block call, which turn of a loop, which value of an expression a
layer came from. A side of a condition that is never taken is tried once and undone (a "ghost"), so that the printer
knows what to write for it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.compile.trace import Trace, Use, is_false
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.network import NetworkBuilder
from cnnspec.elaborate.reporting import TooMuch
from cnnspec.elaborate.values import UNKNOWN, BlockFunction, Scope, SharedFunction, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read
    from cnnspec.graph import Graph, Node, Site
    from cnnspec.layers.base import Layer, Shape

KEPT = {"graph", "stack", "trace", "_inferred"}  # what is undone by itself, or may stay
GHOSTS = 100_000  # layers that a side that is not taken may make


class Tracer(NetworkBuilder):
    """Builds a network and takes notes."""

    def __init__(self, name: str, max_layers: int, trace: Trace) -> None:
        super().__init__(name, max_layers)
        self.trace = trace
        self.fresh: list[SharedFunction] = []  # those first used by a ghost
        self.stack = [Use(tree.Bad(0, 0), None, None, False)]
        self._items = {
            kind: method if kind is tree.Input else self.noting(method) for kind, method in self._items.items()
        }

    def noting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda item, scope, current: self.within(item, scope, current, lambda: method(item, scope, current))

    def within(
        self, node: tree.Node, scope: Scope, current: Tensor | None, run: Callable[[], Any], value: Any = None
    ) -> Any:
        use = Use(node, scope, current, self.trace.ghost)
        use.value = value
        self.stack[-1].kids.append(use)
        if not use.ghost and value is None:
            self.trace.times[id(node)] = self.trace.times.get(id(node), 0) + 1
        if value is not None:
            self.trace.applied.setdefault(id(value), []).append(use)
        self.stack.append(use)
        try:
            use.result = run()
        finally:
            self.stack.pop()
        return use.result

    # ---- notes ---------------------------------------------------------------------------------------------
    def build(self, body: tree.Body, scope: Scope) -> Graph:
        graph = super().build(body, scope)
        self.trace.graph, self.trace.body = graph, self.stack[0].kids[-1]
        return graph

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        result: Tensor | None = self.within(body, scope, current, lambda: super(Tracer, self).run(body, scope, current))
        return result

    def input(self, item: tree.Input, scope: Scope, current: Tensor | None) -> Tensor | None:
        made: Tensor | None = self.within(item, scope, current, lambda: super(Tracer, self).input(item, scope, current))
        return made

    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        run = super().apply
        result: Tensor = self.within(expression, scope, current, lambda: run(expression, scope, current))
        return result

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        run = super().apply_value
        result: Tensor = self.within(at, scope, current, lambda: run(value, at, scope, current), value)
        return result

    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        value = self.stack[-1].values[id(node)] = super().evaluate(node, scope, current)
        return value

    def tensor_attribute(self, node: tree.Attribute, shape: Any, scope: Scope) -> Any:
        if shape is not None:
            self.stack[-1].ranks[id(node)] = len(shape) - 1
        return super().tensor_attribute(node, shape, scope)

    def assign(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> Tensor | None:
        result = super().assign(item, scope, current)
        if len(self.stack) == 1:  # beside a model
            note = self.trace.top[id(item)] = Use(item, scope, current, False)
            note.values = self.stack[0].values
        return result

    def shared(self, item: tree.Shared, scope: Scope, current: Tensor | None) -> Tensor | None:
        result = super().shared(item, scope, current)
        self.stack[-1].value = scope.names.get(item.name.text)
        return result

    def apply_layer(
        self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor, sure: bool = True,
    ) -> Tensor:  # fmt: skip
        use = self.stack[-1]
        use.cls, use.word, use.arguments = cls, word, arguments
        return super().apply_layer(cls, word, arguments, at, scope, current, sure)

    def new_node(
        self, layer: Layer | None, inputs: tuple[int, ...], shape: Shape | None, label: str, site: Site
    ) -> Node:
        node = super().new_node(layer, inputs, shape, label, site)
        if layer is not None:
            self.stack[-1].layer, self.stack[-1].made = layer, node
            self.stack[-1].shapes = self.graph.input_shapes(node) or ()
        return node

    def apply_block(
        self, function: BlockFunction, arguments: tuple[tree.Argument, ...], at: tree.Node, scope: Scope,
        current: Tensor, sure: bool = True,
    ) -> Tensor:  # fmt: skip
        use = self.stack[-1]
        use.block, use.arguments = function, arguments
        shape = self.graph.nodes[current.index].shape
        use.shapes = () if shape is None else (shape,)
        self.trace.calls.setdefault(id(function.block), []).append(use)
        return super().apply_block(function, arguments, at, scope, current, sure)

    # ---- the side not taken --------------------------------------------------------------------------------
    def apply_ternary(self, node: tree.Ternary, scope: Scope, current: Tensor) -> Tensor:
        result = super().apply_ternary(node, scope, current)
        taken = self.stack[-1].values.get(id(node.condition))
        if taken is not UNKNOWN:
            other = node.then if is_false(taken) else node.otherwise
            self.attempt(other, lambda: self.apply(other, scope.inner(), current))
        return result

    def branch(self, item: tree.Branch, scope: Scope, current: Tensor | None) -> Tensor | None:
        result = super().branch(item, scope, current)
        sides: list[tree.Body] = []
        part: tree.Body | tree.Branch | None = item
        while isinstance(part, tree.Branch):
            sides.append(part.body)
            part = part.otherwise
        for side in [*sides, part] if part is not None else sides:
            if not any(kid.node is side for kid in self.stack[-1].kids):
                self.attempt(side, lambda side=side: self.run(side, scope.inner(), current))  # type: ignore[misc]
        return result

    def attempt(self, side: tree.Node, run: Callable[[], Any]) -> None:
        """Run a side that was not taken, once for each place in the text, and undo it."""
        trace, graph = self.trace, self.graph
        if not trace.ghosts or trace.ghost or id(side) in trace.tried or trace.times.get(id(side)):
            return
        trace.tried.add(id(side))
        use, kept = self.stack[-1], len(self.stack[-1].kids)
        made: tuple[list[Any], ...] = (graph.nodes, graph.inputs, graph.outputs, graph.budgets)
        lengths, errors = [len(part) for part in made], len(self.errors)
        state = {name: (value, copied(value)) for name, value in vars(self).items() if name not in KEPT}
        self.sharing, self.replaying, self.fresh = [], [], []
        trace.ghost, failed = True, False
        try:
            run()
        except TooMuch:
            failed = True
        trace.ghost = False
        failed = failed or len(self.errors) > errors or [len(part) for part in made][1:3] != lengths[1:3]
        for function in self.fresh:
            function.nodes = None
        for part, length in zip(made, lengths, strict=True):
            del part[length:]
        for name, (value, before) in state.items():
            restore(value, before)
            setattr(self, name, value)
        if failed:
            del use.kids[kept:]

    def apply_shared(self, function: SharedFunction, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        if self.trace.ghost and function.nodes is None:
            self.fresh.append(function)
        return super().apply_shared(function, at, scope, current)


def copied(value: Any) -> Any:
    return value.copy() if isinstance(value, (list, set, dict)) else value


def restore(value: Any, before: Any) -> None:
    """Give a list, a set or a dict the content it had, in place: others may hold it."""
    if isinstance(value, list):
        value[:] = before
    elif isinstance(value, (set, dict)):
        value.clear()
        value.update(before)


def record(parsed: tree.Tree, graph: Graph, model: tree.Model | None, ghosts: bool) -> Trace | None:
    """The notes of building a network again; None when that gives another graph."""
    trace = Trace(ghosts)
    given = {name: value for name, value in graph.parameters.items() if is_plain(value)}
    elaborate(
        parsed, known_files(graph), given, len(graph.nodes) + GHOSTS, model.name.text if model else None,
        make=lambda name, limit: Tracer(name, limit, trace),
    )  # fmt: skip
    again = trace.graph
    if again is None or [n.name for n in again.nodes] != [n.name for n in graph.nodes]:
        return None
    return trace


def is_plain(value: Any) -> bool:
    """Whether a value is made of numbers, words and lists alone."""
    if isinstance(value, (tuple, list)):
        return all(map(is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str, Term))


def known_files(graph: Graph) -> Read:
    """Reads the files that a graph came from, as they were when it was built."""
    sources: dict[int, Source] = {}
    for node in graph.nodes:
        site: Site | None = node.site
        while site is not None:
            sources[id(site.source)] = site.source
            site = site.caller
    files = {os.path.realpath(source.name): source for source in sources.values()}
    return lambda path: files.get(path) or Diagnostic("E002", f"{path} is not part of the network", None)
