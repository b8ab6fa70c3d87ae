"""The statements of a body, run one after the other: steps, names, outputs and budgets."""

from __future__ import annotations

from cnnspec.elaborate.dispatch import Runner
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
    from typing import Any

    from cnnspec.elaborate.building import Building
    from cnnspec.elaborate.input_reader import InputReader


class BodyRunner(Runner):
    """Runs the items of a body that are neither an input nor a loop nor a branch."""

    def __init__(self, building: Building, inputs: InputReader) -> None:
        super().__init__(building)
        self.inputs = inputs
        self.constants: list[Closure] = []  # layer functions that have a name

    def skip_unread(self, item: tree.Bad, scope: Scope, current: Tensor | None) -> Tensor | None:
        """What could not be parsed may hold an input, binds names, and does something unknown to the tensor."""
        self.inputs.note_unread()
        scope.unknown(item.names)
        return current if current is None else self.builder.add_unknown(item, scope, current)

    def refuse_definition(self, item: tree.Node, scope: Scope, current: Tensor | None) -> Tensor | None:
        """A block, a model, a train section, a use: they have been read where they stand at the top of a file."""
        if scope.parent is not None:
            message = f"a {type(item).__name__.lower()} stands at the top of a file, not inside a body"
            self.report.error("E012", item, scope, message, "move it out")
        return current

    def apply_braces(self, node: tree.Braces, scope: Scope, current: Tensor) -> Tensor:
        return self.dispatch.run(node.body, scope.inner(), current) or current

    def run_step(self, item: tree.Step, scope: Scope, current: Tensor | None) -> Tensor | None:
        if current is None:
            if self.inputs.is_empty(item.value, scope):
                return None
            current = self.inputs.first_input(item.value, scope)
            if current is None:
                return None
        return self.dispatch.apply(item.value, scope, current)

    def report_never_run(self, scope: Scope) -> None:
        """Report unknown names in the blocks and constants of a file that nothing uses."""
        blocks = [value for value in scope.names.values() if isinstance(value, BlockFunction) and value.scope is scope]
        unused = [function for function in blocks if not function.called and not function.recursive]
        constants = [constant for constant in self.constants if not constant.applied]
        if unused or constants:
            from cnnspec.elaborate.never_run import unknown_in_block, unknown_steps

            for function in unused:
                self.words.report_never_run(unknown_in_block(function.block, scope), scope)
            for constant in constants:
                if not isinstance(constant.expression, tree.Arithmetic):
                    unknown = unknown_steps(constant.expression, constant.scope, set())
                    self.words.report_never_run(unknown, constant.scope)

    def note_output(self, item: tree.Output, scope: Scope, current: Tensor | None) -> Tensor | None:
        outputs = dict.fromkeys(self.graph.outputs)
        for name in item.names:
            value = scope.find(name.text)
            if value is None and name.text not in self.names.missed:
                message = f'no tensor is called "{name.text}"'
                meant = self.words.report_misspelt(
                    "E010", name, scope, message, name.text, is_tensor, "name one with `as`"
                )
                value = UNKNOWN if meant is None else scope.find(meant)
            if isinstance(value, Tensor):
                outputs[value.index] = None
                self.graph.output_names = {value.index: name.text, **self.graph.output_names}
                assumed = self.assumptions.take_doubt() or self.assumptions.unsure or value.assumed
                self.graph.ends_assumed = self.graph.ends_assumed or assumed
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
        self.observer.assigned(item, scope, current)
        return current

    def bind_shared(self, item: tree.Shared, scope: Scope, current: Tensor | None) -> Tensor | None:
        function = SharedFunction(item.value, scope, item.name.text)
        self.note_binding(item, function, scope)
        self.names.bind(item.name, function, scope)
        self.observer.shared(scope.names.get(item.name.text))
        return current

    def note_binding(self, item: tree.Node, value: Any, scope: Scope) -> None:
        """Keep a name for layers in the graph, once for each statement: rules ask whether it was used."""
        if id(item) not in self.graph.bindings and self.holds_layers(value):
            site = Site(scope.source, item, scope.path)
            self.graph.bindings[id(item)] = Binding(site, scope.body, value)

    def holds_layers(self, value: Any) -> bool:
        """Whether a value is a layer function, or holds one; a list that stands in it twice is looked into once."""
        seen: set[int] = set()
        queue = [value]
        while queue:
            found = queue.pop()
            if isinstance(found, (list, tuple)):
                if id(found) not in seen:
                    seen.add(id(found))
                    queue += [held for held in found if not isinstance(held, (int, float))]
            elif is_step(found) and not isinstance(found, Tensor):
                return True
        return False

    def note_budget(self, item: tree.Budget, scope: Scope, current: Tensor | None) -> Tensor | None:
        for limit in item.limits:
            bound = None
            if limit.bound is not None:
                value = self.evaluator.evaluate(limit.bound, scope, current)
                bound = self.words.resolve_word(value, limit.bound, scope, is_number_or_list)
            arguments = tuple(
                [
                    (a.name.text if a.name else "", self.evaluator.evaluate(a.value, scope, current))
                    for a in limit.arguments
                ]
            )
            assumed = self.assumptions.take_doubt() or self.assumptions.unsure
            if assumed or bound is UNKNOWN or UNKNOWN in [v for _, v in arguments]:
                continue
            site = Site(scope.source, limit, scope.path)
            in_bytes = limit.bound is not None and any(
                [isinstance(n, tree.Number) and n.text.endswith("B") for n in tree.walk(limit.bound)]
            )
            made = BudgetLimit(limit.quantity.text, arguments, limit.operator, bound, site, in_bytes)
            self.graph.budgets.append(made)
        return current

    def save(self) -> int:
        return len(self.constants)

    def restore(self, saved: int) -> None:
        del self.constants[saved:]
