"""Steps: what an expression, as a function, makes of the current tensor."""

from __future__ import annotations

from functools import partial

from cnnspec.elaborate.report import TooMuch
from cnnspec.elaborate.values import UNKNOWN, Closure, Scope, SharedFunction, Tensor, describe, is_step
from cnnspec.graph import FunctionUse, RepeatTurn, Site
from cnnspec.layers import find
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.body_runner import Names
    from cnnspec.elaborate.evaluator import Evaluator
    from cnnspec.elaborate.graph_builder import GraphBuilder
    from cnnspec.elaborate.observer import Observer
    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.shared_weights import SharedWeights
    from cnnspec.graph import Node

    Offer = Callable[[tree.Node, Callable[[], Any]], None]

MAX_STEPS = 100_000  # statements and calls run beyond four a layer, so that loops that make no layer end too
MAX_CALLS = 64  # blocks and layer functions inside one another


class Work:
    """Bounds what is run while a network is built: statements that make no layer, and calls inside one another."""

    state = ("steps", "calls")  # see attempt.py

    def __init__(self, nodes: list[Node], report: Report) -> None:
        self.nodes = nodes
        self.report = report
        self.steps = 0
        self.calls = 0

    def count(self, node: tree.Node, scope: Scope) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS and self.steps > MAX_STEPS + 4 * len(self.nodes):
            message = f"this runs more than {MAX_STEPS:,} steps that make no layer"
            self.report.error("E003", node, scope, message, "make the loops shorter", sure=True)
            raise TooMuch

    def inside(self, at: tree.Node, scope: Scope, run: Callable[[], Tensor]) -> Tensor:
        """Run one call deeper."""
        if self.calls >= MAX_CALLS:
            self.report.error(
                "E003",
                at,
                scope,
                f"calls are nested more than {MAX_CALLS} deep here",
                "a block must not call itself, nor a function itself",
                sure=True,
            )
            raise TooMuch
        self.calls += 1
        self.count(at, scope)
        result = run()
        self.calls -= 1
        return result


class StepRunner:
    """Applies expressions and values to the current tensor.

    The two tables say who does it for which kind of expression and of value; `handle` enters into them what stands
    beside this class: calls, blocks, braces. `offer_untaken` is given the side of a condition that is not taken.
    """

    def __init__(
        self, evaluator: Evaluator, builder: GraphBuilder, shared: SharedWeights, names: Names, work: Work,
        observer: Observer | None, offer_untaken: Offer | None,
    ) -> None:  # fmt: skip
        self.evaluator = evaluator
        self.builder = builder
        self.graph = builder.graph
        self.shared = shared
        self.names = names
        self.work = work
        self.report = builder.report
        self.observer = observer
        self.offer_untaken = offer_untaken
        self.expressions: dict[type, Callable[[Any, Scope, Tensor], Tensor]] = {
            tree.Chain: self.apply_chain,
            tree.Naming: self.apply_naming,
            tree.Ternary: self.apply_ternary,
            tree.Arithmetic: self.apply_repeat,
            tree.Contract: self.apply_contract,
            tree.Here: lambda node, scope, current: current,
            tree.Bad: lambda node, scope, current: self.builder.add_unknown(node, scope, current),
        }
        self.values: dict[type, Callable[[Any, tree.Node, Scope, Tensor], Tensor]] = {
            Tensor: lambda value, at, scope, current: value,
            Closure: self.apply_closure,
            SharedFunction: self.apply_shared,
        }

    def handle(
        self, expressions: dict[type, Callable[[Any, Scope, Tensor], Tensor]],
        values: dict[type, Callable[[Any, tree.Node, Scope, Tensor], Tensor]],
    ) -> None:  # fmt: skip
        """Enter who applies other kinds of expressions and of values."""
        self.expressions.update(expressions)
        self.values.update(values)

    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """The tensor that an expression, as a step, makes of the current one."""
        observer, report = self.observer, self.report
        if observer is not None:
            observer.enter(expression, scope, current)
        method = self.expressions.get(type(expression))
        if method is not None:
            result = method(expression, scope, current)
        else:
            value = self.evaluator.evaluate(expression, scope, current)
            if report.doubt and report.take_doubt():
                result = report.suppose(lambda: self.apply_value(value, expression, scope, current))
            else:
                result = self.apply_value(value, expression, scope, current)
        if observer is not None:
            observer.leave(result)
        return result

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """A value as a function of the current tensor."""
        observer = self.observer
        if observer is not None:
            observer.enter(at, scope, current, value)
        result = self.values.get(type(value), self.refuse)(value, at, scope, current)
        if observer is not None:
            observer.leave(result)
        return result

    def refuse(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """Report a value that is no step."""
        if value is not UNKNOWN:
            from cnnspec.elaborate.likely_meaning import explain_value

            help = explain_value(value) or "a step is a layer, a block, a named tensor or `in`"
            if isinstance(at, tree.Name) and find(at.text) is not None:
                help = f'this file binds "{at.text}", which hides the layer: choose another name for that'
            self.report.error("E012", at, scope, f"{describe(value)} is no step", help)
        return self.builder.add_unknown(at, scope, current)

    def apply_closure(self, value: Closure, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        self.work.count(at, scope)
        value.applied = True
        made = len(self.graph.nodes)
        run = partial(self.apply, value.expression, open_function(value, at, scope), current)
        result = self.work.inside(at, scope, run)
        if scope.call is value.scope.call:
            value.uses.append((current.index, made, len(self.graph.nodes)))
        return result

    def apply_shared(self, function: SharedFunction, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        run = partial(self.apply, function.expression, open_function(function, at, scope), current)
        return self.shared.use(function, at, scope, lambda: self.work.inside(at, scope, run))

    def apply_chain(self, node: tree.Chain, scope: Scope, current: Tensor) -> Tensor:
        for stage in node.stages:
            current = self.apply(stage, scope, current)
        return current

    def apply_naming(self, node: tree.Naming, scope: Scope, current: Tensor) -> Tensor:
        made = len(self.graph.nodes)
        result = self.apply(node.value, scope, current)
        last = self.graph.nodes[result.index]
        if result.index >= made and not last.name and not self.shared.owns(last):
            self.builder.name_node(last, node.name.text)
        self.names.bind(node.name, result, scope)
        return result

    def apply_ternary(self, node: tree.Ternary, scope: Scope, current: Tensor) -> Tensor:
        condition = self.evaluator.evaluate_condition(node.condition, scope, current)
        doubt = self.report.doubt and self.report.take_doubt()
        if condition is UNKNOWN:
            return self.builder.add_unknown(node, scope, current)
        chosen = node.then if condition else node.otherwise
        run = partial(self.apply, chosen, scope, current)
        result = self.report.suppose(run) if doubt else run()
        if self.offer_untaken is not None:
            other = node.otherwise if condition else node.then
            self.offer_untaken(other, lambda: self.apply(other, scope.inner(), current))
        return result

    def apply_contract(self, node: tree.Contract, scope: Scope, current: Tensor) -> Tensor:
        shape = self.graph.nodes[current.index].shape
        if shape is not None:
            from cnnspec.elaborate.contract import check_contract

            check_contract(node, scope, current, shape, self.evaluator)
        return current

    def apply_repeat(self, node: tree.Arithmetic, scope: Scope, current: Tensor) -> Tensor:
        first = self.evaluator.evaluate(node.first, scope, current)
        doubt = self.report.take_doubt()
        if not self.evaluator.is_repeat(node, first):
            if is_step(first):
                message = f'"{node.rest[0][0]}" is not for layers'
                from cnnspec.elaborate.likely_meaning import explain_operator

                operator, part = node.rest[0]
                help = explain_operator(
                    operator, first, self.evaluator.evaluate(part, scope, current), node.first, part, scope
                )
                help = help or (
                    "write add(in, …) for a sum" if operator == "+" else "f * n repeats f, a -> b joins two"
                )
                self.report.doubt = doubt  # a notation is one whatever number stands in it
                self.report.error("E012", node, scope, message, help)
                self.report.take_doubt()
                return self.builder.add_unknown(node, scope, current)
            value = self.evaluator.evaluate(node, scope, current)
            run = partial(self.apply_value, value, node, scope, current)
            return self.report.suppose(run) if self.report.take_doubt() else run()
        times, doubt = 1, False
        for operator, part in node.rest:
            value = self.evaluator.evaluate(part, scope, current)
            doubt = doubt or self.report.doubt
            if value is UNKNOWN:
                self.report.take_doubt()
                return self.builder.add_unknown(node, scope, current)
            if operator != "*" or isinstance(value, bool) or not isinstance(value, int) or value < 0:
                self.report.error(
                    "E012",
                    part,
                    scope,
                    f"a repeat takes a whole number from 0, not {describe(value)}",
                    "write, for example, bottleneck(64) * 3",
                )
                self.report.take_doubt()
                return self.builder.add_unknown(node, scope, current)
            times *= value
            self.report.doubt = False
        return (
            self.report.suppose(lambda: self.repeat(node, times, scope, current))
            if doubt
            else self.repeat(node, times, scope, current)
        )

    def repeat(self, node: tree.Arithmetic, times: int, scope: Scope, current: Tensor) -> Tensor:
        if times == 0:
            return current
        made, outer, around = self.builder.layers, self.builder.multiplier, scope.path
        site = Site(scope.source, node, around)
        self.builder.multiplier = outer * times
        scope.path = RepeatTurn(site, 1, times)
        try:
            result = self.apply(node.first, scope, current)
            self.builder.multiplier = outer
            each = self.builder.layers - made
            scope.path = around
            self.builder.check_limit(node, scope, made + each * times)
            for number in range(2, times + 1):
                if result == current:  # once more changes nothing
                    break
                self.work.count(node, scope)
                scope.path = RepeatTurn(site, number, times)
                current, result = result, self.apply(node.first, scope, result)
        finally:
            self.builder.multiplier, scope.path = outer, around
        return result


def open_function(function: Closure | SharedFunction, at: tree.Node, scope: Scope) -> Scope:
    """A scope for the expression of a function that is used at a place."""
    inner = function.scope.inner()
    name = at.text if isinstance(at, tree.Name) else ""
    away = scope.call is not function.scope.call
    inner.path = (
        FunctionUse(Site(scope.source, at, scope.path), name, function.scope.call) if name or away else scope.path
    )
    return inner
