"""Why nothing fits: how near legal candidates come to each condition, and which layers weigh most there."""

from __future__ import annotations

from contextlib import suppress

from cnnspec.base.record import Record
from cnnspec.lint.budget import QUANTITIES, find_heaviest
from cnnspec.solve.answer import Obstacle
from cnnspec.solve.candidate import check_candidate
from cnnspec.solve.expressions import COMPARED, Objective
from cnnspec.sweep.question import BadRequest
from cnnspec.sweep.structure import find_answer
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.facts.facts import Facts
    from cnnspec.solve.answer import Search
    from cnnspec.solve.question import Request
    from cnnspec.sweep.conditions import Condition

    Run = Callable[[Request], Search]

ANY = Objective("1", tree.Number(0, 0, 1, "1"), True)  # of which any candidate is the best
LOWER, UPPER = ("<", "<="), (">", ">=")


class Heaviest(Record):
    """The layers that weigh most in a quantity, as a figure."""

    name: str
    is_flag = False

    def measure(self, facts: Facts) -> tuple[Any, ...] | None:
        return (find_heaviest(self.name, facts),)


def find_obstacles(request: Request, run: Run) -> tuple[Obstacle, ...]:
    """What stands in the way of any answer: of each condition, whether a legal candidate meets it alone. `run` is what searches."""
    return tuple([find_obstacle(request, condition, run) for condition in request.conditions])


def find_obstacle(request: Request, condition: Condition, run: Run) -> Obstacle:
    """Whether legal candidates meet a condition alone, and where it is a limit, how near they come."""
    node = condition.node
    if isinstance(node, tree.Compare) and node.operator in (*LOWER, *UPPER):
        beyond = tree.Arithmetic(node.start, node.end, node.left, (("-", node.right),))
        nearest = Objective(condition.text, beyond, node.operator in UPPER)
        with suppress(BadRequest):  # no sum: a maximum has no dual
            found = run(request.replace(objective=nearest, conditions=(), gap=0.0))
            if found.digits is not None:
                measured = measure_obstacle(request, condition, found)
                if measured.is_alone is not None:
                    return measured
    with suppress(BadRequest):
        alone = run(request.replace(objective=ANY, conditions=(condition,)))
        return Obstacle(condition.text, False if alone.digits is not None else True if alone.is_whole else None)
    return Obstacle(condition.text, None)


def measure_obstacle(request: Request, condition: Condition, found: Search) -> Obstacle:
    """The same of a limit, to which a candidate was found that comes the nearest. What is unknown, or has a figure for each axis, may
    be near and not met."""
    assert found.digits is not None
    checked = check_candidate(request.replace(conditions=(condition,)), found.digits)
    axes = request.space.axes
    options = {axis.name: axis.options[digit] for axis, digit in zip(axes, found.digits, strict=True)}
    assert isinstance(condition.node, tree.Compare)
    is_beyond = found.bound is not None and not COMPARED[condition.node.operator](found.bound)
    heaviest = find_weight(request, condition, found.digits)
    is_alone = True if is_beyond else False if all(checked.met) else None
    return Obstacle(condition.text, is_alone, checked.sides[0], options, heaviest)


def find_weight(request: Request, condition: Condition, digits: tuple[int, ...]) -> str:
    """The layers that weigh most in the quantity of a condition, where it has one such."""
    names = [quantity.name for quantity in condition.quantities if quantity.name in QUANTITIES]
    if len(names) != 1:
        return ""
    heaviest: Any = Heaviest(names[0])
    answer = find_answer(request.question.replace(quantities=(heaviest,)), request.space.candidate(digits))
    return answer.figures[0][0] if answer.error is None and answer.figures[0] else ""
