"""The statements of a body, run one after the other: steps, names, outputs and budgets."""

from __future__ import annotations

from cnnspec.elaborate.values import (
    UNKNOWN,
    Binding,
    BlockFunction,
    Closure,
    Scope,
    SharedFunction,
    Tensor,
    describe,
    is_number_or_list,
    is_step,
    is_tensor,
)
from cnnspec.graph import BudgetLimit, Site
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.evaluator import Evaluator
    from cnnspec.elaborate.graph_builder import GraphBuilder
    from cnnspec.elaborate.input_reader import InputReader
    from cnnspec.elaborate.layer_placer import Apply
    from cnnspec.elaborate.observer import Observer
    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.step_runner import Work


class Names:
    """Binds names in scopes."""

    state = ("loops",)  # see attempt.py

    def __init__(self, report: Report) -> None:
        self.report = report
        self.loops = 0  # around the present place, inside its block

    def bind(self, name: tree.Name, value: Any, scope: Scope) -> None:
        doubt = self.report.doubt or self.report.unsure
        self.report.doubt = False
        before = scope.places.get(name.text)
        if before is not None and before is not name and before.start != name.start and not self.loops:
            line = scope.source.position(before.start)[0]
            self.report.error(
                "E013", name, scope, f'"{name.text}" is bound already, in line {line}', "choose another name"
            )
            return
        scope.bind(name.text, value, doubt)
        scope.places[name.text] = name


class BodyRunner:
    """Runs the items of a body, one after the other. `apply` applies a step; `items` says who runs which kind of item,
    and takes those that stand beside this class: loops and branches."""

    state = ("constants",)  # see attempt.py

    def __init__(
        self, evaluator: Evaluator, builder: GraphBuilder, inputs: InputReader, names: Names, work: Work, apply: Apply,
        observer: Observer | None,
    ) -> None:  # fmt: skip
        self.evaluator = evaluator
        self.builder = builder
        self.graph = builder.graph
        self.report = builder.report
        self.inputs = inputs
        self.names = names
        self.work = work
        self.apply = apply
        self.observer = observer
        self.constants: list[Closure] = []  # layer functions that have a name
        self.items: dict[type, Callable[[Any, Scope, Tensor | None], Tensor | None]] = {
            tree.Step: self.run_step,
            tree.Input: inputs.add_input,
            tree.Output: self.note_output,
            tree.Assign: self.assign,
            tree.Shared: self.bind_shared,
            tree.Budget: self.note_budget,
        }

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        items, observer, report = self.items, self.observer, self.report
        if observer is not None:
            observer.enter(body, scope, current)
        scope.body = body
        for item in body.items:
            report.doubt = False
            self.work.count(item, scope)
            method = items.get(type(item))
            if method is not None:
                if observer is None or method == self.inputs.add_input:
                    current = method(item, scope, current)
                else:
                    observer.enter(item, scope, current)
                    current = method(item, scope, current)
                    observer.leave(current)
            elif isinstance(item, tree.Bad):
                self.inputs.unread = True
                scope.unknown(item.names)
                if current is not None:
                    current = self.builder.add_unknown(item, scope, current)
            elif scope.parent is not None:
                word = type(item).__name__.lower()
                self.report.error(
                    "E012", item, scope, f"a {word} stands at the top of a file, not inside a body", "move it out"
                )
        report.doubt = False
        if observer is not None:
            observer.leave(current)
        return current

    def apply_braces(self, node: tree.Braces, scope: Scope, current: Tensor) -> Tensor:
        return self.run(node.body, scope.inner(), current) or current

    def run_step(self, item: tree.Step, scope: Scope, current: Tensor | None) -> Tensor | None:
        if current is None:
            if self.inputs.is_empty(item.value, scope):
                return None
            current = self.inputs.first_input(item.value, scope)
            if current is None:
                return None
        return self.apply(item.value, scope, current)

    def report_never_run(self, scope: Scope) -> None:
        """Report unknown names in the blocks and constants of a file that nothing uses."""
        blocks = [value for value in scope.names.values() if isinstance(value, BlockFunction) and value.scope is scope]
        unused = [function for function in blocks if not function.called and not function.recursive]
        constants = [constant for constant in self.constants if not constant.applied]
        if unused or constants:
            from cnnspec.elaborate.unknown_names import unknown_in_block, unknown_steps

            for function in unused:
                self.report.report_never_run(unknown_in_block(function.block, scope), scope)
            for constant in constants:
                if not isinstance(constant.expression, tree.Arithmetic):
                    unknown = unknown_steps(constant.expression, constant.scope, set())
                    self.report.report_never_run(unknown, constant.scope)

    def note_output(self, item: tree.Output, scope: Scope, current: Tensor | None) -> Tensor | None:
        outputs = dict.fromkeys(self.graph.outputs)
        for name in item.names:
            value = scope.find(name.text)
            if value is None and name.text not in self.report.missed:
                message = f'no tensor is called "{name.text}"'
                meant = self.report.report_misspelt(
                    "E010", name, scope, message, name.text, is_tensor, "name one with `as`"
                )
                value = UNKNOWN if meant is None else scope.find(meant)
            if isinstance(value, Tensor):
                outputs[value.index] = None
                self.graph.ends_assumed = (
                    self.graph.ends_assumed or value.assumed or self.report.unsure or self.report.doubt
                )
                self.report.doubt = False
            elif value is not None and value is not UNKNOWN:
                self.report.error(
                    "E012", name, scope, f'"{name.text}" is {describe(value)}, not a tensor', "name a tensor with `as`"
                )
        self.graph.outputs = list(outputs)
        return current

    def assign(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> Tensor | None:
        value = self.evaluator.evaluate(item.value, scope, current)
        if isinstance(value, Closure):
            self.constants.append(value)
        self.note_binding(item, value, scope)
        self.names.bind(item.name, value, scope)
        if self.observer is not None:
            self.observer.assigned(item, scope, current)
        return current

    def bind_shared(self, item: tree.Shared, scope: Scope, current: Tensor | None) -> Tensor | None:
        function = SharedFunction(item.value, scope, item.name.text)
        self.note_binding(item, function, scope)
        self.names.bind(item.name, function, scope)
        if self.observer is not None:
            self.observer.shared(scope.names.get(item.name.text))
        return current

    def note_binding(self, item: tree.Node, value: Any, scope: Scope) -> None:
        """Keep a name for layers in the graph, once for each statement: rules ask whether it was used."""
        if id(item) not in self.graph.bindings and self.holds_layers(value):
            site = Site(scope.source, item, scope.path)
            self.graph.bindings[id(item)] = Binding(site, scope.body, value)

    def holds_layers(self, value: Any) -> bool:
        """Whether a value is a layer function, or holds one."""
        if isinstance(value, (list, tuple)):
            return any(map(self.holds_layers, value))
        return is_step(value) and not isinstance(value, Tensor)

    def note_budget(self, item: tree.Budget, scope: Scope, current: Tensor | None) -> Tensor | None:
        for limit in item.limits:
            bound = None
            if limit.bound is not None:
                value = self.evaluator.evaluate(limit.bound, scope, current)
                bound = self.report.resolve_word(value, limit.bound, scope, is_number_or_list)
            arguments = tuple(
                [
                    (a.name.text if a.name else "", self.evaluator.evaluate(a.value, scope, current))
                    for a in limit.arguments
                ]
            )
            if (
                self.report.take_doubt()
                or self.report.unsure
                or bound is UNKNOWN
                or UNKNOWN in [v for _, v in arguments]
            ):
                continue
            site = Site(scope.source, limit, scope.path)
            in_bytes = limit.bound is not None and any(
                [isinstance(n, tree.Number) and n.text.endswith("B") for n in tree.walk(limit.bound)]
            )
            made = BudgetLimit(limit.quantity.text, arguments, limit.operator, bound, site, in_bytes)
            self.graph.budgets.append(made)
        return current
