"""The answer to a request: the method that suits, its search, and what is to be told of the candidate that it found."""

from __future__ import annotations

from time import process_time

from cnnspec.solve.answer import BEST, BOUNDED, NOTHING, OPEN, Limit, Obstacle, Search, Solved, find_gap
from cnnspec.solve.candidate import Checked, check_candidate
from cnnspec.solve.cp_sat import search_cp_sat
from cnnspec.solve.elimination import TooWide
from cnnspec.solve.exhaustive import search_all
from cnnspec.solve.lagrange import NoSum, search_chain
from cnnspec.solve.obstacles import ANY, find_obstacles
from cnnspec.solve.regions import CannotFollow
from cnnspec.sweep.question import BadRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.solve.question import Request

FEW = 2 * 10**6  # candidates that are gone through in a few seconds
MANY = 10**8  # candidates that are gone through where there is no other way


UNDEFINED = "The objective of no candidate that fits is known: it divides by zero, or depends on something unknown."


def solve(request: Request, step: Callable[[int], None] | None = None) -> Solved:
    """The best candidate, its proof, and what binds. Raises BadRequest for a request that no method can answer."""
    began = process_time()
    search = run_search(request, step)
    return describe(request, search, process_time() - began)


def run_search(request: Request, step: Callable[[int], None] | None = None) -> Search:
    """What the method finds that is asked for, or that suits. Raises BadRequest where none does."""
    if request.method == "exhaustive" or request.method is None and request.space.count <= FEW:
        return search_all(request, step)
    try:
        if request.method != "cp-sat":
            return search_chain(request)
        return search_cp_sat(request)
    except (CannotFollow, NoSum, TooWide) as error:
        if request.method is not None:
            raise BadRequest(f"{request.method} is no method for this: {error}; leave --method out") from None
        return search_otherwise(request, str(error), step)


def search_otherwise(request: Request, why: str, step: Callable[[int], None] | None) -> Search:
    """The same where the parameters do not form a chain."""
    if request.space.count <= MANY:
        return search_all(request, step)
    try:
        return search_cp_sat(request)
    except (CannotFollow, NoSum) as error:
        what = "take options of fewer than 100,000,000 candidates, and all are gone through"
        raise BadRequest(f"no method can search {request.space.count:,} candidates here: {error}; {what}") from None


def describe(request: Request, search: Search, seconds: float) -> Solved:
    """What is to be told of what a search found."""
    if search.digits is None:
        return describe_nothing(request, search, seconds)
    checked = check_candidate(request, search.digits)
    value = checked.value
    bound = search.bound
    gap = find_gap(value, bound)
    status = OPEN if bound is None else BEST if gap == 0 else BOUNDED
    options = tuple([axis.options[digit] for axis, digit in zip(request.space.axes, search.digits, strict=True)])
    parameters = request.space.candidate(search.digits)
    return Solved(
        request, status, search, parameters, options, checked.figures, value, bound, gap,
        find_limits(request, search.digits, checked), (), write_filled(request, search.digits), seconds,
    )  # fmt: skip


def describe_nothing(request: Request, search: Search, seconds: float) -> Solved:
    """The same where there is no candidate: why, if that is proven."""
    obstacles: tuple[Obstacle, ...] = ()
    why = ""
    if search.is_whole:
        if run_search(request.replace(objective=ANY)).digits is not None:
            why = UNDEFINED
        else:
            legal = run_search(request.replace(objective=ANY, conditions=()))
            error = check_candidate(request, [0] * len(request.space.axes)).error
            if legal.digits is not None:
                obstacles = find_obstacles(request, run_search)
            elif legal.is_whole and error is not None:
                why = f"No candidate is legal; one of them: {error.message}"
    status = NOTHING if search.is_whole else OPEN
    return Solved(request, status, search, {}, (), (), None, None, None, (), obstacles, "", seconds, why)


def find_limits(request: Request, digits: tuple[int, ...], checked: Checked) -> tuple[Limit, ...]:
    """The conditions at a candidate, and which of them stand in the way of the candidates one option away that are better."""
    binding: set[int] = set()
    sign = 1 if request.objective.is_largest else -1
    for axis, size in enumerate(request.space.sizes):
        for digit in (digits[axis] - 1, digits[axis] + 1):
            if 0 <= digit < size:
                near = check_candidate(request, (*digits[:axis], digit, *digits[axis + 1 :]))
                if near.is_legal and near.value is not None and sign * (near.value - checked.value) > 0:
                    binding |= {number for number, met in enumerate(near.met) if not met}
    return tuple(
        [
            Limit(condition.text, *sides, number in binding)
            for number, (condition, sides) in enumerate(zip(request.conditions, checked.sides, strict=True))
        ]
    )


def write_filled(request: Request, digits: tuple[int, ...]) -> str:
    """The spec of a candidate, to stand beside the one that was read."""
    import os

    from cnnspec.sweep.specs import write_spec

    folder = os.path.dirname(os.path.abspath(request.question.tree.source.name))
    parameters: dict[str, Any] = request.space.candidate(digits)
    return write_spec(request.question, parameters, folder)
