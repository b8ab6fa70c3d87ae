"""Loops and branches: bodies that run for every element of a list, or where a condition is true."""

from __future__ import annotations

from functools import partial

from cnnspec.elaborate.values import UNKNOWN, Tensor, describe, is_list
from cnnspec.graph import LoopTurn, Site
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.body_runner import Names
    from cnnspec.elaborate.evaluator import Evaluator
    from cnnspec.elaborate.graph_builder import GraphBuilder
    from cnnspec.elaborate.step_runner import Offer, Work
    from cnnspec.elaborate.values import Scope

    RunBody = Callable[[tree.Body, Scope, Tensor | None], Tensor | None]


class ControlFlow:
    """Runs loops and branches. `run_body` runs the statements inside, as `BodyRunner` does; `offer_untaken` is given the
    sides of a branch that are not taken."""

    def __init__(
        self, evaluator: Evaluator, builder: GraphBuilder, names: Names, work: Work, run_body: RunBody,
        offer_untaken: Offer | None,
    ) -> None:  # fmt: skip
        self.evaluator = evaluator
        self.builder = builder
        self.graph = builder.graph
        self.report = builder.report
        self.names = names
        self.work = work
        self.run_body = run_body
        self.offer_untaken = offer_untaken

    def run_loop(self, item: tree.Loop, scope: Scope, current: Tensor | None) -> Tensor | None:
        elements = self.evaluator.evaluate(item.iterable, scope, current)
        if type(elements) is Term:
            elements = self.report.resolve_word(elements, item.iterable, scope, is_list)
        if elements is UNKNOWN:
            self.report.miss(item.body)
            return self.builder.add_unknown(item, scope, current)
        if not isinstance(elements, (list, tuple)):
            self.report.error(
                "E012",
                item.iterable,
                scope,
                f"a loop goes over a list or a range, not {describe(elements)}",
                "write, for example, for i in 1..3 { … }",
            )
            return self.builder.add_unknown(item, scope, current)
        if self.report.doubt and self.report.take_doubt():
            self.report.miss(item.body)
            return self.report.suppose_items(lambda: self.run_turns(item, elements, scope, current))
        return self.run_turns(item, elements, scope, current)

    def run_turns(self, item: tree.Loop, elements: Any, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run a loop's body for each element."""
        self.names.loops += 1
        looks = mentions(item.body, {target.text for target in item.targets})
        site = Site(scope.source, item, scope.path)
        for number, element in enumerate(elements, 1):
            self.work.count(item, scope)
            inner = scope.inner()
            inner.path = LoopTurn(site, number, len(elements))
            if not self.destructure(item, element, inner, scope):
                current = self.builder.add_unknown(item, scope, current)
                break
            before, made = current, self.count_made()
            current = self.run_body(item.body, inner, current)
            if not self.pass_on(inner, scope) and not looks and current == before and self.count_made() == made:
                break  # another turn would change nothing, either
        self.names.loops -= 1
        return current

    def count_made(self) -> tuple[int, ...]:
        """The sizes of all lists that a statement may add to."""
        graph = self.graph
        return len(graph.nodes), len(graph.inputs), len(graph.outputs), len(graph.budgets)

    def destructure(self, item: tree.Loop, element: Any, inner: Scope, scope: Scope) -> bool:
        if len(item.targets) == 1:
            self.bind_turn(item.targets[0].text, element, inner)
            return True
        if not isinstance(element, (tuple, list)) or len(element) != len(item.targets):
            held = f"{len(element)} values" if isinstance(element, (tuple, list)) else describe(element)
            message = f"the loop names {len(item.targets)} values, an element of the list has {held}"
            self.report.error(
                "E012", item.iterable, scope, message, "give every element as many values as there are names"
            )
            return False
        for name, value in zip(item.targets, element, strict=True):
            self.bind_turn(name.text, value, inner)
        return True

    def bind_turn(self, name: str, value: Any, inner: Scope) -> None:
        """Bind the name of a loop for one turn."""
        if self.report.unsure:
            inner.bind(name, value, True)
        else:
            inner.names[name] = value

    def run_branch(self, item: tree.Branch, scope: Scope, current: Tensor | None) -> Tensor | None:
        chosen: tree.Body | tree.Branch | None = item
        doubt = False
        while isinstance(chosen, tree.Branch):
            condition = self.evaluator.evaluate_condition(chosen.condition, scope, current)
            doubt = self.report.doubt and self.report.take_doubt() or doubt
            if doubt or condition is UNKNOWN:
                self.report.miss(chosen.body, chosen.otherwise)
            if condition is UNKNOWN:
                return self.builder.add_unknown(item, scope, current)
            chosen = chosen.body if condition else chosen.otherwise
        run = partial(self.run_side, chosen, scope, current)
        result = self.report.suppose_items(run) if doubt else run()
        if self.offer_untaken is not None:
            for side in bodies_of(item):
                if side is not chosen:
                    self.offer_untaken(side, partial(self.run_body, side, scope.inner(), current))
        return result

    def run_side(self, chosen: tree.Body | None, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run the side of a branch that was chosen, if there is one."""
        if chosen is None:
            return current
        inner = scope.inner()
        current = self.run_body(chosen, inner, current)
        self.pass_on(inner, scope)
        return current

    def pass_on(self, inner: Scope, scope: Scope) -> bool:
        """Make tensors that `as` named inside a loop or a branch known behind it. True where that changes anything."""
        new = False
        for name, value in inner.names.items():
            if value is UNKNOWN:
                scope.unknown((name,))
            elif isinstance(value, Tensor) and name in inner.places:
                new = new or scope.names.get(name) != value
                scope.names[name] = value
                scope.places.setdefault(name, inner.places[name])
        return new


def mentions(body: tree.Body, names: set[str]) -> bool:
    """Whether one of some names stands in a body."""
    return any(isinstance(node, tree.Name) and node.text in names for node in tree.walk(body))


def bodies_of(branch: tree.Branch) -> list[tree.Body]:
    """The bodies of an `if` and of all that stands behind it."""
    found: list[tree.Body] = []
    part: tree.Body | tree.Branch | None = branch
    while isinstance(part, tree.Branch):
        found.append(part.body)
        part = part.otherwise
    return found if part is None else [*found, part]
