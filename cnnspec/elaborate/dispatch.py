"""Who runs what: each kind of statement, of expression and of value has one method that runs it."""

from __future__ import annotations

from cnnspec.elaborate.report import TooMuch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.elaborate.assumptions import Assumptions
    from cnnspec.elaborate.building import Building
    from cnnspec.elaborate.report import Report
    from cnnspec.elaborate.values import Scope, Tensor
    from cnnspec.graph import Node
    from cnnspec.syntax import tree

    Statements = dict[type, Callable[[Any, Scope, Tensor | None], Tensor | None]]
    Expressions = dict[type, Callable[[Any, Scope, Tensor], Tensor]]
    Values = dict[type, Callable[[Any, tree.Node, Scope, Tensor], Tensor]]

MAX_STEPS = 100_000  # statements and calls run beyond four a layer, so that loops that make no layer end too
MAX_CALLS = 64  # blocks and layer functions inside one another


class Dispatch:
    """Runs a body, an expression or a value by the method that its kind has in a table.

    A statement holds expressions and an expression may hold a body, so that those who run them need one another: each
    of them knows this object alone, and `link` tells it who they are.
    """

    def __init__(self, assumptions: Assumptions, work: Work) -> None:
        self.assumptions = assumptions
        self.work = work

    def link(self, statements: Statements, expressions: Expressions, values: Values) -> None:
        """Take the tables; `object` is any kind that a table does not name."""
        self.statements = statements
        self.expressions = expressions
        self.values = values

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        """Run the statements of a body, one after the other."""
        scope.body = body
        self.assumptions.take_doubt()
        for item in body.items:
            self.work.count(item, scope)
            current = self.run_statement(item, scope, current)
            if self.assumptions.doubt:  # about a value that nobody used
                self.assumptions.take_doubt()
        return current

    def run_statement(self, item: tree.Node, scope: Scope, current: Tensor | None) -> Tensor | None:
        """The current tensor after a statement."""
        run = self.statements.get(type(item)) or self.statements[object]
        return run(item, scope, current)

    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """The tensor that an expression, as a step, makes of the current one."""
        run = self.expressions.get(type(expression)) or self.expressions[object]
        return run(expression, scope, current)

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        """What a value, as a function, makes of the current tensor."""
        run = self.values.get(type(value)) or self.values[object]
        return run(value, at, scope, current)


class Runner:
    """Runs some kinds of statements, expressions or values, and has the others run by `dispatch`."""

    def __init__(self, building: Building) -> None:
        self.dispatch = building.dispatch
        self.graph = building.graph
        self.observer = building.observer
        self.assumptions = building.assumptions
        self.report = building.report
        self.names = building.names
        self.words = building.words
        self.builder = building.builder
        self.shared = building.shared
        self.work = building.work
        self.evaluator = building.evaluator


class Work:
    """Bounds what is run while a network is built: statements that make no layer, and calls inside one another."""

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
            message = f"calls are nested more than {MAX_CALLS} deep here"
            help = "a block must not call itself, nor a function itself"
            self.report.error("E003", at, scope, message, help, sure=True)
            raise TooMuch
        self.calls += 1
        try:
            self.count(at, scope)
            return run()
        finally:
            self.calls -= 1

    def save(self) -> int:
        return self.steps

    def restore(self, saved: int) -> None:
        self.steps = saved
