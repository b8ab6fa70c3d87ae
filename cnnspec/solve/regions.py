"""A space in regions: those of a structure, whose candidates go the same way through an analysis, and what is left.

A candidate is analysed with its numbers on a tape. The tape's guards bound the region for which its figures hold as sums; what breaks a
guard is left as regions of its own, which are bounded and looked into in turn. So nothing legal is missed, whatever its structure.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnspec.base.record import Record
from cnnspec.base.tape import Tape, Taped
from cnnspec.solve.candidate import ask
from cnnspec.solve.expressions import Evaluation, Unknown, compare, find_comparisons, smallest
from cnnspec.solve.forms import Form, Forms, Linear, TooManyAlternatives
from cnnspec.sweep.conditions import BadCondition
from cnnspec.sweep.engine import Engine
from cnnspec.sweep.replay import Table, is_decided
from cnnspec.sweep.structure import Parameter, begin_numbers, trace
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.solve.question import Request
    from cnnspec.sweep.structure import Structure

    Mask = NDArray[np.bool_]

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
TABLED: dict[str, Any] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
MOST_PIECES = 256


class CannotFollow(Exception):
    """A candidate whose analysis no tape can follow, or a condition of too many cases; the message says why."""


class Region(Record):
    """Candidates: of each axis the options that are in it, and for some axes together which combinations are. All meet the linear
    conditions, too, which no table holds."""

    masks: tuple[Mask, ...]
    tables: Mapping[tuple[int, ...], Mask]
    linears: tuple[Linear, ...] = ()

    def is_empty(self) -> bool:
        return not all([mask.any() for mask in self.masks]) or not all([table.any() for table in self.tables.values()])

    def limit(self, axes: tuple[int, ...], holds: Mask) -> Region:
        """Those for which a table of truths holds."""
        if not axes:
            return self if holds.all() else self.replace(masks=tuple([mask & False for mask in self.masks]))
        if len(axes) == 1:
            (axis,) = axes
            masks = [mask & holds if number == axis else mask for number, mask in enumerate(self.masks)]
            return self.replace(masks=tuple(masks))
        return self.replace(tables={**self.tables, axes: self.tables[axes] & holds if axes in self.tables else holds})

    def meet(self, linears: Sequence[Linear]) -> Region:
        """Those that meet conditions."""
        found = self
        for linear in linears:
            axes = linear.forms.axes_in(linear.form)
            if linear.forms.is_small(linear.form):
                found = found.limit(axes, tabulate(linear, axes))
            else:
                found = found.replace(linears=(*found.linears, linear))
        return found


def tabulate(linear: Linear, axes: tuple[int, ...]) -> Mask:
    """Where a condition holds, as a table."""
    forms, form = linear.forms, linear.form
    values: Any = np.full([1] * len(axes), form.constant)
    for places, factor in form.terms.items():
        table = forms.product_of(places)
        part = table.values if factor == 1 else table.values * as_exact(table.values, factor)
        spread = Table(table.axes, part).spread(axes)
        values = add_exact(values, spread)
    shape = [forms.sizes[axis] for axis in axes]
    return np.broadcast_to(np.asarray(TABLED[linear.operator](values, 0), bool), shape)


def as_exact(values: Any, factor: Any) -> Any:
    """A factor in a type in which the product is exact."""
    large = (
        values.dtype.kind == "i"
        and isinstance(factor, int)
        and values.size
        and float(np.abs(values).max()) * abs(factor) >= 2**62
    )
    return np.array(factor, object) if large else factor


def add_exact(left: Any, right: Any) -> Any:
    if all([side.dtype.kind == "i" for side in (left, right)]):
        if any([side.size and float(np.abs(side).max()) >= 2**61 for side in (left, right)]):
            return left.astype(object) + right
    return left + right


class Piece(Record):
    """A region whose candidates are legal and meet all conditions, and their objective."""

    region: Region
    forms: Forms
    objective: Form


class Explorer:
    """What is known of a space: `structures` were analysed so far."""

    def __init__(self, request: Request, largest: int) -> None:
        self.request, self.space, self.largest = request, request.space, largest
        self.question = ask(request)
        self.engine = Engine(self.question, request.space)
        self.mixed = [axis for axis in range(len(self.space.axes)) if self.engine.is_mixed(axis)]
        self.sizes = self.space.sizes
        self.structures = 0
        self.stated: tuple[Forms, Form] | None = None  # the objective, where it is one of parameters alone

    # ---- what parameters alone say ---------------------------------------------------------------------------
    def find_whole(self) -> Region:
        """The whole space, without what breaks conditions between parameters alone."""
        region = Region(tuple([np.ones(size, bool) for size in self.sizes]), {})
        for condition in self.request.conditions:
            if not condition.quantities and isinstance(condition.node, tree.Compare):
                found = self._state(condition.node, lambda e, node=condition.node: compare(e, node))
                if found is not None and all([isinstance(n, Taped) for n in found[1]]):
                    forms, numbers = found
                    for number in numbers:
                        alternatives = forms.compare(forms.find_form(number), condition.node.operator)
                        region = region.meet(alternatives[0]) if len(alternatives) == 1 else region
        node = self.request.objective.node
        found = self._state(node, lambda evaluation: (smallest(evaluation.numbers(node)),))
        if found is not None:
            self.stated = found[0], found[0].find_sum(found[1][0])
        return region

    def _state(self, node: tree.Node, work_out: Any) -> tuple[Forms, tuple[Any, ...]] | None:
        """Numbers of an expression of parameters alone, for every candidate; None where it is of more than these, or of what is no
        number, or undefined for some."""
        names = {name.text for name in tree.walk(node) if isinstance(name, tree.Name)}
        mixed = {self.space.axes[axis].parameter for axis in self.mixed}
        constants = {**dict(self.request.constants), **self.space.fixed}
        if names & mixed or any([isinstance(quantity, Parameter) for quantity in self.request.quantities]):
            return None
        begin = {**constants, **self.engine.begin([0] * len(self.sizes), self.mixed)}
        with Tape() as tape:
            try:
                numbers = work_out(
                    Evaluation({n: begin_numbers(v, tape) for n, v in begin.items()}, lambda quantity: None)
                )
            except (Unknown, BadCondition):
                return None
        forms = Forms(
            tape, self.engine.leaves, self.sizes, [n.expression for n in numbers if isinstance(n, Taped)], self.largest
        )
        bounds = forms.replay.bounds
        always = [is_decided(g[0], bounds[g[1]], bounds[g[2]]) is answer for g, answer in tape.guards.items()]
        return (forms, numbers) if all(always) else None

    # ---- structures ------------------------------------------------------------------------------------------
    def explore(self, digits: Sequence[int], region: Region) -> tuple[list[Piece], list[Region]]:
        """The structure of a candidate of a region: the pieces of the region that have it and meet the conditions, none where it is
        illegal; and what of the region does not have it. Raises CannotFollow."""
        try:
            structure = trace(self.question, self.engine.begin(digits, self.mixed))
        except Exception as error:
            raise CannotFollow(f"{type(error).__name__}: {error}") from None
        self.structures += 1
        numbers = [n for figure in structure.answer.figures for n in figure or () if isinstance(n, Taped)]
        forms = Forms(
            structure.tape, self.engine.leaves, self.sizes, [number.expression for number in numbers], self.largest
        )
        try:
            within, left = self._divide(forms, digits, region)
            pieces = [
                piece
                for one in within
                for piece in self._find_pieces(structure, forms, one)
                if not piece.region.is_empty()
            ]
        except TooManyAlternatives:
            raise CannotFollow("a condition falls into too many cases") from None
        return pieces, [one for one in left if not one.is_empty()]

    def _divide(self, forms: Forms, digits: Sequence[int], region: Region) -> tuple[list[Region], list[Region]]:
        """A region as what satisfies the guards and what breaks one: the tables first, as one for each set of axes."""
        tables: dict[tuple[int, ...], Mask] = {}
        for axis in self.mixed:
            tables[axis,] = np.arange(self.sizes[axis]) == digits[axis]
        large: list[tuple[Form, str]] = []
        bounds = forms.replay.bounds
        for (operation, a, b), answer in forms.guards.items():
            if is_decided(operation, bounds[a], bounds[b]) is answer:
                continue
            operator = ("<" if answer else ">=") if operation == "lt" else ("==" if answer else "!=")
            form = forms.form_of(a) - forms.form_of(b)
            axes = forms.axes_in(form)
            if forms.is_small(form):
                holds = tabulate(Linear(forms, form, operator), axes)
                tables[axes] = tables[axes] & holds if axes in tables else holds
            else:
                large.append((form, operator))
        left: list[Region] = []
        within = [region]
        for axes, holds in sorted(tables.items(), key=lambda pair: len(pair[0])):
            if not holds.all():
                left += [one.limit(axes, ~holds) for one in within]
                within = [one.limit(axes, holds) for one in within]
        for form, operator in large:
            left += [one.meet(parts) for one in within for parts in forms.compare(form, OPPOSITE[operator])]
            within = [one.meet(parts) for one in within for parts in forms.compare(form, operator)]
            if len(left) + len(within) > MOST_PIECES:
                raise TooManyAlternatives
        return within, left

    def _find_pieces(self, structure: Structure, forms: Forms, region: Region) -> Iterator[Piece]:
        """The parts of a region of one structure that meet the conditions."""
        answer = structure.answer
        shown = len(self.request.quantities)
        if answer.error is not None or answer.figures[shown] is None:
            return
        (objective,) = answer.figures[shown] or ()
        waiting = iter(answer.figures[shown + 1 :])
        cases: list[list[list[Linear]]] = []
        for condition in self.request.conditions:
            figures = [next(waiting) for _ in find_comparisons(condition.node)]
            cases.append(find_cases(condition.node, iter(figures), forms))
        for case in product(*cases):
            yield Piece(region.meet([linear for parts in case for linear in parts]), forms, forms.find_sum(objective))


def find_cases(node: tree.Node, figures: Iterator[Any], forms: Forms, wanted: bool = True) -> list[list[Linear]]:
    """When a condition is as wanted: cases, each of linear conditions that all hold."""
    if isinstance(node, tree.Opposite):
        return find_cases(node.value, figures, forms, not wanted)
    if isinstance(node, tree.Logic):
        parts = [find_cases(term, figures, forms, wanted) for term in node.terms]
        return all_of(parts) if (node.operator == "and") == wanted else [case for cases in parts for case in cases]
    figure = next(figures)
    if figure is None:
        return []
    operator = node.operator if isinstance(node, tree.Compare) else ""
    return all_of_parts(figure, operator, forms, wanted)


def all_of_parts(figure: Sequence[Any], operator: str, forms: Forms, wanted: bool) -> list[list[Linear]]:
    """The cases of a comparison, whose figure has a part for each axis of the network."""
    made: list[list[list[Linear]]] = []
    for part in figure:
        if isinstance(part, bool):
            made.append([[]] if part == wanted else [])
        else:
            made.append(forms.compare(forms.find_form(part), operator if wanted else OPPOSITE[operator]))
    return all_of(made) if wanted else [case for cases in made for case in cases]


def all_of(parts: Sequence[list[list[Linear]]]) -> list[list[Linear]]:
    """Cases in which one of each of some cases holds."""
    found: list[list[Linear]] = [[]]
    for cases in parts:
        found = [[*before, *case] for before in found for case in cases]
        if len(found) > MOST_PIECES:
            raise TooManyAlternatives
    return found
