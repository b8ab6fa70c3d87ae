"""Numbers of a tape as sums: of tables over the options of a few axes, and of knots, which no table of bearable size holds.

What is proven of a space is proven of these sums. No formula of a network stands here: all come from the tape that its analysis left.
"""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np

from cnnspec.base.record import Record
from cnnspec.base.tape import Taped
from cnnspec.sweep.bounds import EXACT, within
from cnnspec.sweep.replay import Replay, Table, hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from cnnspec.base.tape import Tape

    Array: TypeAlias = NDArray[Any]
    Terms: TypeAlias = dict[tuple[int, ...], Any]  # products of expressions, by their places, and their factors

FEW_AXES, SMALL = 3, 2**14  # a table of truths of more axes has at most so many entries
MOST_ALTERNATIVES = 256
STEP_TABLE = 2**12  # entries of a table that is a step on the way


class TooManyAlternatives(Exception):
    """A condition falls into more cases than are looked at."""


class Form(Record):
    """A number: a constant, and terms. The term of one expression is its number times the factor; of several their product."""

    constant: Any
    terms: Mapping[tuple[int, ...], Any]

    def __sub__(self, other: Form) -> Form:
        return self + other.times(-1)

    def __add__(self, other: Form) -> Form:
        terms = dict(self.terms)
        for places, factor in other.terms.items():
            terms[places] = terms.get(places, 0) + factor
        return Form(self.constant + other.constant, {places: factor for places, factor in terms.items() if factor != 0})

    def scaled(self, factor: Any) -> Form:
        """The terms alone, times a factor."""
        return Form(0, {places: own * factor for places, own in self.terms.items() if factor})

    def times(self, factor: Any) -> Form:
        return Form(self.constant * factor, {places: own * factor for places, own in self.terms.items()})


class Linear(Record):
    """A condition: the form, compared with 0. `forms` says what its places are. One whose axes no table holds is <=, or of floats <."""

    forms: Forms
    form: Form
    operator: str


class Forms:
    """The numbers of one tape. `leaves` and `sizes` as `Replay` has them; `largest`: entries of a table at most."""

    def __init__(
        self, tape: Tape, leaves: Mapping[Any, tuple[int, Array]], sizes: Sequence[int], outputs: Sequence[int], largest: int
    ) -> None:  # fmt: skip
        self.largest = largest
        self.sizes, self.leaves = tuple(sizes), leaves
        self.expressions = tape.expressions
        self.replay = Replay(
            tape, leaves, sizes, [*outputs, *[side for guard in tape.guards for side in guard[1:]]], STEP_TABLE
        )
        self.guards = tape.guards
        self._forms: dict[int, Form] = {}
        self._split = False
        self._tables: dict[int, Table] = dict(self.replay.tables)
        self._products: dict[tuple[int, ...], Table] = {}

    # ---- sums ------------------------------------------------------------------------------------------------
    def find_form(self, number: Any) -> Form:
        """The form of a number, on the tape or not."""
        return self.form_of(number.expression) if isinstance(number, Taped) else Form(number, {})

    def find_sum(self, number: Any) -> Form:
        """The same, with sums of floats taken apart, too: right but for the last digits."""
        before, self._forms, self._split = self._forms, {}, True
        found = self.find_form(number)
        self._forms, self._split = before, False
        return found

    def form_of(self, place: int) -> Form:
        """The form of an expression: sums are taken apart, products of sums multiplied out where else no table would hold them."""
        waiting = [place]
        while waiting:
            last = waiting[-1]
            missing = [part for part in self._parts(last) if part not in self._forms]
            waiting += missing
            if not missing:
                waiting.pop()
                if last not in self._forms:
                    self._forms[last] = self._make_form(last)
        return self._forms[place]

    def _parts(self, place: int) -> tuple[int, ...]:
        operation, *operands = self.expressions[place]
        small = self.holds((place,))
        if not self.replay.whole[place] and small and not self._split:
            return ()  # floats are added as the analysis adds them
        if operation in ("add", "sub") or operation == "mul" and not small:
            return tuple(operands)
        return (operands[0],) if operation == "mul" and self._constant(operands[1]) is not None else ()

    def _make_form(self, place: int) -> Form:
        operation, *operands = self.expressions[place]
        if operation == "const":
            return Form(operands[0], {})
        parts = [self._forms[part] for part in self._parts(place)]
        if not parts:
            return Form(0, {(place,): 1})
        if operation == "add":
            return parts[0] + parts[1]
        if operation == "sub":
            return parts[0] - parts[1]
        if len(parts) == 1:
            return parts[0].times(self._constant(operands[1]))
        if len(parts) == 2 and (made := self._multiply(*parts)) is not None:
            return made
        return Form(0, {(place,): 1})

    def _multiply(self, left: Form, right: Form) -> Form | None:
        """A product of sums as a sum; None where that is too long or holds no table."""
        if (len(left.terms) + 1) * (len(right.terms) + 1) > 4096:
            return None
        made = Form(left.constant * right.constant, {}) + left.scaled(right.constant) + right.scaled(left.constant)
        terms: Terms = {}
        for (a, x), (b, y) in product(left.terms.items(), right.terms.items()):
            places = tuple(sorted((*a, *b)))
            if not self.holds(places):
                return None
            terms[places] = terms.get(places, 0) + x * y
        return made + Form(0, terms)

    def _constant(self, place: int) -> Any:
        operation, *operands = self.expressions[place]
        return operands[0] if operation == "const" else None

    # ---- tables ----------------------------------------------------------------------------------------------
    def axes_of(self, places: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted({axis for place in places for axis in self.replay.axes[place]}))

    def count(self, axes: Sequence[int]) -> int:
        return prod([self.sizes[axis] for axis in axes])

    def holds(self, places: Sequence[int]) -> bool:
        """Whether a table can hold a product of expressions."""
        return self.count(self.axes_of(places)) <= self.largest

    def table_of(self, place: int) -> Table:
        """The values of an expression whose axes a table can hold."""
        if place in self._tables:
            return self._tables[place]
        operation, *operands = self.expressions[place]
        if operation in ("leaf", "const"):
            axis, own = (None, hold(operands[0])) if operation == "const" else self.leaves[operands[0]]
            return Table(() if axis is None else (axis,), own)
        axes = self.replay.axes[place]
        spread = [self.table_of(part).spread(axes) for part in operands]
        shape = [self.sizes[axis] for axis in axes]
        with np.errstate(all="ignore"):
            values = np.broadcast_to(self.replay.work_out(place, spread), shape)
        made = Table(axes, values)
        self._tables[place] = made
        return made

    def product_of(self, places: tuple[int, ...]) -> Table:
        """The values of a product of expressions."""
        if len(places) == 1:
            return self.table_of(places[0])
        if places not in self._products:
            axes = self.axes_of(places)
            values: Array = np.ones([1] * len(axes), np.int64)
            for place in places:
                part = self.table_of(place).spread(axes)
                large = not all([within((float(np.abs(a).max()), 0), (-EXACT, EXACT)) for a in (values, part)])
                values = values.astype(object) * part if large or part.dtype == object else values * part
            self._products[places] = Table(axes, values)
        return self._products[places]

    def is_whole(self, form: Form) -> bool:
        """Whether a form is an int."""
        return isinstance(form.constant, int) and all(
            [isinstance(factor, int) and all([self.replay.whole[place] for place in places]) for places, factor in form.terms.items()]
        )  # fmt: skip

    def knots(self, form: Form) -> list[int]:
        """The expressions in a form that no table holds."""
        return [places[0] for places in form.terms if not self.holds(places)]

    def gather(self, form: Form) -> list[Table]:
        """A form as tables, one for each set of axes, with the constant in one without axes. All its terms have tables. Numbers are
        floats: exact up to 2**53."""
        found: dict[tuple[int, ...], Array] = {(): np.array(float(form.constant))}
        for places, factor in form.terms.items():
            table = self.product_of(places)
            part = table.values.astype(np.float64) * float(factor)
            found[table.axes] = found[table.axes] + part if table.axes in found else part
        return [Table(axes, values) for axes, values in found.items()]

    # ---- conditions ------------------------------------------------------------------------------------------
    def compare(self, form: Form, operator: str) -> list[list[Linear]]:
        """A comparison of a form with 0 as alternatives, of which each is conditions that all hold."""
        if self.is_small(form):
            return [[Linear(self, form, operator)]]
        if operator in (">", ">="):
            return self.compare(form.times(-1), "<" if operator == ">" else "<=")
        if operator == "==":
            return [[*a, *b] for a, b in product(self.compare(form, "<="), self.compare(form, ">="))]
        if operator == "!=":
            return [*self.compare(form, "<"), *self.compare(form, ">")]
        if operator == "<" and self.is_whole(form):
            form, operator = form + Form(1, {}), "<="
        return self._split_maxima(Linear(self, form, operator))

    def axes_in(self, form: Form) -> tuple[int, ...]:
        return self.axes_of([place for places in form.terms for place in places])

    def is_small(self, form: Form) -> bool:
        """Whether a condition on a form is to be a table of truths: one of many axes would couple them all."""
        axes = self.axes_in(form)
        return self.count(axes) <= (self.largest if len(axes) <= FEW_AXES else min(SMALL, self.largest))

    def _split_maxima(self, linear: Linear) -> list[list[Linear]]:
        """A maximum is at most something where all its parts are, and at least where one of them is."""
        alternatives = [[linear]]
        while True:
            found = next(
                ((n, m, place) for n, parts in enumerate(alternatives) for m, part in enumerate(parts)
                 for place in self._maxima(part.form)), None,
            )  # fmt: skip
            if found is None:
                return alternatives
            number, at, place = found
            before = alternatives[number]
            factor = before[at].form.terms[place,]
            rest = before[at].form - Form(0, {(place,): factor})
            made = [before[at].replace(form=rest + self.form_of(part).times(factor)) for part in self._members(place)]
            others = [*before[:at], *before[at + 1 :]]
            alternatives[number : number + 1] = [[*others, *made]] if factor > 0 else [[*others, one] for one in made]
            if len(alternatives) > MOST_ALTERNATIVES:
                raise TooManyAlternatives

    def _maxima(self, form: Form) -> Iterator[int]:
        for places in form.terms if not self.is_small(form) else ():
            if len(places) == 1 and self.expressions[places[0]][0] == "max":
                yield places[0]

    def _members(self, place: int) -> list[int]:
        found: dict[int, None] = {}
        waiting = [place]
        while waiting:
            part = waiting.pop()
            if self.expressions[part][0] == "max":
                waiting += self.expressions[part][1:]
            else:
                found[part] = None
        return [*found]
