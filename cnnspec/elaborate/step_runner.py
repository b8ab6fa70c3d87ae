"""Steps: what an expression, as a function, makes of the current tensor."""

from __future__ import annotations

from cnnspec.elaborate.dispatch import Runner
from cnnspec.elaborate.values import UNKNOWN, Closure, Scope, SharedFunction, Tensor, describe, is_step
from cnnspec.graph import FunctionUse, RepeatTurn, Site
from cnnspec.layers import find
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class StepRunner(Runner):
    """Applies expressions and values to the current tensor."""

    def apply_computed(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """An expression that has a value, which is applied: a name, an element of a list, …"""
        value = self.evaluator.evaluate(expression, scope, current)
        if self.assumptions.take_doubt():
            return self.assumptions.suppose(lambda: self.dispatch.apply_value(value, expression, scope, current))
        return self.dispatch.apply_value(value, expression, scope, current)

    def apply_here(self, node: tree.Here, scope: Scope, current: Tensor) -> Tensor:
        return current

    def refuse_hole(self, node: tree.Hole, scope: Scope, current: Tensor) -> Tensor:
        """Report a hole where a step is due."""
        message = "a hole is a place for a number, and no step"
        self.report.error("E012", node, scope, message, "write a layer with a hole: conv(?, 3x3)", sure=True)
        return self.builder.add_unknown(node, scope, current)

    def apply_bad(self, node: tree.Bad, scope: Scope, current: Tensor) -> Tensor:
        return self.builder.add_unknown(node, scope, current)

    def apply_tensor(self, tensor: Tensor, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        return tensor

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
        inner = open_function(value, at, scope)
        result = self.work.inside(at, scope, lambda: self.dispatch.apply(value.expression, inner, current))
        if scope.call is value.scope.call:
            value.uses.append((current.index, made, len(self.graph.nodes)))
        return result

    def apply_shared(self, function: SharedFunction, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        inner = open_function(function, at, scope)
        run = lambda: self.dispatch.apply(function.expression, inner, current)  # noqa: E731
        return self.shared.use(function, at, scope, lambda: self.work.inside(at, scope, run))

    def apply_chain(self, node: tree.Chain, scope: Scope, current: Tensor) -> Tensor:
        for stage in node.stages:
            current = self.dispatch.apply(stage, scope, current)
        return current

    def apply_naming(self, node: tree.Naming, scope: Scope, current: Tensor) -> Tensor:
        made = len(self.graph.nodes)
        result = self.dispatch.apply(node.value, scope, current)
        last = self.graph.nodes[result.index]
        if result.index >= made and not last.name and not self.shared.owns(last):
            self.builder.name_node(last, node.name.text)
        self.names.bind(node.name, result, scope)
        return result

    def apply_contract(self, node: tree.Contract, scope: Scope, current: Tensor) -> Tensor:
        shape = self.graph.nodes[current.index].shape
        if shape is not None:
            from cnnspec.elaborate.contract import check_contract

            check_contract(node, scope, current, shape, self.evaluator)
        return current

    def apply_repeat(self, node: tree.Arithmetic, scope: Scope, current: Tensor) -> Tensor:
        first = self.evaluator.evaluate(node.first, scope, current)
        doubt = self.assumptions.take_doubt()
        if self.evaluator.is_repeat(node, first):
            return self.apply_times(node, scope, current)
        if is_step(first):
            return self.refuse_operator(node, first, doubt, scope, current)
        value = self.evaluator.evaluate(node, scope, current)
        doubt = self.assumptions.take_doubt()
        return self.assumptions.suppose_if(doubt, lambda: self.dispatch.apply_value(value, node, scope, current))

    def refuse_operator(self, node: tree.Arithmetic, first: Any, doubt: bool, scope: Scope, current: Tensor) -> Tensor:
        """Report an operation with a layer. `doubt`: that this is a layer rests on an assumption."""
        from cnnspec.elaborate.likely_meaning import explain_operator

        operator, part = node.rest[0]
        second = self.evaluator.evaluate(part, scope, current)
        self.assumptions.take_doubt()  # a notation is one whatever number stands in it
        if not doubt:
            help = explain_operator(operator, first, second, node.first, part, scope)
            other = "write add(in, …) for a sum" if operator == "+" else "f * n repeats f, a -> b joins two"
            self.report.error("E012", node, scope, f'"{operator}" is not for layers', help or other)
        return self.builder.add_unknown(node, scope, current)

    def apply_times(self, node: tree.Arithmetic, scope: Scope, current: Tensor) -> Tensor:
        times, doubt = 1, False
        for operator, part in node.rest:
            value = self.evaluator.evaluate(part, scope, current)
            if (
                value is UNKNOWN
                or operator != "*"
                or isinstance(value, bool)
                or not isinstance(value, int)
                or value < 0
            ):
                if value is not UNKNOWN:
                    message = f"a repeat takes a whole number from 0, not {describe(value)}"
                    self.report.error("E012", part, scope, message, "write, for example, bottleneck(64) * 3")
                self.assumptions.take_doubt()
                return self.builder.add_unknown(node, scope, current)
            doubt = self.assumptions.take_doubt() or doubt
            times *= value
        return self.assumptions.suppose_if(doubt, lambda: self.repeat(node, times, scope, current))

    def repeat(self, node: tree.Arithmetic, times: int, scope: Scope, current: Tensor) -> Tensor:
        if times == 0:
            return current
        made, around = self.builder.layers, scope.path
        site = Site(scope.source, node, around)
        scope.path = RepeatTurn(site, 1, times)
        try:
            result = self.builder.count_times(times, lambda: self.dispatch.apply(node.first, scope, current))
            each = self.builder.layers - made
            scope.path = around
            self.builder.check_limit(node, scope, made + each * times)
            for number in range(2, times + 1):
                if result == current:  # once more changes nothing
                    break
                self.work.count(node, scope)
                scope.path = RepeatTurn(site, number, times)
                current, result = result, self.dispatch.apply(node.first, scope, result)
        finally:
            scope.path = around
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
