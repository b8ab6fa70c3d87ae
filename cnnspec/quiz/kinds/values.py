"""Questions about values: what does a layer put out at one place, for the numbers that enter it?"""

from __future__ import annotations

from fractions import Fraction
from numbers import Rational
from random import Random
from typing import TYPE_CHECKING, Any

from cnnspec.quiz.excerpt import cut_layers
from cnnspec.quiz.question import Draft, keep_wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.layers.exact_numbers import Exact
    from cnnspec.quiz.excerpt import Excerpt
    from cnnspec.trace.arithmetic import Arithmetic
    from cnnspec.trace.formula import Formula

CUTS = (cut_layers,)
PLACES = 4  # of a layer that are asked about at most
ENOUGH = 3  # slips of a place
MOST_TERMS = 13  # of a sum: twelve products and a bias


def find_drafts(excerpt: Excerpt) -> Iterator[Draft]:
    """Some places of a layer, drawn by what it is and by its numbers, at which several slips lead elsewhere."""
    telling: list[Draft] = []
    others: list[Draft] = []
    for draft in draft_places(excerpt):
        (telling if len(draft.slips) >= ENOUGH else others).append(draft)
        if len(telling) == PLACES:
            break
    yield from telling or sorted(others, key=lambda draft: -len(draft.slips))[:PLACES]


def solve(draft: Draft) -> tuple[Formula, ...]:
    assert draft.formula is not None
    return (draft.formula,)


def draft_places(excerpt: Excerpt) -> Iterator[Draft]:
    """A question for every place of a layer whose values a person can work out, in an order of chance."""
    import numpy as np

    from cnnspec.quiz.value_slips import Case, find_maps, find_reckoned, read_maps
    from cnnspec.trace.arithmetic import find_arithmetic
    from cnnspec.trace.formula import Formula
    from cnnspec.trace.reference.arrays import make_exact
    from cnnspec.trace.reference.compute import compute, find_definition

    layer, x = excerpt.layer, excerpt.numbers
    if x is None or find_definition(layer) is None:
        return
    written = layer.written_weights((excerpt.entering,))
    weights = {name: make_exact(array.numbers).reshape(array.shape) for name, array in written.items()}
    case = Case(layer, x, weights, excerpt.windows, compute(layer, [x], weights))
    maps, places = None, list(np.ndindex(*case.output.shape))
    Random(" ".join(excerpt.spec)).shuffle(places)
    for place in places:
        found = find_arithmetic(layer, [x], weights, place)
        if found is None or not is_easy(found):
            return
        maps = find_maps(case) if maps is None else maps
        answer = (settle(case.output[place]),)
        slips = [
            slip.replace(answer=(settle(*slip.answer),))
            for slip in (*read_maps(maps, place), *find_reckoned(case, found))
        ]
        formula = Formula(f"{excerpt.name}[{','.join(map(str, name_place(excerpt, place[1:])))}]", found.steps)
        yield Draft(
            excerpt, write_question(excerpt, place[1:]), answer, keep_wrong(answer, slips, True), formula=formula
        )


def is_easy(found: Arithmetic) -> bool:
    """Whether a person can work out a value: few terms, and exact numbers."""
    from cnnspec.quiz.numbered import EASY
    from cnnspec.trace.formula import CallStep

    first = found.steps[0]
    if isinstance(first, CallStep):
        few = len(first.arguments) > 1 or first.function in EASY
    else:
        few = len(first.terms) <= MOST_TERMS
    return few and all([isinstance(step.value, Rational) for step in found.steps])


def settle(value: Any) -> Exact:
    """A number as it is answered: a whole one as an int."""
    exact = Fraction(value)
    return exact if exact.denominator > 1 else int(exact)


def write_question(excerpt: Excerpt, place: tuple[int, ...]) -> str:
    """What is asked about a place, its channel last."""
    shown = name_place(excerpt, place)
    cells = shown[:-1] if len(shown) == len(place) > 1 else shown
    channel = f" in channel {shown[-1]}" if cells != shown else ""
    where = f"{','.join(map(str, cells))}{channel}, counted from 0"
    return f"With these numbers as input, what is the output of {excerpt.name} at {where}?"


def name_place(excerpt: Excerpt, place: tuple[int, ...]) -> tuple[int, ...]:
    """A place without its channel where there is only one, as trace names it."""
    return place if len(place) < 2 or excerpt.leaving[-1] != 1 else place[:-1]
