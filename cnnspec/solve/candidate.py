"""One candidate, by the analysis alone: whether it is legal, whether it meets the conditions, and its figures.

What a search answers is checked so, whatever led to it.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.solve.expressions import COMPARED, Comparison, Evaluation, Unknown, find_comparisons, is_number
from cnnspec.sweep.structure import find_answer
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.facts.facts import Facts
    from cnnspec.solve.question import Request
    from cnnspec.sweep.conditions import Condition
    from cnnspec.sweep.structure import Question


class Checked(Record):
    """A candidate. `met`: which conditions it meets; `sides`: both sides of each that compares one number with another. All are empty
    for one that is illegal, and `error` says why."""

    error: Diagnostic | None
    value: Any = None
    figures: tuple[tuple[Any, ...] | None, ...] = ()
    met: tuple[bool, ...] = ()
    sides: tuple[tuple[Any, Any], ...] = ()

    @property
    def is_legal(self) -> bool:
        return self.error is None

    @property
    def fits(self) -> bool:
        """Whether it is legal, meets all conditions, and has an objective."""
        return self.is_legal and all(self.met) and self.value is not None


class Sides(Record):
    """Both sides of a comparison, as a figure."""

    node: tree.Node
    is_flag = False

    @property
    def name(self) -> str:
        return "sides"

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        evaluation = Evaluation(facts.graph.parameters, lambda quantity: quantity.measure(facts))
        if not isinstance(self.node, tree.Compare):
            return None
        try:
            left, right = evaluation.value(self.node.left), evaluation.value(self.node.right)
            both = [
                evaluation.numbers(side)
                for side in (self.node.left, self.node.right)
                if is_number(left) and is_number(right)
            ]
        except Unknown:
            return None
        return (both[0][0], both[1][0]) if both and all([len(set(side)) == 1 for side in both]) else None


def ask(request: Request, more: Sequence[Any] = ()) -> Question:
    """The question of a request with its objective and all comparisons of its conditions behind the quantities."""
    comparisons = [Comparison(node) for c in request.conditions for node in find_comparisons(c.node)]
    objective: Any = request.objective
    quantities: Any = (*request.quantities, objective, *comparisons, *more)
    return request.question.replace(quantities=quantities)


def check_candidate(request: Request, digits: Sequence[int]) -> Checked:
    """What a candidate comes to."""
    sides: list[Any] = [Sides(condition.node) for condition in request.conditions]
    answer = find_answer(ask(request, sides), request.space.candidate(digits))
    if answer.error is not None:
        return Checked(answer.error)
    shown = len(request.quantities)
    (figures, objective, compared, both) = (
        answer.figures[:shown], answer.figures[shown], answer.figures[shown + 1 : len(answer.figures) - len(sides)],
        answer.figures[len(answer.figures) - len(sides) :],
    )  # fmt: skip
    waiting = iter(compared)
    met = tuple([is_met(condition, waiting) for condition in request.conditions])
    pairs: Any = tuple([pair or (None, None) for pair in both])
    return Checked(None, objective[0] if objective else None, figures, met, pairs)


def is_met(condition: Condition, compared: Iterator[tuple[Any, ...] | None]) -> bool:
    """Whether a condition is known to be met, by the figures of its comparisons in order."""

    def all_hold(node: tree.Node, figure: tuple[Any, ...] | None, wanted: bool) -> bool:
        if figure is None:
            return False
        parts = [holds(node, part) for part in figure]
        return all(parts) if wanted else not all(parts)

    return decide(condition.node, compared, all_hold)


def holds(node: tree.Node, figure: Any) -> bool:
    """Whether a comparison holds, by the difference of its sides."""
    if isinstance(figure, bool) or not isinstance(node, tree.Compare):
        return bool(figure)
    return COMPARED[node.operator](figure)


def decide(
    node: tree.Node, compared: Iterator[Any], holds: Callable[[tree.Node, Any, bool], bool], wanted: bool = True
) -> bool:  # fmt: skip
    """A truth as wanted, made of those of its comparisons."""
    if isinstance(node, tree.Logic):
        parts = [decide(term, compared, holds, wanted) for term in node.terms]
        return all(parts) if (node.operator == "and") == wanted else any(parts)
    if isinstance(node, tree.Opposite):
        return decide(node.value, compared, holds, not wanted)
    return holds(node, next(compared), wanted)
