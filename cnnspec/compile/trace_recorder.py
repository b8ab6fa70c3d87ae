"""Notes of a build: the network is elaborated once more, and every use of every part of the text written down.

The source printer needs more than the graph: which block call, which turn of a loop, which value of an expression a
layer came from. A side of a condition that is never taken is tried once and undone (a "ghost"), so that the printer
knows what to write for it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.compile.trace import Trace, Use
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.observer import Observer
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.base.source import Source
    from cnnspec.elaborate.files import Read
    from cnnspec.elaborate.values import BlockFunction, Scope, Tensor
    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Layer, Shape

GHOSTS = 100_000  # layers that a side that is not taken may make


class Tracer(Observer):
    """Takes notes of a network that is built."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.stack = [Use(tree.Bad(0, 0), None, None, False)]

    def enter(self, node: tree.Node, scope: Scope, current: Tensor | None, value: Any = None) -> None:
        trace = self.trace
        use = Use(node, scope, current, trace.ghost)
        use.value = value
        self.stack[-1].kids.append(use)
        if value is not None:
            trace.applied.setdefault(id(value), []).append(use)
        elif not use.ghost:
            trace.times[id(node)] = trace.times.get(id(node), 0) + 1
        self.stack.append(use)

    def leave(self, result: Tensor | None) -> None:
        self.stack.pop().result = result

    # ---- notes ---------------------------------------------------------------------------------------------
    def evaluated(self, node: tree.Node, value: Any) -> None:
        self.stack[-1].values[id(node)] = value

    def size_asked(self, node: tree.Attribute, shape: Shape | None) -> None:
        if shape is not None:
            self.stack[-1].ranks[id(node)] = len(shape) - 1

    def assigned(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> None:
        if len(self.stack) == 1:  # beside a model
            note = self.trace.top[id(item)] = Use(item, scope, current, False)
            note.values = self.stack[0].values

    def shared(self, function: Any) -> None:
        self.stack[-1].value = function

    def layer_called(self, cls: type[Layer], word: str, arguments: tuple[tree.Argument, ...]) -> None:
        use = self.stack[-1]
        use.cls, use.word, use.arguments = cls, word, arguments

    def block_called(self, function: BlockFunction, arguments: tuple[tree.Argument, ...], shape: Shape | None) -> None:
        use = self.stack[-1]
        use.block, use.arguments = function, arguments
        use.shapes = () if shape is None else (shape,)
        self.trace.calls.setdefault(id(function.block), []).append(use)

    def node_added(self, node: Node, graph: Graph) -> None:
        if node.layer is not None:
            use = self.stack[-1]
            use.layer, use.made, use.shapes = node.layer, node, graph.input_shapes(node) or ()

    def untaken(self, side: tree.Node, try_out: Callable[[], bool]) -> None:
        """Try a side that was not taken, once for each place in the text."""
        trace = self.trace
        if not trace.ghosts or trace.ghost or id(side) in trace.tried or trace.times.get(id(side)):
            return
        trace.tried.add(id(side))
        depth, kids = len(self.stack), self.stack[-1].kids
        kept = len(kids)
        trace.ghost = True
        stands = try_out()
        trace.ghost = False
        del self.stack[depth:]  # an attempt that is given up leaves nothing
        if not stands:
            del kids[kept:]

    def built(self, graph: Graph) -> None:
        self.trace.graph, self.trace.body = graph, self.stack[0].kids[-1]
        del self.stack[1:]


def record(parsed: tree.Tree, graph: Graph, model: tree.Model | None, ghosts: bool) -> Trace | None:
    """The notes of building a network again; None when that gives another graph."""
    trace = Trace(ghosts)
    given = {name: value for name, value in graph.parameters.items() if is_plain(value)}
    elaborate(
        parsed, known_files(graph), given, len(graph.nodes) + GHOSTS, model.name.text if model else None,
        Tracer(trace),
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
        for site in (node.site, *[step.site for step in node.site.steps]):
            sources[id(site.source)] = site.source
    files = {os.path.realpath(source.name): source for source in sources.values()}
    return lambda path: files.get(path) or Diagnostic("E002", f"{path} is not part of the network", None)
