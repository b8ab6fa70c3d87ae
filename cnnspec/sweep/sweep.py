"""A sweep: all candidates of a space or some of them, what is legal, what meets conditions, and the best of that."""

from __future__ import annotations

from time import process_time

import numpy as np

from cnnspec.base.record import Record
from cnnspec.sweep.candidates import Sample, Whole, find_numbers
from cnnspec.sweep.engine import Engine
from cnnspec.sweep.met import Met, Options
from cnnspec.sweep.pareto import find_front
from cnnspec.sweep.rows import Kept, find_best, find_key, none_kept
from cnnspec.sweep.structure import Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.sweep.conditions import Condition
    from cnnspec.sweep.engine import Batch
    from cnnspec.sweep.reasons import Reason
    from cnnspec.sweep.rows import Key
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.structure import Question

TOO_MANY = 10**9  # candidates that are all gone through


class Request(Record):
    """What a sweep is asked: the candidates (of a `sample`, so many of the space, drawn with the seed), the conditions that they
    must meet, how many of the `top` by keys, and the keys of the Pareto front, none for no front."""

    question: Question
    space: Space
    conditions: tuple[Condition, ...] = ()
    by: tuple[Key, ...] = ()
    top: int = 10
    front: tuple[Key, ...] = ()
    sample: int | None = None
    seed: int = 0
    constants: tuple[tuple[str, Any], ...] = ()  # the parameters that are the same for all, and their defaults


class Found(Record):
    """What a sweep found. Of `done` candidates, all `asked` unless it was stopped, so many are legal and kept; `reasons` why
    others are illegal, with counts, the most frequent first. `unmet`: how many legal ones failed each condition first;
    `divided`: how many of these because they divide by zero. `singly` and `trouble`: see Engine."""

    request: Request
    asked: int
    done: int
    legal: int
    kept: int
    reasons: tuple[tuple[Reason, int], ...]
    unmet: tuple[int, ...]
    divided: int
    best: Kept
    front: Kept
    structures: int
    singly: int
    trouble: str
    seconds: float


class TooManyCandidates(ValueError):
    """A space that is too large to go through; the message is a sentence."""


def run_sweep(
    request: Request, step: Callable[[int], None] | None = None, keepers: Sequence[Callable[[Kept], None]] = ()
) -> Found:
    """Go through all candidates. `step` is told how many more are done, the `keepers` what is kept of them. A KeyboardInterrupt
    ends the sweep with what is done. Raises TooManyCandidates, and BadCondition for conditions that make no sense."""
    began = process_time()
    candidates = choose_candidates(request)
    check_conditions(request)
    sweep = _Sweep(request)
    try:
        for batch in sweep.engine.run(candidates):
            kept = sweep.take(batch)
            for keep in keepers:
                keep(kept)
            if step is not None:
                step(batch.count)
    except KeyboardInterrupt:
        pass
    return sweep.find(candidates.count, process_time() - began)


def choose_count(request: Request) -> int:
    """How many candidates there are to go through."""
    return min(request.space.count, request.sample or request.space.count)


def choose_candidates(request: Request) -> Whole | Sample:
    space = request.space
    if request.sample is not None and request.sample < space.count:
        return Sample(space, request.sample, request.seed)
    if space.count > TOO_MANY:
        raise TooManyCandidates(
            f"the space has {space.count:,} candidates, more than the {TOO_MANY:,} that are gone through:"
            " draw some with --sample 1e6, or take fewer options"
        )
    return Whole(space)


class _Sweep:
    """A sweep while it runs."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.engine = Engine(request.question, request.space)
        self.quantities = request.question.quantities
        self.parameters = list_parameters(request)
        self.done = self.legal = self.kept = self.divided = 0
        self.unmet = [0] * len(request.conditions)
        self.refused: dict[int, int] = {}
        self.best = self.front = none_kept(len(request.space.axes), len(self.quantities))

    def take(self, batch: Batch) -> Kept:
        """Count a batch, and keep of it what meets the conditions."""
        self.done += batch.count
        self.legal += int(batch.legal.sum())
        for reason, count in zip(*np.unique(batch.reasons[~batch.legal], return_counts=True), strict=True):
            self.refused[int(reason)] = self.refused.get(int(reason), 0) + int(count)
        found = batch.legal.copy()
        if self.request.conditions:
            figures = name_figures(dict(zip(self.quantities, batch.figures, strict=True)))
            met = Met({**name_parameters(self.request, batch.digits), **figures}, batch.count, self.parameters)
            for number, condition in enumerate(self.request.conditions):
                meets = found & met.meets(condition)
                self.unmet[number] += int(found.sum() - meets.sum())
                self.divided += int((found & met.divided).sum())
                found = meets
        kept = Kept.of(batch, found)
        self.kept += kept.count
        if self.request.top:
            self.best = self._find_best(self.best.join(kept))
        if self.request.front:
            self.front = self._find_front(self.front.join(kept))
        return kept

    def _find_best(self, kept: Kept) -> Kept:
        keys = [find_key(kept, key, self.request.space, self.quantities) for key in self.request.by]
        return kept.take(find_best(keys, find_numbers(kept.digits, self.request.space.sizes), self.request.top))

    def _find_front(self, kept: Kept) -> Kept:
        """The front, in the order of the candidates' numbers, so that of equal ones the first is kept."""
        space = self.request.space
        kept = kept.take(find_best([], find_numbers(kept.digits, space.sizes), kept.count))
        keys = [find_key(kept, key, space, self.quantities) for key in self.request.front]
        known = np.flatnonzero(~np.logical_or.reduce([np.ma.getmaskarray(key) for key in keys]))
        return kept.take(known[find_front([np.ma.getdata(key)[known] for key in keys])])

    def find(self, asked: int, seconds: float) -> Found:
        engine = self.engine
        counts = sorted(self.refused.items(), key=lambda pair: -pair[1])
        front = self.front
        if self.request.front:
            keys = [find_key(front, key, self.request.space, self.quantities) for key in self.request.front]
            front = front.take(find_best(keys, find_numbers(front.digits, self.request.space.sizes), front.count))
        return Found(
            self.request, asked, self.done, self.legal, self.kept,
            tuple([(engine.reasons.found[reason], count) for reason, count in counts]), tuple(self.unmet), self.divided,
            self.best, front, engine.structures, engine.singly, engine.trouble, seconds,
        )  # fmt: skip


def check_conditions(request: Request) -> None:
    """Work the conditions out for a candidate that may be none, so that what makes no sense is told at once: BadCondition."""
    one = np.ma.MaskedArray(np.ones(1, np.int64))
    true = np.ma.MaskedArray(np.ones(1, bool))
    figures = {quantity: [true if quantity.is_flag else one] for quantity in request.question.quantities}
    digits = [np.zeros(1, np.intp)] * len(request.space.axes)
    met = Met({**name_parameters(request, digits), **name_figures(figures)}, 1, list_parameters(request))
    for condition in request.conditions:
        met.meets(condition)


def list_parameters(request: Request) -> Sequence[str]:
    """The names of the parameters that conditions may speak of."""
    axes = [axis.parameter for axis in request.space.axes]
    derived = [quantity.name for quantity in request.question.quantities if isinstance(quantity, Parameter)]
    return [*dict(request.constants), *request.space.fixed, *axes, *derived]


def name_parameters(request: Request, digits: Sequence[NDArray[np.intp]]) -> dict[Any, Any]:
    """The parameters of candidates by their names."""
    space = request.space
    constants = {**dict(request.constants), **space.fixed}
    found: dict[Any, Any] = {name: Options((value,), None) for name, value in constants.items()}
    for axis, own in zip(space.axes, digits, strict=True):
        if axis.element is None:
            found[axis.parameter] = Options(axis.options, own)
        else:
            elements = found[axis.parameter]
            if isinstance(elements, Options):
                elements = tuple([Options((part,), None) for part in elements.options[0]])
            found[axis.parameter] = (
                *elements[: axis.element],
                Options(axis.options, own),
                *elements[axis.element + 1 :],
            )
    return found


def name_figures(figures: Mapping[Any, Any]) -> dict[Any, Any]:
    """Figures by what they are of; a parameter by its name."""
    return {key.name if isinstance(key, Parameter) else key: columns for key, columns in figures.items()}
