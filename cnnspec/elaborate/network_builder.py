"""The builder of a network: the parts that stand in the files beside this one, put together.

What everybody shares is a `Building`. Each kind of statement, of expression and of value has a runner; that some of them
stand inside one another, a step in a body and a body in a step, makes one late link: the runners are made with a
`Dispatch`, which then gets the tables of who runs what.
"""

from __future__ import annotations

import sys

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.elaborate.attempt import Attempts
from cnnspec.elaborate.body_runner import BodyRunner
from cnnspec.elaborate.building import Building
from cnnspec.elaborate.call_runner import BlockCaller, Caller
from cnnspec.elaborate.control_flow import ControlFlow
from cnnspec.elaborate.input_reader import InputReader
from cnnspec.elaborate.layer_placer import LayerPlacer
from cnnspec.elaborate.step_runner import StepRunner
from cnnspec.elaborate.values import BlockFunction, Closure, SharedFunction, Tensor
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.elaborate.holes import Holes
    from cnnspec.elaborate.observer import Observer
    from cnnspec.elaborate.values import Scope
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape

SHOWN = 1000  # layers that are kept of a network that is too large


class NetworkBuilder:
    """Builds one network from the items of its body. `observer` is told what happens; `shapes` are those that inputs,
    counted from 0, have in place of what the text gives them; `holes` are those of its text."""

    def __init__(
        self, name: str, max_layers: int = MAX_LAYERS, observer: Observer | None = None,
        shapes: Mapping[int, Shape] | None = None, holes: Holes | None = None,
    ) -> None:  # fmt: skip
        self.building = building = Building(name, max_layers, observer, holes)
        self.graph = building.graph
        self.report = building.report
        self.assumptions = building.assumptions
        self.evaluator = building.evaluator
        self.dispatch = building.dispatch
        self.inputs = inputs = InputReader(building, shapes or {})
        self.bodies = bodies = BodyRunner(building, inputs)
        flow = ControlFlow(building, Attempts(building, (inputs, bodies)))
        steps = StepRunner(building)
        blocks = BlockCaller(building)
        calls = Caller(building, LayerPlacer(building), blocks)
        self.dispatch.link(
            statements={
                tree.Step: bodies.run_step,
                tree.Input: inputs.add_input,
                tree.Output: bodies.note_output,
                tree.Assign: bodies.assign,
                tree.Shared: bodies.bind_shared,
                tree.Budget: bodies.note_budget,
                tree.Loop: flow.run_loop,
                tree.Branch: flow.run_branch,
                tree.Bad: bodies.skip_unread,
                object: bodies.refuse_definition,
            },
            expressions={
                tree.Chain: steps.apply_chain,
                tree.Naming: steps.apply_naming,
                tree.Ternary: flow.apply_ternary,
                tree.Arithmetic: steps.apply_repeat,
                tree.Contract: steps.apply_contract,
                tree.Call: calls.apply_call,
                tree.Braces: bodies.apply_braces,
                tree.Here: steps.apply_here,
                tree.Hole: steps.refuse_hole,
                tree.Bad: steps.apply_bad,
                object: steps.apply_computed,
            },
            values={
                Tensor: steps.apply_tensor,
                Closure: steps.apply_closure,
                SharedFunction: steps.apply_shared,
                BlockFunction: blocks.apply_value,
                Term: calls.apply_term,
                object: steps.refuse,
            },
        )

    def build(self, body: tree.Body, scope: Scope) -> Graph:
        """Run a network's body; what is wrong ends up in the report."""
        graph = self.graph
        limit = sys.getrecursionlimit()
        # Nesting is bounded by the parser (100) times MAX_CALLS, with few frames for each level.
        sys.setrecursionlimit(max(limit, 100_000))
        try:
            whole = self.report.run_while_possible(lambda: self.run(body, scope))
        finally:
            sys.setrecursionlimit(limit)
        if not whole:
            del graph.nodes[SHOWN:]
            graph.outputs, graph.output_names = [], {}
        self.assumptions.take_doubt()
        graph.assign_names()
        self.building.observer.built(graph)
        return graph

    def run(self, body: tree.Body, scope: Scope) -> None:
        """Run the items of the network; it ends where they end, unless they name its outputs."""
        self.building.builder.begin(body, scope)
        last = self.dispatch.run(body, scope, None)
        if not self.graph.outputs and last is not None:
            self.graph.outputs, self.graph.ends_assumed = [last.index], last.assumed
