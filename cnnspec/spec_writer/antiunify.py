"""The common part of sequences of one outline: one body, and a table of the values in which they differ (anti-unification).

A column needs no variable of its own where it equals another one, is a fixed multiple of it (filters and 4 * filters), or
a multiple of the channels that enter its layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cnnspec.spec_writer.draft import (
    LayerStep,
    LoopStep,
    NameStep,
    Slot,
    Steps,
    fill_slots,
    find_slots,
    walk_steps,
)
from cnnspec.spec_writer.slot_values import Choice, Formula, Label, Variable

MOST = 16  # columns that are looked at; more are no table that a person reads
STRIDE, KERNEL, PADDING = "stride", "kernel", "padding"
COUNT = "n"  # the column of how often something comes: the last one, as tables have it


@dataclass(frozen=True)
class Common:
    """A body with variables in it, and for each occurrence a row of their values."""

    body: Steps
    variables: tuple[Variable, ...]
    rows: tuple[tuple[Any, ...], ...]


def find_common(
    occurrences: list[Steps],
    scope: int,
    reads: Counter[str],
    labels_vary: bool = True,
    changing: Container[int] = (),
) -> Common | None:
    """The common body of sequences of one outline; None where they have none.

    Slots in `changing` (by their number) are taken to differ. `reads` counts how often each name of a tensor is read in the
    whole text: a name that an occurrence gives must be read there alone. Unless `labels_vary`, all occurrences must read
    the same tensors from outside.
    """
    given = [number_names(steps) for steps in occurrences]
    for steps, own in zip(occurrences, given, strict=True):
        inside = count_reads(steps) if own else reads
        if any(reads[name] != inside[name] for name in own):
            return None
    bound = max((loop.height for loop in find_loops(occurrences[0])), default=0)
    values: list[Any] = []
    columns: list[ValueColumn] = []
    for place, cut in enumerate(zip(*[find_slots(steps) for steps in occurrences], strict=True)):
        cells = tuple([slot.value for slot in cut])
        first = cells[0]
        values.append(first)
        if isinstance(first, Label) and first.name in given[0]:
            places = {own.get(getattr(cell, "name", "")) for cell, own in zip(cells, given, strict=True)}
            if len(places) > 1 or None in places:
                return None
        elif (
            place in changing
            or not all(same(cell, first) for cell in cells)
            or scope < 0
            and is_free(first, bound, given[0])
        ):
            if any(is_bound(cell, bound) for cell in cells) or isinstance(first, Label) and not labels_vary:
                return None
            column = next((c for c in columns if c.takes(place, cells)), None)
            if column is None:
                if len(columns) == MOST:
                    return None
                column = ValueColumn(cut[0], cells, place)
                columns.append(column)
            column.channels[place] = [slot.channels for slot in cut]
    columns = [column for column in columns if not any(other.absorbs(column) for other in columns)]
    columns = [column for column in columns if not column.follows_channels(values)]
    columns.sort(key=lambda column: (column.name == COUNT, not column.required))
    columns = [column for column in columns if not any(column.follows(other) for other in columns)]
    variables = tuple([Variable(scope, number, column.name) for number, column in enumerate(columns)])
    for variable, column in zip(variables, columns, strict=True):
        for place, factor in column.uses.items():
            values[place] = variable if factor == 1 else Formula(factor, variable)
        for follower in column.followers:
            for place in follower.uses:
                values[place] = follower.follow(variable, column)
    rows = tuple([tuple([column.cells[row] for column in columns]) for row in range(len(occurrences))])
    body = fill_slots(occurrences[0], iter(values))
    for made, *like in zip(walk_steps(body), *map(walk_steps, occurrences), strict=True):
        if isinstance(made, LayerStep):
            made.name = ""
            if any(made.channels != other.channels for other in like):
                made.forget_channels()
        made.add_origins(like[1:])
    return Common(body, variables, rows)


class ValueColumn:
    """Values that change together. `uses` are the slots that hold them, and by what they are multiplied there."""

    def __init__(self, slot: Slot, cells: tuple[Any, ...], place: int) -> None:
        self.name, self.required, self.cells = slot.name, slot.required, cells
        self.uses = {place: 1}
        self.channels: dict[int, list[int | None]] = {}  # what enters the layers of the slots
        self.followers: list[ValueColumn] = []

    def takes(self, place: int, cells: tuple[Any, ...]) -> bool:
        """Whether the values of another slot are these, or a fixed multiple of them."""
        equal = all(same(a, b) for a, b in zip(cells, self.cells, strict=True))
        factor = 1 if equal else 0 if self.name == COUNT else find_ratio(cells, self.cells)
        if factor:
            self.uses[place] = factor
        return factor > 0

    def absorbs(self, other: ValueColumn) -> bool:
        """Take over the slots of a column that is a fixed multiple of this one; whether it is."""
        factor = (
            find_ratio(other.cells, self.cells) if other is not self and COUNT not in (self.name, other.name) else 0
        )
        if factor:
            self.uses |= {place: factor * times for place, times in other.uses.items()}
            self.channels |= other.channels
        return factor > 0

    def follows(self, other: ValueColumn) -> bool:
        """Whether the value depends on another one: padding=kernel[0] // 2, or on the stride: same if stride == 1 else 1."""
        if self.name == PADDING and other.name == KERNEL and all(map(is_half, self.cells, other.cells)):
            other.followers.append(self)
            return True
        mine, theirs = set(self.cells), set(other.cells)
        if other is self or other.name != STRIDE or len(mine) != 2 or len(theirs) != 2 or len(self.cells) < 3:
            return False
        if not any(isinstance(c, str) for c in mine) or not all(type(c) is int for c in theirs):
            return False
        if len(set(zip(self.cells, other.cells, strict=True))) > 2:
            return False
        other.followers.append(self)
        return True

    def follow(self, variable: Variable, other: ValueColumn) -> Choice | Formula:
        """The value by the column that it follows."""
        if other.name == KERNEL:
            return Formula(1, variable, 2, "" if type(other.cells[0]) is int else "[0]")
        asked = other.cells[0]
        then = self.cells[0]
        return Choice(variable, asked, then, next(cell for cell in self.cells if cell != then))

    def follows_channels(self, values: list[Any]) -> bool:
        """Whether all slots are multiples, or the half, of the channels that enter; if so, `values` has them as formulas."""
        found: dict[int, Any] = {}
        for place, factor in self.uses.items():
            entering = self.channels[place]
            if None in entering:
                return False
            if all(isinstance(c, tuple) and c[:-1] == self.cells[0][:-1] for c in self.cells):
                if [c[-1] for c in self.cells] != entering:
                    return False
                found[place] = (*self.cells[0][:-1], Formula(1, "in.channels"))  # reshape(1x1x64)
                continue
            if not all(type(c) is int for c in self.cells):
                return False
            cells = [c * factor for c in self.cells]
            if times := find_ratio(cells, entering):
                found[place] = Formula(times, "in.channels")
            elif find_ratio(entering, cells) == 2:
                found[place] = Formula(1, "in.channels", 2)
            else:
                return False
        for place, formula in found.items():
            values[place] = formula
        return True


def is_half(padding: Any, kernel: Any) -> bool:
    """Whether a padding keeps the size, as PyTorch's models write it: the half of an odd window that is as wide as high."""
    if isinstance(kernel, Variable):
        return isinstance(padding, Formula) and padding.base == kernel and padding.divisor == 2
    sizes = {*kernel} if isinstance(kernel, tuple) else {kernel}
    if len(sizes) > 1 or not all(type(size) is int and size % 2 for size in sizes):
        return False
    return (
        bool(padding == sizes.pop() // 2)
        or padding == "valid"
        and kernel in (1, (1,) * len(kernel if isinstance(kernel, tuple) else (1,)))
    )


def find_differing(occurrences: list[Steps]) -> set[int]:
    """The numbers of the slots in which sequences of one outline differ."""
    columns = enumerate(zip(*[find_slots(steps) for steps in occurrences], strict=True))
    return {place for place, cut in columns if not all(same(slot.value, cut[0].value) for slot in cut)}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of one kind: True is not 1."""
    return one is other or bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def find_ratio(above: Iterable[Any], below: Iterable[Any]) -> int:
    """The whole number, at least 2, by which every value below gives the one above; 0 if there is none."""
    factors = set()
    for a, b in zip(above, below, strict=True):
        (times, base), (by, other) = split_factor(a), split_factor(b)
        if base != other or by < 1 or times % by:
            return 0
        factors.add(times // by)
    factor = factors.pop()
    return factor if factor > 1 and not factors else 0


def split_factor(value: Any) -> tuple[int, Any]:
    """A value as a number times something: 4 * filters. (0, the value) where it is no such product."""
    if type(value) is int:
        return value, None
    if isinstance(value, Variable):
        return 1, value
    if isinstance(value, Formula) and value.divisor == 1:
        return value.factor, value.base
    return 0, value


def is_bound(value: Any, height: int) -> bool:
    """Whether a value means something in its own place only: it asks for `in`, or holds a variable of a loop inside."""
    if isinstance(value, tuple):
        return any(is_bound(v, height) for v in value)
    if isinstance(value, Formula) and isinstance(value.base, str):
        return True
    return any(0 < variable.scope <= height for variable in find_variables(value))


def is_free(value: Any, height: int, given: Container[str]) -> bool:
    """Whether a value holds a variable or a tensor from outside."""
    if any(not 0 < variable.scope <= height for variable in find_variables(value)):
        return True
    return any(name not in given for name in find_labels(value))


def find_variables(value: Any) -> Iterator[Variable]:
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, (Formula, Choice)):
        yield from find_variables(value.base)
    elif isinstance(value, tuple):
        for v in value:
            yield from find_variables(v)


def find_loops(steps: Steps) -> list[LoopStep]:
    return [step for step in walk_steps(steps) if isinstance(step, LoopStep)]


def number_names(steps: Steps) -> dict[str, int]:
    """The names that a sequence gives to tensors, each with its number."""
    named = [str(step.label) for step in walk_steps(steps) if isinstance(step, NameStep)]
    return {name: number for number, name in enumerate(named)}


def count_reads(steps: Steps) -> Counter[str]:
    """How often each name of a tensor is read."""
    found: Counter[str] = Counter()
    for slot in find_slots(steps):
        found.update(find_labels(slot.value))
    for step in walk_steps(steps):
        if isinstance(step, NameStep):
            found[str(step.label)] -= 1
    return found


def find_labels(value: Any) -> Iterable[str]:
    if isinstance(value, Label):
        yield value.name
    elif isinstance(value, (tuple, list)):
        for v in value:
            yield from find_labels(v)
