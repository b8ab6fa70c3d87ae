"""Loops and conditions: bodies that run for every element of a list, and sides of which one is taken."""

from __future__ import annotations

from functools import partial

from cnnspec.elaborate.dispatch import Runner
from cnnspec.elaborate.values import UNKNOWN, Tensor, describe, is_list
from cnnspec.graph import LoopTurn, Site
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from cnnspec.elaborate.attempt import Attempts
    from cnnspec.elaborate.building import Building
    from cnnspec.elaborate.values import Scope

    Side = TypeVar("Side", bound=tree.Node)


class ControlFlow(Runner):
    """Runs loops and conditions. `attempts` tries out the sides that are not taken."""

    def __init__(self, building: Building, attempts: Attempts) -> None:
        super().__init__(building)
        self.attempts = attempts

    def run_loop(self, item: tree.Loop, scope: Scope, current: Tensor | None) -> Tensor | None:
        elements = self.evaluator.evaluate(item.iterable, scope, current)
        if type(elements) is Term:
            elements = self.words.resolve_word(elements, item.iterable, scope, is_list)
        if elements is UNKNOWN:
            self.names.miss(item.body)
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
        doubt = self.assumptions.take_doubt()
        if doubt:
            self.names.miss(item.body)
        return self.assumptions.suppose_if(
            doubt, lambda: self.names.in_loop(lambda: self.run_turns(item, elements, scope, current))
        )

    def run_turns(self, item: tree.Loop, elements: Any, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run a loop's body for each element."""
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
            current = self.dispatch.run(item.body, inner, current)
            if not self.pass_on(inner, scope) and not looks and current == before and self.count_made() == made:
                break  # another turn would change nothing, either
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
            held = (
                f"{len(element)} value{'s' * (len(element) != 1)}"
                if isinstance(element, (tuple, list))
                else describe(element)
            )
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
        if self.assumptions.unsure:
            inner.bind(name, value, True)
        else:
            inner.names[name] = value

    def run_branch(self, item: tree.Branch, scope: Scope, current: Tensor | None) -> Tensor | None:
        chosen: tree.Body | tree.Branch | None = item
        doubt = False
        while isinstance(chosen, tree.Branch):
            condition = self.evaluator.evaluate_condition(chosen.condition, scope, current)
            doubt = self.assumptions.take_doubt() or doubt
            if doubt or condition is UNKNOWN:
                self.names.miss(chosen.body, chosen.otherwise)
            if condition is UNKNOWN:
                return self.builder.add_unknown(item, scope, current)
            chosen = chosen.body if condition else chosen.otherwise
        taken = chosen
        result = self.assumptions.suppose_if(doubt, lambda: self.run_side(taken, scope, current))
        self.offer_untaken(bodies_of(item), taken, lambda side: self.dispatch.run(side, scope.inner(), current))
        return result

    def apply_ternary(self, node: tree.Ternary, scope: Scope, current: Tensor) -> Tensor:
        """One of two steps."""
        condition = self.evaluator.evaluate_condition(node.condition, scope, current)
        doubt = self.assumptions.take_doubt()
        if condition is UNKNOWN:
            return self.builder.add_unknown(node, scope, current)
        taken = node.then if condition else node.otherwise
        result = self.assumptions.suppose_if(doubt, lambda: self.dispatch.apply(taken, scope, current))
        sides = node.then, node.otherwise
        self.offer_untaken(sides, taken, lambda side: self.dispatch.apply(side, scope.inner(), current))
        return result

    def offer_untaken(self, sides: Iterable[Side], taken: Side | None, run: Callable[[Side], Any]) -> None:
        """Tell the observer of the sides of a condition that were not taken, which `run` would run."""
        for side in sides:
            if side is not taken:
                self.observer.untaken(side, partial(self.attempts.try_out, partial(run, side)))

    def run_side(self, chosen: tree.Body | None, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run the side of a branch that was chosen, if there is one."""
        if chosen is None:
            return current
        inner = scope.inner()
        current = self.dispatch.run(chosen, inner, current)
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
