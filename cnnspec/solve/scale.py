"""A width multiplier: the largest factor of all numbers of filters and units at which conditions hold.

Each is multiplied and rounded to a multiple. Between two factors at which a rounding changes all networks are one, so that going through
these is going through all factors; nothing is taken to be monotone.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from time import process_time

import numpy as np

from cnnspec.base.diagnostic import Edit
from cnnspec.base.record import Record
from cnnspec.base.source import Source, Span
from cnnspec.base.source_files import read
from cnnspec.lint.fix.project import apply_edits
from cnnspec.solve.answer import BEST, MOST_FACTOR, NOTHING, Limit, Obstacle, Search, Solved
from cnnspec.solve.candidate import ask, check_candidate, is_met
from cnnspec.solve.expressions import Objective
from cnnspec.solve.obstacles import find_weight
from cnnspec.solve.question import SHOWN, Request, check
from cnnspec.solve.solve import write_filled
from cnnspec.solve.widths import find_widths
from cnnspec.sweep.candidates import Listed
from cnnspec.sweep.conditions import BadCondition, read_conditions
from cnnspec.sweep.engine import Engine
from cnnspec.sweep.question import BadRequest, find_model
from cnnspec.sweep.space import Axis, Space
from cnnspec.sweep.structure import Begin, Question, find_answer
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cnnspec.elaborate.files import Read

NAME = "scale"
MULTIPLE = 8
MOST_ROUNDINGS = 10**6
FACTOR = "factor"


class Scaling(Record):
    """What a width multiplier does: of each of its values the widths, by the names of the parameters that hold them. Factors from one
    of `starts` up to the next give the same."""

    request: Request
    starts: tuple[Fraction, ...]
    digits: tuple[tuple[int, ...], ...]


def scale_to(
    parsed: tree.Tree, model: str | None, given: Mapping[str, Any], *, scale_to: str, subject: str = "", multiple: int = MULTIPLE,
    read: Read = read, max_layers: int = 100_000,
) -> Solved:  # fmt: skip
    """The largest factor at which conditions hold, as an answer. Raises BadRequest."""
    began = process_time()
    if multiple < 1:
        raise BadRequest("a multiple is a whole number from 1")
    scaling = make_scaling(
        parsed, model, given, ", ".join(filter(str.strip, (scale_to, subject))), multiple, read, max_layers
    )
    request = scaling.request
    met = find_met(scaling)
    shown = max([number for number, conditions in met.items() if all(conditions)], default=None)
    search = Search(NAME, None if shown is None else scaling.digits[shown], None, None, True, 0, len(scaling.starts))
    if shown is None:
        obstacles = find_obstacles(scaling, met) if met else ()
        error = None if met else check_candidate(request, scaling.digits[0]).error
        why = "" if error is None else f"No rounding is legal; the least: {error.message}"
        return Solved(
            request, NOTHING, search, {}, (), (), None, None, None, (), obstacles, "", process_time() - began, why
        )
    checked = check_candidate(request, scaling.digits[shown])
    binding = met.get(shown + 1, ())
    limits = [
        Limit(condition.text, *sides, bool(binding) and not binding[number])
        for number, (condition, sides) in enumerate(zip(request.conditions, checked.sides, strict=True))
    ]
    ends = (*scaling.starts[1:], Fraction(MOST_FACTOR))
    factor = write_factor(scaling.starts[shown], ends[shown])
    options = tuple(
        [axis.options[digit] for axis, digit in zip(request.space.axes, scaling.digits[shown], strict=True)]
    )
    return Solved(
        request, BEST, search, request.space.candidate(scaling.digits[shown]), options, checked.figures, factor, factor, 0.0,
        tuple(limits), (), write_filled(request, scaling.digits[shown]), process_time() - began,
    )  # fmt: skip


def make_scaling(
    parsed: tree.Tree,
    model: str | None,
    given: Mapping[str, Any],
    conditions: str,
    multiple: int,
    read: Read,
    max_layers: int,
) -> Scaling:
    """All roundings of the widths of a network: those that are parameters, else those that the text has as numbers."""
    graph, item = find_model(parsed, model, given, read, max_layers)
    question = Question(parsed, item.name.text if item else None, (), read, max_layers)
    values = {name: value for name, value in graph.parameters.items() if not name.startswith("?")}
    error = find_answer(question, given).error
    if error is not None:
        raise BadRequest(f"the network itself is illegal: {error.message}; its widths are known once it is mended")
    widths = find_numbers(question, values)
    if not widths:
        parsed, values = name_numbers(parsed)
        question = question.replace(tree=parsed)
        widths = find_numbers(question, {**given, **values})
        values = {**given, **values}
    if not widths:
        raise BadRequest("there is no number of filters or units to scale, other than the classes of the outputs")
    starts = find_starts([width for _, width in widths], multiple)
    names = list(dict.fromkeys([path[0] for path, _ in widths]))
    taken = [{name: scale(values[name], (name,), dict(widths), start, multiple) for name in names} for start in starts]
    options = {name: {as_key(one[name]): one[name] for one in taken} for name in names}
    places = {name: {key: place for place, key in enumerate(options[name])} for name in names}
    axes = [Axis(name, tuple(options[name].values())) for name in names]
    digits = [tuple([places[name][as_key(one[name])] for name in names]) for one in taken]
    fixed = {
        name: value for name, value in values.items() if name not in names and (name in given or name.startswith("?"))
    }
    try:
        read_ = read_conditions(conditions, [*graph.parameters]) if conditions.strip() else []
        check(None, read_, {**graph.parameters, **fixed})
    except BadCondition as error:
        raise BadRequest(str(error)) from None
    quantities: Any = dict.fromkeys([*SHOWN, *[quantity for condition in read_ for quantity in condition.quantities]])
    request = Request(
        question.replace(quantities=tuple(quantities)), Space(tuple(axes), fixed),
        Objective(FACTOR, tree.Number(0, 0, 1, "1"), True), tuple(read_),
    )  # fmt: skip
    return Scaling(request, tuple(starts), tuple(digits))


# ---- which numbers are widths --------------------------------------------------------------------------------
def find_numbers(question: Question, values: Mapping[str, Any]) -> list[tuple[tuple[Any, ...], int]]:
    """The widths among the numbers of parameters, by their paths: the parameter, and places in lists."""
    marked = {name: mark(value, (name,)) for name, value in values.items()}
    numbers = {name: value for name, value in marked.items() if value is not values[name]}
    try:
        found = find_widths(question, {**values, **numbers})
    except BadCondition as error:
        raise BadRequest(str(error)) from None
    return [(path, number) for name in numbers for path, number in list_numbers(values[name], (name,)) if path in found]


def mark(value: Any, path: tuple[Any, ...]) -> Any:
    """A value whose whole numbers begin a tape, by their paths."""
    if type(value) in (list, tuple):
        return type(value)([mark(part, (*path, place)) for place, part in enumerate(value)])
    return Begin(path, value) if type(value) is int and value > 0 else value


def list_numbers(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], int]]:
    if type(value) in (list, tuple):
        for place, part in enumerate(value):
            yield from list_numbers(part, (*path, place))
    elif type(value) is int:
        yield path, value


def name_numbers(parsed: tree.Tree) -> tuple[tree.Tree, dict[str, int]]:
    """A text whose whole numbers are holes, as far as they may be, and what fills them."""
    source = parsed.source
    items = [item for item in parsed.body.items if not isinstance(item, (tree.Train, tree.Budget, tree.Use))]
    numbers = [
        node for item in items for node in tree.walk(item)
        if isinstance(node, tree.Number) and type(node.value) is int and source.text[node.start : node.end].isdecimal()
    ]  # fmt: skip
    kept = {name_place(source, node.start): node for node in sorted(numbers, key=lambda node: node.start)}
    filled = parse(Source(source.name, fill(source, kept)))
    if filled.diagnostics:  # some are where no hole may be
        alone = {
            name: parse(Source(source.name, fill(source, {name: node}))).diagnostics for name, node in kept.items()
        }
        kept = {name: node for name, node in kept.items() if not alone[name]}
        filled = parse(Source(source.name, fill(source, kept)))
    return filled, {name: int(node.value) for name, node in kept.items()}


def name_place(source: Source, start: int) -> str:
    """What the number at a place is called: ?line4_8, by its line and column."""
    before = source.text[:start]
    return f"?line{before.count(chr(10)) + 1}_{start - before.rfind(chr(10))}"


def fill(source: Source, names: Mapping[str, tree.Number]) -> str:
    text = apply_edits(source.text, [Edit(Span(source, node.start, node.end), name) for name, node in names.items()])
    assert text is not None, "no two numbers touch"
    return text


# ---- factors -------------------------------------------------------------------------------------------------
def find_starts(widths: Sequence[int], multiple: int) -> list[Fraction]:
    """The factors at which the rounding of a width changes, with 0; the least first."""
    starts = {Fraction(0)}
    for width in set(widths):
        steps = MOST_FACTOR * width // multiple + 1
        if len(starts) + steps > MOST_ROUNDINGS:
            raise BadRequest(f"there are more than {MOST_ROUNDINGS:,} roundings: take a larger --multiple")
        starts |= {Fraction((2 * step + 1) * multiple, 2 * width) for step in range(1, steps)}
    return sorted([start for start in starts if start <= MOST_FACTOR])


def scale(value: Any, path: tuple[Any, ...], widths: Mapping[Any, int], factor: Fraction, multiple: int) -> Any:
    """A value with its widths scaled and rounded, none to 0."""
    if type(value) in (list, tuple):
        return type(value)([scale(part, (*path, place), widths, factor, multiple) for place, part in enumerate(value)])
    return max(1, floor(value * factor / multiple + Fraction(1, 2))) * multiple if path in widths else value


def as_key(value: Any) -> Any:
    """A value as one that can be looked up."""
    return tuple([as_key(part) for part in value]) if isinstance(value, (list, tuple)) else value


def write_factor(start: Fraction, end: Fraction) -> float:
    """The shortest decimal from one factor up to another; from 0 the largest that is so short, as 0 is no factor."""
    if not start:
        tenths = [(ceil(end * 10**digits) - 1, 10**digits) for digits in range(12)]
        return next(float(Fraction(number, scale)) for number, scale in tenths if number > 0)
    for digits in range(1, 12):
        number = Fraction(ceil(start * 10**digits), 10**digits)
        if 0 < number < end:
            return float(number)
    return float(start)


def find_met(scaling: Scaling) -> dict[int, tuple[bool, ...]]:
    """Of the roundings that are legal, which conditions each meets."""
    request = scaling.request
    engine = Engine(ask(request), request.space)
    listed = Listed([np.array(column) for column in zip(*scaling.digits, strict=True)])
    places: dict[tuple[int, ...], int] = {digits: number for number, digits in enumerate(scaling.digits)}
    found: dict[int, tuple[bool, ...]] = {}
    first = len(request.quantities) + 1
    for batch in engine.run(listed):
        columns = batch.figures[first:]
        for row in np.flatnonzero(batch.legal).tolist():
            figures = iter([read_figure(column, row) for column in columns])
            number = places[tuple([int(digits[row]) for digits in batch.digits])]
            found[number] = tuple([is_met(condition, figures) for condition in request.conditions])
    return found


def find_obstacles(scaling: Scaling, met: Mapping[int, tuple[bool, ...]]) -> tuple[Obstacle, ...]:
    """Of each condition, whether any rounding meets it; where none does, what the least comes to."""
    request, digits = scaling.request, scaling.digits[0]
    checked = check_candidate(request, digits)
    options = {axis.name: axis.options[digit] for axis, digit in zip(request.space.axes, digits, strict=True)}
    made = []
    for number, condition in enumerate(request.conditions):
        if (
            any([conditions[number] for conditions in met.values()])
            or not checked.is_legal
            or checked.sides[number][0] is None
        ):
            made.append(Obstacle(condition.text, bool(met) and not any([one[number] for one in met.values()])))
        else:
            heaviest = find_weight(request, condition, digits)
            made.append(Obstacle(condition.text, True, checked.sides[number], options, heaviest))
    return tuple(made)


def read_figure(columns: Sequence[Any], row: int) -> tuple[Any, ...] | None:
    values = [column[row] for column in columns]
    known = [value.item() if isinstance(value, np.generic) else value for value in values if value is not np.ma.masked]
    return tuple(known) or None
