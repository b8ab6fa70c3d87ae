"""Trials: a part of a network is run to see what it does, and undone."""

from __future__ import annotations

from cnnspec.elaborate.report import TooMuch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.shared_weights import SharedWeights
    from cnnspec.graph import Graph

    class Stateful(Protocol):
        """`state` names the attributes that change while a network is built."""

        @property
        def state(self) -> tuple[str, ...]: ...


class Attempts:
    """Runs parts of a network on trial. Afterwards all attributes that `state` names, in the builder's parts and in the graph,
    are as they were before."""

    def __init__(self, graph: Graph, report: Report, shared: SharedWeights, others: tuple[Stateful, ...]) -> None:
        self.graph = graph
        self.report = report
        self.shared = shared
        self.stateful: tuple[Stateful, ...] = (graph, report, shared, *others)

    def try_out(self, run: Callable[[], Any]) -> bool:
        """Run a part and undo it. True where it makes no mistake, no input and no output."""
        saved = [(part, name, getattr(part, name)) for part in self.stateful for name in part.state]
        contents = [copy_container(value) for _, _, value in saved]
        errors, ends = len(self.report.errors), (len(self.graph.inputs), len(self.graph.outputs))
        functions = self.shared.functions
        used = len(functions)
        self.shared.stand_apart()
        try:
            run()
            stands = len(self.report.errors) == errors
            stands = stands and (len(self.graph.inputs), len(self.graph.outputs)) == ends
        except TooMuch:
            stands = False
        for function in functions[used:]:  # those that were used here first
            function.nodes = None
        for (part, name, value), content in zip(saved, contents, strict=True):
            restore(value, content)
            setattr(part, name, value)
        return stands


def copy_container(value: Any) -> Any:
    return value.copy() if isinstance(value, (list, set, dict)) else value


def restore(value: Any, before: Any) -> None:
    """Give a list, a set or a dict the content it had, in place: others may hold it."""
    if isinstance(value, list):
        value[:] = before
    elif isinstance(value, (set, dict)):
        value.clear()
        value.update(before)
