"""Every candidate of a space, chunk by chunk: whether it is legal, why not, and its quantities.

Axes that decide the structure (whose values the analysis reads, as a number of repeats, or that are no numbers) are grouped
first: within a group they are constants. The other axes are on tapes: one for every structure that is met.
"""

from __future__ import annotations

import numpy as np

from cnnspec.base.record import Record
from cnnspec.base.tape import Taped
from cnnspec.sweep.candidates import find_number
from cnnspec.sweep.reasons import Reasons
from cnnspec.sweep.replay import Replay, Rows
from cnnspec.sweep.space import numbers_in, outline
from cnnspec.sweep.structure import Answer, Begin, find_answer, trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.sweep.candidates import Candidates, Part
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.structure import Question, Structure

PROBES = 8  # candidates that are looked at first, to find the axes that decide the structure
LARGEST_TABLE = 2**14
LEAST_ROWS = 16  # candidates a group, on the average, that grouping by an axis must leave


class Batch(Record):
    """Some candidates: their digits, whether they are legal, the number of the reason (-1: none), and of every quantity the
    columns, one or one an axis of the network, with what is not known masked."""

    digits: list[NDArray[np.intp]]
    legal: NDArray[np.bool_]
    reasons: NDArray[np.int32]
    figures: tuple[list[np.ma.MaskedArray[Any, Any]], ...]

    @property
    def count(self) -> int:
        return len(self.legal)


class Known:
    """A structure made ready for other candidates."""

    def __init__(self, structure: Structure, replay: Replay, reason: int) -> None:
        self.answer, self.replay, self.reason = structure.answer, replay, reason


class Engine:
    """Answers a question about candidates of a space. `structures`: how many candidates were analysed for all others;
    `singly`: how many were computed one by one, because what they do cannot be followed; `trouble`: the smallest number of
    these, and why."""

    def __init__(self, question: Question, space: Space) -> None:
        self.question, self.space = question, space
        self.reasons = Reasons()
        self.structures = self.singly = 0
        self.trouble: tuple[int, str] | None = None
        self._numbers = [[numbers_in(option) for option in axis.options] for axis in space.axes]
        self.leaves = self._find_leaves()
        self._group: Any = None  # that of the structures that are known
        self._known: list[Known] = []

    def _find_leaves(self) -> dict[tuple[int, int], tuple[int, NDArray[Any]]]:
        """For every number that is on tapes, by its axis and its place in an option, its values."""
        made = {}
        for axis, options in enumerate(self._numbers):
            if not self.is_mixed(axis):
                for place, values in enumerate(zip(*options, strict=True)):
                    fits = all([isinstance(value, float) or -(2**63) <= value < 2**63 for value in values])
                    made[axis, place] = axis, np.array(values, None if fits else object)
        return made

    def is_mixed(self, axis: int) -> bool:
        """Whether the options of an axis are no numbers, or of several types."""
        options = self.space.axes[axis].options
        return not self._numbers[axis][0] or len({outline(option) for option in options}) > 1

    # ---- what decides the structure ------------------------------------------------------------------------
    def find_grouped(self, candidates: Candidates) -> tuple[int, ...]:
        """The axes by which candidates are grouped."""
        mixed = [axis for axis in range(len(self.space.axes)) if self.is_mixed(axis)]
        pinned: dict[int, int] = {}
        random = np.random.default_rng(0)
        for probe in range(PROBES):
            digits = [0 if probe == 0 else int(random.integers(size)) for size in self.space.sizes]
            for axis in self._find_pinned(digits, mixed):
                pinned[axis] = pinned.get(axis, 0) + 1
        grouped = [*mixed]
        groups = 1
        for axis in mixed:
            groups *= self.space.sizes[axis]
        for axis in sorted(pinned, key=lambda axis: (-pinned[axis], self.space.sizes[axis])):
            groups *= self.space.sizes[axis]
            if groups * LEAST_ROWS > candidates.grouped_at_once:
                break
            grouped.append(axis)
        return tuple(sorted(grouped))

    def _find_pinned(self, digits: Sequence[int], grouped: Sequence[int]) -> set[int]:
        try:
            tape = trace(self.question, self.begin(digits, grouped)).tape
        except Exception:
            return set()
        found: set[int] = set()
        waiting = [*tape.pins]
        seen: set[int] = set()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            operation, *operands = tape.expressions[place]
            if operation == "leaf":
                found.add(operands[0][0])
            elif operation != "const":
                waiting += operands
        return found

    def begin(self, digits: Sequence[int], grouped: Sequence[int]) -> dict[str, Any]:
        """The parameters of a candidate, with the numbers of axes that are not grouped to begin tapes with."""
        values = []
        for number, (axis, digit) in enumerate(zip(self.space.axes, digits, strict=True)):
            option = axis.options[digit]
            values.append(option if number in grouped else _mark(option, number, [0]))
        return self.space.combine(values)

    # ---- candidates ----------------------------------------------------------------------------------------
    def run(self, candidates: Candidates) -> Iterator[Batch]:
        """What all candidates come to, some at a time."""
        for part in candidates.cut(self.find_grouped(candidates), 1):
            yield from self.compute(part)

    def compute(self, part: Part) -> Iterator[Batch]:
        """What the candidates of a part come to, a chunk at a time. The structures of the last group are at hand for the next
        part."""
        sizes = [1 if axis in part.axes else size for axis, size in enumerate(self.space.sizes)]
        for chunk in part.chunks():
            if self._group != (part.axes, chunk.key):
                self._group, self._known = (part.axes, chunk.key), []
            limit = max(64, min(LARGEST_TABLE, chunk.rows // 4))
            yield self._compute(chunk.digits, part.axes, sizes, self._known, limit)

    def _compute(
        self, digits: list[NDArray[np.intp]], grouped: Sequence[int], sizes: Sequence[int], known: list[Known], limit: int
    ) -> Batch:  # fmt: skip
        count = len(digits[0]) if digits else 1
        table = Columns(count, len(self.question.quantities))
        left = np.arange(count)
        for structure in [*known]:
            if not len(left):
                break
            left = self._apply(structure, digits, left, sizes, table)
        while len(left):
            first = [int(digit[left[0]]) for digit in digits]
            learnt = self._learn(first, grouped, sizes, limit)
            before = len(left)
            if learnt is not None:
                left = self._apply(learnt, digits, left, sizes, table)
                if len(left) < before:
                    known.append(learnt)
                    continue
                self._note_trouble(first, "a candidate does not satisfy its own guards")
            self._compute_one(first, int(left[0]), table)
            left = left[1:]
        return Batch(digits, table.legal, table.reasons, table.read())

    def _learn(self, digits: Sequence[int], grouped: Sequence[int], sizes: Sequence[int], limit: int) -> Known | None:
        """The structure of a candidate; None where it cannot be followed."""
        try:
            structure = trace(self.question, self.begin(digits, grouped))
        except Exception as error:
            self._note_trouble(digits, f"{type(error).__name__}: {error}")
            return None
        self.structures += 1
        outputs = [
            number.expression
            for values in structure.answer.figures
            for number in values or ()
            if isinstance(number, Taped)
        ]
        replay = Replay(structure.tape, self.leaves, sizes, outputs, limit)
        return Known(structure, replay, self._find_reason(structure.answer))

    def _note_trouble(self, digits: Sequence[int], why: str) -> None:
        trouble = find_number(digits, self.space.sizes), why
        self.trouble = trouble if self.trouble is None else min(self.trouble, trouble)

    def _find_reason(self, answer: Answer) -> int:
        return -1 if answer.error is None else self.reasons.number(answer.error)

    def _apply(
        self, known: Known, digits: list[NDArray[np.intp]], left: NDArray[Any], sizes: Sequence[int], table: Columns
    ) -> NDArray[Any]:  # fmt: skip
        """Answer for those candidates left that have a structure, and return the others."""
        whole = len(left) == table.count
        rows = Rows(digits if whole else [digit[left] for digit in digits], sizes, len(left))
        fits = known.replay.fits(rows)
        if not fits.any():
            return left
        if not fits.all():
            kept = left[fits]
            rows = Rows([digit[kept] for digit in digits], sizes, len(kept))
        else:
            kept = left
        place: Any = slice(None) if len(kept) == table.count else kept
        if known.reason >= 0:
            table.refuse(place, known.reason)
        else:
            values = iter(known.replay.values(rows))
            table.fill(
                place,
                [
                    None if quantity is None
                    else [next(values) if isinstance(number, Taped) else number for number in quantity]
                    for quantity in known.answer.figures
                ],
            )  # fmt: skip
        return left[~fits]

    def _compute_one(self, digits: Sequence[int], row: int, table: Columns) -> None:
        """Answer for one candidate alone."""
        self.singly += 1
        answer = find_answer(self.question, self.space.candidate(digits))
        if answer.error is not None:
            table.refuse(row, self._find_reason(answer))
        else:
            table.fill(row, answer.figures)


class Columns:
    """The answers for some candidates, while they come in."""

    def __init__(self, count: int, quantities: int) -> None:
        self.count = count
        self.legal = np.zeros(count, bool)
        self.reasons = np.full(count, -1, np.int32)
        self.figures: list[list[NDArray[Any]]] = [[] for _ in range(quantities)]
        self.known: list[list[NDArray[np.bool_]]] = [[] for _ in range(quantities)]

    def refuse(self, place: Any, reason: int) -> None:
        self.reasons[place] = reason

    def fill(self, place: Any, figures: Sequence[Sequence[Any] | None]) -> None:
        """Enter the values of every quantity for candidates that are legal."""
        self.legal[place] = True
        for quantity, values in enumerate(figures):
            for number, value in enumerate(values or ()):
                self._enter(quantity, number, place, value)

    def _enter(self, quantity: int, number: int, place: Any, value: Any) -> None:
        columns, known = self.figures[quantity], self.known[quantity]
        kind = value.dtype if isinstance(value, np.ndarray) else np.asarray(value).dtype
        if number == len(columns):
            columns.append(np.zeros(self.count, kind))
            known.append(np.zeros(self.count, bool))
        wanted = np.result_type(columns[number].dtype, kind)
        if columns[number].dtype != wanted:
            columns[number] = columns[number].astype(wanted)
        columns[number][place] = value
        known[number][place] = True

    def read(self) -> tuple[list[np.ma.MaskedArray[Any, Any]], ...]:
        return tuple(
            [
                [np.ma.MaskedArray(values, ~known) for values, known in zip(columns, there, strict=True)]
                for columns, there in zip(self.figures, self.known, strict=True)
            ]
        )


def _mark(value: Any, axis: int, seen: list[int]) -> Any:
    """An option whose numbers begin tapes; `seen`: how many there were before."""
    if isinstance(value, (list, tuple)):
        return type(value)([_mark(part, axis, seen) for part in value])
    if type(value) not in (int, float):
        return value
    seen[0] += 1
    return Begin((axis, seen[0] - 1), value)
