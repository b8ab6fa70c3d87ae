"""Graph and text → readable Keras 3 source that builds the same model.

The text is printed as Python: blocks as functions, loops and conditions kept. The source is then read back (`replay`)
and compared, call by call, with the graph. A text that cannot be printed so is printed with less of its structure, in
the last resort layer by layer. Keras is not needed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from cnnspec.compile.keras_source.frame import Differs
from cnnspec.compile.keras_source.graph_match import Mismatch
from cnnspec.compile.keras_source.layer_by_layer import print_layers
from cnnspec.compile.keras_source.module_printer import ModulePrinter
from cnnspec.compile.keras_source.module_text import finish_module
from cnnspec.compile.keras_source.replay import replay
from cnnspec.compile.keras_source.step_printer import TooHard
from cnnspec.compile.python_text.literals import NoLiteral
from cnnspec.compile.trace_recorder import record

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.syntax import tree as syntax

    class SourceNetwork(Protocol):
        """A network that was elaborated without errors."""

        @property
        def tree(self) -> syntax.Tree: ...
        @property
        def graph(self) -> Graph: ...
        @property
        def item(self) -> syntax.Model | None: ...


def to_source(network: SourceNetwork) -> str:
    """A Python module that exposes `model`, the network in Keras 3, built with its parameters' values.

    Raises ValueError for a network without an input or an output.
    """
    graph = network.graph
    if not graph.inputs or not graph.outputs:
        raise ValueError("this network has no input or no output")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 50_000))  # nesting is bounded by the parser, calls by the elaboration
    try:
        for ghosts in (True, False):
            text = print_text(network, ghosts)
            if text is not None:
                return text
    finally:
        sys.setrecursionlimit(limit)
    return finish_module(network.tree.source, graph, print_layers(graph))


def print_text(network: SourceNetwork, ghosts: bool) -> str | None:
    """The text as Python; None where it cannot be printed so. `ghosts`: also the sides of conditions never taken."""
    trace = record(network.tree, network.graph, network.item, ghosts)
    if trace is None:
        return None
    try:
        text = ModulePrinter(trace, network.tree, network.item).print_module()
        replay(text, network.graph)
    except (Differs, Mismatch, TooHard, NoLiteral, RecursionError, MemoryError):
        return None
    return text
