"""A building that is watched: the uses and values that an observer is told of, each around what is done without one.

They are so many that without an observer nobody is asked; all else is told to an `Observer` that does nothing.
"""

from __future__ import annotations

from cnnspec.elaborate.dispatch import Dispatch
from cnnspec.elaborate.evaluator import Evaluator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.elaborate.assumptions import Assumptions
    from cnnspec.elaborate.dispatch import Work
    from cnnspec.elaborate.observer import Observer
    from cnnspec.elaborate.values import Scope, Tensor
    from cnnspec.syntax import tree


class WatchedEvaluator(Evaluator):
    """Tells an observer every value."""

    def evaluate(self, node: tree.Node, scope: Scope, current: Tensor | None) -> Any:
        value = super().evaluate(node, scope, current)
        self.observer.evaluated(node, value)
        return value


class WatchedDispatch(Dispatch):
    """Tells an observer where each use of a part of the text begins and ends."""

    def __init__(self, assumptions: Assumptions, work: Work, observer: Observer) -> None:
        super().__init__(assumptions, work)
        self.observer = observer

    def run(self, body: tree.Body, scope: Scope, current: Tensor | None) -> Tensor | None:
        self.observer.enter(body, scope, current)
        result = super().run(body, scope, current)
        self.observer.leave(result)
        return result

    def run_statement(self, item: tree.Node, scope: Scope, current: Tensor | None) -> Tensor | None:
        self.observer.enter(item, scope, current)
        result = super().run_statement(item, scope, current)
        self.observer.leave(result)
        return result

    def apply(self, expression: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        self.observer.enter(expression, scope, current)
        result = super().apply(expression, scope, current)
        self.observer.leave(result)
        return result

    def apply_value(self, value: Any, at: tree.Node, scope: Scope, current: Tensor) -> Tensor:
        self.observer.enter(at, scope, current, value)
        result = super().apply_value(value, at, scope, current)
        self.observer.leave(result)
        return result
