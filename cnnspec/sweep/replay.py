"""What a tape holds, worked out for many candidates with NumPy.

A candidate is a digit for every axis of the space: which of its options it takes. An expression depends on some axes alone.
Where those have few combinations it is worked out once for each of them, as a table, and looked up for the candidates; sums
and maxima of such expressions are put together to as few tables as possible. Only what is left is computed row by row.

Ints are exact: what may leave 64 bits is computed with Python's own.
"""

from __future__ import annotations

import numpy as np

from cnnspec.sweep.bounds import EXACT, INT64, find_bounds, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from cnnspec.base.tape import Tape
    from cnnspec.sweep.bounds import Bounds

    Array: TypeAlias = NDArray[Any]

OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "floordiv": np.floor_divide, "mod": np.mod,
    "truediv": np.true_divide, "max": np.maximum, "lt": np.less, "eq": np.equal,
}  # fmt: skip
ALONE: dict[str, Callable[..., Any]] = {"log2": np.log2}  # of floats
ROUNDING: dict[str, Callable[..., Any]] = {"round": np.rint, "floor": np.floor, "ceil": np.ceil}
LINEAR = ("add", "sub", "mul")
FLOATS = ("truediv", *ALONE)  # what is a float, whatever it is made of


class Table:
    """The values of an expression for every combination of the options of some axes, one dimension an axis."""

    __slots__ = ("axes", "values")

    def __init__(self, axes: tuple[int, ...], values: Array) -> None:
        self.axes, self.values = axes, values

    def spread(self, axes: tuple[int, ...]) -> Array:
        """The values with a dimension for each of more axes."""
        own = iter(self.values.shape)
        return self.values.reshape([next(own) if axis in self.axes else 1 for axis in axes])


class Rows:
    """Some candidates: their digits, and what has been looked up and computed for them."""

    def __init__(self, digits: Sequence[Array], sizes: Sequence[int], count: int) -> None:
        self.digits, self.sizes, self.count = digits, sizes, count
        self.places: dict[tuple[int, ...], Array] = {}
        self.known: dict[int, Array] = {}

    def look_up(self, table: Table) -> Array:
        """The value of every candidate in a table."""
        if not table.axes:
            return np.broadcast_to(table.values, (self.count,))
        return table.values.reshape(-1).take(self._place(table.axes))

    def _place(self, axes: tuple[int, ...]) -> Array:
        if axes not in self.places:
            last = self.digits[axes[-1]]
            self.places[axes] = last if len(axes) == 1 else self._place(axes[:-1]) * self.sizes[axes[-1]] + last
        return self.places[axes]


class Replay:
    """The guards of a tape and some of its numbers, for any candidates.

    `leaves` gives for the name of every number that the tape began with its axis and its values, one an option. `sizes` are
    the numbers of options of the axes. A table has at most `limit` entries.
    """

    def __init__(
        self, tape: Tape, leaves: Mapping[Any, tuple[int, Array]], sizes: Sequence[int], outputs: Sequence[int], limit: int
    ) -> None:  # fmt: skip
        self.expressions, self.leaves, self.sizes, self.limit = tape.expressions, leaves, sizes, limit
        self.axes: dict[int, tuple[int, ...]] = {}
        self.tables: dict[int, Table] = {}
        self.bounds: dict[int, Bounds] = {}
        self.whole: dict[int, bool] = {}  # whether an expression is an int
        self.sums: dict[int, tuple[list[Table], list[tuple[int, int]]]] = {}
        self.outputs = outputs
        with np.errstate(all="ignore"):
            for place in self._find_needed([*outputs, *[side for guard in tape.guards for side in guard[1:]]]):
                self._prepare(place)
            self.checks, self.comparisons = self._prepare_guards(tape.guards)
        self._keep_asked()

    # ---- before any candidate ------------------------------------------------------------------------------
    def _find_needed(self, roots: Sequence[int]) -> list[int]:
        found: set[int] = set()
        waiting = [*roots]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                waiting += self._operands(place)
        return sorted(found)

    def _operands(self, place: int) -> tuple[int, ...]:
        operation, *operands = self.expressions[place]
        return () if operation in ("leaf", "const") else tuple(operands)

    def _count(self, axes: tuple[int, ...]) -> int:
        count = 1
        for axis in axes:
            count *= self.sizes[axis]
        return count

    def _prepare(self, place: int) -> None:
        """Find out about an expression whose operands are known."""
        operation, *operands = self.expressions[place]
        if operation in ("leaf", "const"):
            axis, values = (None, hold(operands[0])) if operation == "const" else self.leaves[operands[0]]
            self._keep(place, Table(() if axis is None else (axis,), values))
            return
        axes = tuple(sorted({axis for operand in operands for axis in self.axes[operand]}))
        self.whole[place] = operation in ROUNDING or operation not in FLOATS and all([self.whole[i] for i in operands])
        self.bounds[place] = find_bounds(operation, *[self.bounds[i] for i in operands])
        if self._count(axes) <= self.limit:
            spread = [self.tables[i].spread(axes) for i in operands]
            self._keep(place, Table(axes, self.work_out(place, spread)))
        else:
            self.axes[place] = axes

    def _keep(self, place: int, table: Table) -> None:
        values = table.values
        self.axes[place], self.tables[place] = table.axes, table
        self.bounds[place] = (
            values.min().item() if values.dtype != object else values.min(),
            (values.max().item() if values.dtype != object else values.max()),
        )
        self.whole[place] = values.dtype != np.float64

    def work_out(self, place: int, operands: Sequence[Array]) -> Array:
        """An operation on arrays."""
        operation, *sides = self.expressions[place]
        if operation in ROUNDING:
            rounded = ROUNDING[operation](operands[0])
            if within(self.bounds[place], INT64):
                return np.asarray(rounded.astype(np.int64))
            return as_ints(rounded)
        if operation in ALONE:
            return np.asarray(ALONE[operation](operands[0].astype(np.float64)))
        safe = within(self.bounds[place], INT64) if self.whole[place] else self._is_exact(sides)
        if not safe:
            operands = [operand.astype(object) for operand in operands]
        if operation in ("floordiv", "mod", "truediv") and self.bounds[sides[1]][0] <= 0 <= self.bounds[sides[1]][1]:
            operands = [operands[0], np.where(operands[1] == 0, 1, operands[1])]  # that is no candidate
        made = np.asarray(OPERATIONS[operation](*operands))
        return made if safe else shrink(made, self.whole[place])

    def _is_exact(self, places: Sequence[int]) -> bool:
        """Whether those of some numbers that are ints are floats, too."""
        return all([not self.whole[i] or within(self.bounds[i], (-EXACT, EXACT)) for i in places])

    def _prepare_guards(
        self, guards: Mapping[tuple[str, int, int], bool]
    ) -> tuple[list[Table], list[tuple[str, int, int, bool]]]:
        """The guards that some candidates may break: as tables of truths, and as comparisons to make row by row."""
        checks: list[Table] = []
        comparisons: list[tuple[str, int, int, bool]] = []
        for (operation, a, b), answer in guards.items():
            if is_decided(operation, self.bounds[a], self.bounds[b]) is answer:
                continue
            axes = tuple(sorted({*self.axes[a], *self.axes[b]}))
            if self._count(axes) > self.limit:
                comparisons.append((operation, a, b, answer))
                continue
            values = self._compare(operation, a, b, self.tables[a].spread(axes), self.tables[b].spread(axes)) == answer
            if not values.all():
                checks.append(Table(axes, values))
        return self._merge(checks, np.logical_and), comparisons

    def _keep_asked(self) -> None:
        """Keep the tables alone that candidates are looked up in: the others were steps on the way."""
        asked: dict[int, Table] = {}
        waiting = [*self.outputs, *[side for _, *sides, _ in self.comparisons for side in sides]]
        seen: set[int] = set()
        while waiting:
            place = waiting.pop()
            if place in self.tables:
                asked[place] = self.tables[place]
            elif place not in seen:
                seen.add(place)
                waiting += self._operands(place)
        self.tables = asked

    def _compare(self, operation: str, a: int, b: int, left: Array, right: Array) -> Array:
        if self.whole[a] != self.whole[b] and not self._is_exact((a, b)):
            left, right = left.astype(object), right.astype(object)
        return np.asarray(OPERATIONS[operation](left, right), bool)

    def _merge(self, tables: Sequence[Table], combine: Callable[..., Any]) -> list[Table]:
        """The same as few tables."""
        made: list[Table] = []
        for table in sorted(tables, key=lambda table: -table.values.size):
            fits = []
            for number, other in enumerate(made):
                axes = tuple(sorted({*table.axes, *other.axes}))
                if self._count(axes) <= self.limit:
                    fits.append((self._count(axes) / other.values.size, number, axes))
            if not fits:
                made.append(table)
                continue
            _, number, axes = min(fits)
            made[number] = Table(axes, np.asarray(combine(made[number].spread(axes), table.spread(axes))))
        return made

    # ---- for candidates ------------------------------------------------------------------------------------
    def fits(self, rows: Rows) -> Array:
        """Which candidates satisfy the guards."""
        found = np.ones(rows.count, bool)
        with np.errstate(all="ignore"):
            for table in self.checks:
                found &= rows.look_up(table)
            for operation, a, b, answer in self.comparisons:
                if not found.any():
                    break
                found &= self._compare(operation, a, b, self._value(a, rows), self._value(b, rows)) == answer
        return found

    def values(self, rows: Rows) -> list[Array]:
        """The numbers asked for, of every candidate."""
        with np.errstate(all="ignore"):
            return [self._value(place, rows) for place in self.outputs]

    def _value(self, place: int, rows: Rows) -> Array:
        if place not in rows.known:
            operation, *operands = self.expressions[place]
            if place in self.tables:
                made = rows.look_up(self.tables[place])
            elif self.whole[place] and operation in (*LINEAR, "max") and within(self.bounds[place], INT64):
                made = self._gather(place, rows)
            else:
                made = self.work_out(place, [self._value(i, rows) for i in operands])
            rows.known[place] = made
        return rows.known[place]

    def _gather(self, place: int, rows: Rows) -> Array:
        """A sum, or a maximum, of what is looked up and what is computed. On the way a sum may leave 64 bits, and comes back."""
        if place not in self.sums:
            self.sums[place] = self._split_maximum(place) if self.expressions[place][0] == "max" else self._split(place)
        tables, others = self.sums[place]
        largest = self.expressions[place][0] == "max"
        made: Array | None = None
        for table in tables:
            part = rows.look_up(table)
            made = part if made is None else np.maximum(made, part) if largest else made + part
        for other, factor in others:
            if other == place:
                operands = [self._value(i, rows) for i in self.expressions[place][1:]]
                part = np.asarray(OPERATIONS[self.expressions[place][0]](*operands))
            else:
                part = self._value(other, rows)
            part = part if factor == 1 else part * factor
            made = part if made is None else np.maximum(made, part) if largest else made + part
        assert made is not None
        return made

    def _split(self, place: int) -> tuple[list[Table], list[tuple[int, int]]]:
        """A sum as tables and other expressions with their factors."""
        terms: dict[int, int] = {}
        self._add_terms(place, 1, terms)
        scaled = []
        others = []
        for term, factor in terms.items():
            table = self.tables.get(term)
            if table is None or table.values.dtype == object or not within((factor, factor), INT64):
                others.append((term, factor))
            else:
                scaled.append(Table(table.axes, table.values * np.int64(factor)))
        return self._merge(scaled, np.add), others

    def _add_terms(self, place: int, factor: int, terms: dict[int, int]) -> None:
        waiting = [(place, factor)]
        while waiting:
            place, factor = waiting.pop()
            operation, *operands = self.expressions[place]
            inner = self.whole[place] and place not in self.tables
            if inner and operation in ("add", "sub"):
                waiting += [(operands[0], factor), (operands[1], factor if operation == "add" else -factor)]
            elif inner and operation == "mul" and (number := self._number(operands[1])) is not None:
                waiting.append((operands[0], factor * number))
            else:
                terms[place] = terms.get(place, 0) + factor

    def _number(self, place: int) -> int | None:
        operation, *operands = self.expressions[place]
        return operands[0] if operation == "const" and self.whole[place] else None

    def _split_maximum(self, place: int) -> tuple[list[Table], list[tuple[int, int]]]:
        parts: dict[int, None] = {}
        waiting = [place]
        while waiting:
            part = waiting.pop()
            if self.expressions[part][0] == "max" and part not in self.tables and self.whole[part]:
                waiting += self.expressions[part][1:]
            else:
                parts[part] = None
        held = [self.tables[part] for part in parts if part in self.tables]
        return self._merge(held, np.maximum), [(part, 1) for part in parts if part not in self.tables]


def is_decided(operation: str, a: Bounds, b: Bounds) -> bool | None:
    """What a comparison of numbers between these bounds always comes to; None where it depends."""
    if operation == "lt":
        return True if a[1] < b[0] else False if a[0] >= b[1] else None
    return False if a[1] < b[0] or b[1] < a[0] else True if a[0] == a[1] == b[0] == b[1] else None


# ---- arrays ------------------------------------------------------------------------------------------------
def hold(number: Any) -> Array:
    """A number as an array of its own kind."""
    return np.array(number, object if isinstance(number, int) and not within((number, number), INT64) else None)


def as_ints(rounded: Array) -> Array:
    """Whole floats as ints, however large."""
    return np.array([int(n) if np.isfinite(n) else 0 for n in rounded.reshape(-1)], object).reshape(rounded.shape)


def shrink(values: Array, whole: bool) -> Array:
    """Python's numbers as NumPy's, where they fit."""
    if not whole:
        return values.astype(np.float64)
    return values.astype(np.int64) if values.size and within((values.min(), values.max()), INT64) else values
