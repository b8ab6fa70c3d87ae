"""Tree → graph: steps applied to the current tensor, blocks and loops unrolled, shapes inferred on the way."""

from __future__ import annotations

import sys

from cnnspec.base.limits import MAX_LAYERS
from cnnspec.elaborate.inputs import Inputs
from cnnspec.elaborate.reporting import TooMuch, describe, is_list, is_number_or_list, is_step, is_tensor
from cnnspec.elaborate.static_checks import Ahead, bindings
from cnnspec.elaborate.unmet import unknown_in_block, unknown_steps
from cnnspec.elaborate.values import UNKNOWN, Binding, BlockFunction, Closure, Scope, SharedFunction, Tensor
from cnnspec.graph import BudgetLimit, Graph, Site
from cnnspec.layers.argument import Term
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SHOWN = 1000  # layers that are kept of a network that is too large


class NetworkBuilder(Inputs):
    """Builds one network from the items of its body."""

    def __init__(self, name: str, max_layers: int = MAX_LAYERS) -> None:
        super().__init__(name, max_layers)
        self.constants: list[Closure] = []  # layer functions that have a name
        self.whole: tuple[tree.Body, Scope] | None = None  # what is built
        self._items: dict[type, Callable[[Any, Scope, Tensor | None], Tensor | None]] = {
            tree.Step: self.step,
            tree.Input: self.input,
            tree.Output: self.output,
            tree.Assign: self.assign,
            tree.Shared: self.shared,
            tree.Loop: self.loop,
            tree.Branch: self.branch,
            tree.Budget: self.budget,
        }

    def build(self, body: tree.Body, scope: Scope) -> Graph:
        """Run a network's body; what is wrong ends up in `errors`."""
        limit = sys.getrecursionlimit()
        # Nesting is bounded by the parser (100) times MAX_CALLS, with few frames for each level.
        sys.setrecursionlimit(max(limit, 50_000))
        self.building = True
        try:
            self.whole = body, scope
            last = self.run(body, scope, None)
            if not self.graph.outputs and last is not None:
                self.graph.outputs, self.graph.ends_assumed = [last.index], last.assumed
        except TooMuch:
            del self.graph.nodes[SHOWN:]
            self.graph.outputs = []
        finally:
            self.building = self.doubt = self.unsure = False
            sys.setrecursionlimit(limit)
        self.graph.assign_names()
        return self.graph

    def look_ahead(self) -> None:
        """Refuse at once what would be refused after a long time."""
        if self.whole is not None:
            body, scope = self.whole
            ahead = Ahead(body, (), scope)
            culprit = ahead.culprit(body, self.max_layers)
            if culprit is not None:
                self.limit(culprit, scope, min(ahead.least(culprit), 10**18))

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        items, scope.body = self._items, body
        for item in body.items:
            self.doubt = False
            self.count(item, scope)
            method = items.get(type(item))
            if method is not None:
                current = method(item, scope, current)
            elif isinstance(item, tree.Bad):
                self.unread = True
                scope.unknown(item.names)
                if current is not None:
                    current = self.unbuilt(item, scope, current)
            elif scope.parent is not None:
                word = type(item).__name__.lower()
                self.error(
                    "E012", item, scope, f"a {word} stands at the top of a file, not inside a body", "move it out"
                )
        self.doubt = False
        return current

    def step(self, item: tree.Step, scope: Scope, current: Tensor | None) -> Tensor | None:
        if current is None:
            if self.empty(item.value, scope):
                return None
            current = self.first_input(item.value, scope)
            if current is None:
                return None
        return self.apply(item.value, scope, current)

    def never_run(self, scope: Scope) -> None:
        """Look at what nothing applied: the blocks and constants of a file."""
        for value in scope.names.values():
            if isinstance(value, BlockFunction) and not value.called and not value.recursive and value.scope is scope:
                self.unmet(unknown_in_block(value.block, scope), scope)
        for closure in self.constants:
            if not closure.applied and not isinstance(closure.expression, tree.Arithmetic):
                self.unmet(unknown_steps(closure.expression, closure.scope, set()), closure.scope)

    def output(self, item: tree.Output, scope: Scope, current: Tensor | None) -> Tensor | None:
        outputs = dict.fromkeys(self.graph.outputs)
        for name in item.names:
            value = scope.find(name.text)
            if value is None and name.text not in self.missed:
                message = f'no tensor is called "{name.text}"'
                meant = self.misspelt("E010", name, scope, message, name.text, is_tensor, "name one with `as`")
                value = UNKNOWN if meant is None else scope.find(meant)
            if isinstance(value, Tensor):
                outputs[value.index] = None
                self.graph.ends_assumed = self.graph.ends_assumed or value.assumed or self.unsure or self.doubt
                self.doubt = False
            elif value is not None and value is not UNKNOWN:
                self.error(
                    "E012", name, scope, f'"{name.text}" is {describe(value)}, not a tensor', "name a tensor with `as`"
                )
        self.graph.outputs = list(outputs)
        return current

    def assign(self, item: tree.Assign, scope: Scope, current: Tensor | None) -> Tensor | None:
        value = self.evaluate(item.value, scope, current)
        if isinstance(value, Closure):
            self.constants.append(value)
        self.note_binding(item, value, scope)
        self.bind_name(item.name, value, scope)
        return current

    def shared(self, item: tree.Shared, scope: Scope, current: Tensor | None) -> Tensor | None:
        function = SharedFunction(item.value, scope, item.name.text)
        self.note_binding(item, function, scope)
        self.bind_name(item.name, function, scope)
        return current

    def note_binding(self, item: tree.Node, value: Any, scope: Scope) -> None:
        """Keep what binds layers, once for each statement, for those who ask whether it was used."""
        if id(item) not in self.graph.bindings and self.holds_layers(value):
            site = Site(scope.source, item, scope.caller, scope.block)
            self.graph.bindings[id(item)] = Binding(site, scope.body, value)

    def holds_layers(self, value: Any) -> bool:
        """Whether a value is a layer function, or holds one."""
        if isinstance(value, (list, tuple)):
            return any(map(self.holds_layers, value))
        return is_step(value) and not isinstance(value, Tensor)

    def loop(self, item: tree.Loop, scope: Scope, current: Tensor | None) -> Tensor | None:
        elements = self.evaluate(item.iterable, scope, current)
        if type(elements) is Term:
            elements = self.bound(elements, item.iterable, scope, is_list)
        if elements is UNKNOWN:
            self.miss(item.body)
            return self.unbuilt(item, scope, current)
        if not isinstance(elements, (list, tuple)):
            self.error(
                "E012",
                item.iterable,
                scope,
                f"a loop goes over a list or a range, not {describe(elements)}",
                "write, for example, for i in 1..3 { … }",
            )
            return self.unbuilt(item, scope, current)
        if self.doubt and self.settled():
            self.miss(item.body)
            return self.perhaps(lambda: self.turns(item, elements, scope, current))
        return self.turns(item, elements, scope, current)

    def turns(self, item: tree.Loop, elements: Any, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run a loop's body for each element."""
        self.loops += 1
        looks = mentions(item.body, {target.text for target in item.targets})
        for element in elements:
            self.count(item, scope)
            inner = scope.inner()
            if not self.destructure(item, element, inner, scope):
                current = self.unbuilt(item, scope, current)
                break
            before, made = current, self.made()
            current = self.run(item.body, inner, current)
            if not self.pass_on(inner, scope) and not looks and current == before and self.made() == made:
                break  # another turn would change nothing, either
        self.loops -= 1
        return current

    def made(self) -> tuple[int, ...]:
        """How much there is of all that a statement may add to."""
        graph = self.graph
        return len(graph.nodes), len(graph.inputs), len(graph.outputs), len(graph.budgets)

    def destructure(self, item: tree.Loop, element: Any, inner: Scope, scope: Scope) -> bool:
        if len(item.targets) == 1:
            self.turn(item.targets[0].text, element, inner)
            return True
        if not isinstance(element, (tuple, list)) or len(element) != len(item.targets):
            held = f"{len(element)} values" if isinstance(element, (tuple, list)) else describe(element)
            message = f"the loop names {len(item.targets)} values, an element of the list has {held}"
            self.error("E012", item.iterable, scope, message, "give every element as many values as there are names")
            return False
        for name, value in zip(item.targets, element, strict=True):
            self.turn(name.text, value, inner)
        return True

    def turn(self, name: str, value: Any, inner: Scope) -> None:
        """Bind the name of a loop for one turn."""
        if self.unsure:
            inner.bind(name, value, True)
        else:
            inner.names[name] = value

    def branch(self, item: tree.Branch, scope: Scope, current: Tensor | None) -> Tensor | None:
        chosen: tree.Body | tree.Branch | None = item
        doubt = False
        while isinstance(chosen, tree.Branch):
            condition = self.truth(chosen.condition, scope, current)
            doubt = self.doubt and self.settled() or doubt
            if doubt or condition is UNKNOWN:
                self.miss(chosen.body, chosen.otherwise)
            if condition is UNKNOWN:
                return self.unbuilt(item, scope, current)
            chosen = chosen.body if condition else chosen.otherwise
        side = chosen
        return self.perhaps(lambda: self.side(side, scope, current)) if doubt else self.side(side, scope, current)

    def side(self, chosen: tree.Body | None, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run the side of a branch that was chosen, if there is one."""
        if chosen is None:
            return current
        inner = scope.inner()
        current = self.run(chosen, inner, current)
        self.pass_on(inner, scope)
        return current

    def perhaps(self, run: Callable[[], Tensor | None]) -> Tensor | None:
        """What statements that are run by an assumption come to."""
        around, self.unsure = self.unsure, True
        result = run()
        self.unsure = around
        return None if result is None else result.replace(assumed=True)

    def miss(self, *bodies: tree.Body | tree.Branch | None) -> None:
        """Take note that the names bound in some bodies may be missed: these ought, perhaps, to have been run."""
        for body in bodies:
            if body is not None:
                self.missed.update(bindings(tree.Body(body.start, body.end, (body,)), ()))

    def pass_on(self, inner: Scope, scope: Scope) -> bool:
        """Tensors that `as` named inside a loop or a branch are known behind it. Whether that is new."""
        new = False
        for name, value in inner.names.items():
            if value is UNKNOWN:
                scope.unknown((name,))
            elif isinstance(value, Tensor) and name in inner.places:
                new = new or scope.names.get(name) != value
                scope.names[name] = value
                scope.places.setdefault(name, inner.places[name])
        return new

    def budget(self, item: tree.Budget, scope: Scope, current: Tensor | None) -> Tensor | None:
        for limit in item.limits:
            bound = None
            if limit.bound is not None:
                value = self.evaluate(limit.bound, scope, current)
                bound = self.bound(value, limit.bound, scope, is_number_or_list)
            arguments = tuple(
                [(a.name.text if a.name else "", self.evaluate(a.value, scope, current)) for a in limit.arguments]
            )
            if self.settled() or self.unsure or bound is UNKNOWN or UNKNOWN in [v for _, v in arguments]:
                continue
            site = Site(scope.source, limit, scope.caller, scope.block)
            in_bytes = limit.bound is not None and any(
                [isinstance(n, tree.Number) and n.text.endswith("B") for n in tree.walk(limit.bound)]
            )
            made = BudgetLimit(limit.quantity.text, arguments, limit.operator, bound, site, in_bytes)
            self.graph.budgets.append(made)
        return current

    def bind_name(self, name: tree.Name, value: Any, scope: Scope) -> None:
        doubt = self.doubt or self.unsure
        self.doubt = False
        before = scope.places.get(name.text)
        if before is not None and before is not name and before.start != name.start and not self.loops:
            line = scope.source.position(before.start)[0]
            self.error("E013", name, scope, f'"{name.text}" is bound already, in line {line}', "choose another name")
            return
        scope.bind(name.text, value, doubt)
        scope.places[name.text] = name


def mentions(body: tree.Body, names: set[str]) -> bool:
    """Whether one of some names stands in a body."""
    return any(isinstance(node, tree.Name) and node.text in names for node in tree.walk(body))
