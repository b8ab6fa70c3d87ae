"""The builder of a network: the parts that stand in the files beside this one, put together."""

from __future__ import annotations

import sys

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.elaborate.arithmetic import Arithmetic
from cnnspec.elaborate.body_runner import BodyRunner, Names
from cnnspec.elaborate.call_runner import BlockCaller, Caller
from cnnspec.elaborate.control_flow import ControlFlow
from cnnspec.elaborate.evaluator import Evaluator
from cnnspec.elaborate.graph_builder import GraphBuilder
from cnnspec.elaborate.input_reader import InputReader
from cnnspec.elaborate.layer_placer import LayerPlacer
from cnnspec.elaborate.report import Report, TooMuch
from cnnspec.elaborate.shared_weights import SharedWeights
from cnnspec.elaborate.step_runner import StepRunner, Work
from cnnspec.elaborate.values import BlockFunction
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from cnnspec.elaborate.observer import Observer
    from cnnspec.elaborate.values import Scope
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape

SHOWN = 1000  # layers that are kept of a network that is too large


class NetworkBuilder:
    """Builds one network from the items of its body. `observer` is told what happens; `shapes` are those that inputs,
    counted from 0, have in place of what the text gives them."""

    def __init__(
        self, name: str, max_layers: int = MAX_LAYERS, observer: Observer | None = None,
        shapes: Mapping[int, Shape] | None = None,
    ) -> None:  # fmt: skip
        report = self.report = Report()
        builder = GraphBuilder(name, max_layers, report, observer)
        self.builder = builder
        self.graph = builder.graph
        nodes = self.graph.nodes
        arithmetic = Arithmetic(report)
        self.evaluator = evaluator = Evaluator(report, nodes, arithmetic, observer)
        self.observer = observer
        shared = SharedWeights(self.graph, report)
        names, work = Names(report), Work(nodes, report)
        offer = None if observer is None else self.offer_untaken
        steps = StepRunner(evaluator, builder, shared, names, work, observer, offer)
        layers = LayerPlacer(evaluator, builder, shared, report, steps.apply, steps.apply_value, observer)
        self.inputs = inputs = InputReader(evaluator, builder, names, steps.apply, observer, shapes or {})
        self.bodies = bodies = BodyRunner(evaluator, builder, inputs, names, work, steps.apply, observer)
        flow = ControlFlow(evaluator, builder, names, work, bodies.run, offer)
        bodies.items.update({tree.Loop: flow.run_loop, tree.Branch: flow.run_branch})
        blocks = BlockCaller(evaluator, builder, names, work, bodies.run, observer)
        calls = Caller(evaluator, builder, layers, blocks, steps.apply, steps.apply_value)
        steps.handle(
            {tree.Call: calls.apply_call, tree.Braces: bodies.apply_braces},
            {Term: calls.apply_term, BlockFunction: blocks.apply_value},
        )
        self.shared = shared
        self.stateful = (builder, arithmetic, names, work, layers, inputs, bodies, calls)

    def build(self, body: tree.Body, scope: Scope) -> Graph:
        """Run a network's body; what is wrong ends up in the report."""
        graph, report = self.graph, self.report
        limit = sys.getrecursionlimit()
        # Nesting is bounded by the parser (100) times MAX_CALLS, with few frames for each level.
        sys.setrecursionlimit(max(limit, 50_000))
        report.building = True
        try:
            self.builder.whole = body, scope
            last = self.bodies.run(body, scope, None)
            if not graph.outputs and last is not None:
                graph.outputs, graph.ends_assumed = [last.index], last.assumed
        except TooMuch:
            del graph.nodes[SHOWN:]
            graph.outputs = []
        finally:
            report.building = report.doubt = report.unsure = False
            sys.setrecursionlimit(limit)
        graph.assign_names()
        if self.observer is not None:
            self.observer.built(graph)
        return graph

    def offer_untaken(self, side: tree.Node, run: Callable[[], Any]) -> None:
        """Tell the observer of a side that was not taken, which `run` would run."""
        from cnnspec.elaborate.attempt import Attempts

        attempts = Attempts(self.graph, self.report, self.shared, self.stateful)
        if self.observer is not None:
            self.observer.untaken(side, lambda: attempts.try_out(run))
