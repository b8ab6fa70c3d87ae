"""What some candidates of a sweep came to: counts, reasons, the best, the front, tallies. What parts came to is joined to what all came
to, in whichever order: of equal candidates the one with the smallest number is the first."""

from __future__ import annotations

import numpy as np

from cnnspec.base.record import Record
from cnnspec.sweep.candidates import find_numbers
from cnnspec.sweep.pareto import find_front
from cnnspec.sweep.rows import Kept, find_best, find_key, none_kept
from cnnspec.sweep.tally import count_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.sweep.sweep import Request
    from cnnspec.sweep.tally import Tally


class Partial(Record):
    """What so many candidates (`done`) came to. `refused`: how many are illegal for each reason, by its key, and the smallest number
    of these; `trouble`: the smallest number of those that could not be followed, and why. `rows` are all that is kept, where that
    is wanted. `seconds` are of CPU time. The other fields are those of Found."""

    done: int
    legal: int
    kept: int
    refused: Mapping[Any, tuple[int, int]]
    unmet: tuple[int, ...]
    divided: int
    best: Kept
    front: Kept
    tallies: tuple[Tally, ...]
    rows: Kept
    structures: int
    singly: int
    trouble: tuple[int, str] | None
    seconds: float

    def join(self, other: Partial, request: Request) -> Partial:
        """What the candidates of both came to; the `rows` are not kept any longer."""
        refused = {**self.refused}
        for key, (count, number) in other.refused.items():
            before, first = refused.get(key, (0, number))
            refused[key] = before + count, min(first, number)
        troubles = [trouble for trouble in (self.trouble, other.trouble) if trouble is not None]
        return Partial(
            self.done + other.done,
            self.legal + other.legal,
            self.kept + other.kept,
            refused,
            tuple([a + b for a, b in zip(self.unmet, other.unmet, strict=True)]),
            self.divided + other.divided,
            choose_best(self.best.join(other.best), request),
            choose_front(self.front.join(other.front), request),
            tuple([a.join(b) for a, b in zip(self.tallies, other.tallies, strict=True)]),
            none_of(request),
            self.structures + other.structures,
            self.singly + other.singly,
            min(troubles, default=None),
            self.seconds + other.seconds,
        )


def nothing_done(request: Request) -> Partial:
    """Where a sweep begins."""
    none = none_of(request)
    unmet = (0,) * len(request.conditions)
    return Partial(0, 0, 0, {}, unmet, 0, none, none, count_all(none, request), none, 0, 0, None, 0.0)


def none_of(request: Request) -> Kept:
    return none_kept(len(request.space.axes), len(request.question.quantities))


def choose_best(kept: Kept, request: Request) -> Kept:
    """The first so many of some candidates."""
    if not request.top or not kept.count:
        return none_of(request)
    keys = [find_key(kept, key, request.space, request.question.quantities) for key in request.by]
    return kept.take(find_best(keys, find_numbers(kept.digits, request.space.sizes), request.top))


def choose_front(kept: Kept, request: Request) -> Kept:
    """Those of some candidates that no other of them beats, by their numbers, so that of equal ones the first is kept."""
    if not request.front or not kept.count:
        return none_of(request)
    kept = kept.take(find_best([], find_numbers(kept.digits, request.space.sizes), kept.count))
    keys = [find_key(kept, key, request.space, request.question.quantities) for key in request.front]
    known = np.flatnonzero(~np.logical_or.reduce([np.ma.getmaskarray(key) for key in keys]))
    return kept.take(known[find_front([np.ma.getdata(key)[known] for key in keys])])


def sort_front(front: Kept, request: Request) -> Kept:
    """A front in the order of its keys."""
    keys = [find_key(front, key, request.space, request.question.quantities) for key in request.front]
    return front.take(find_best(keys, find_numbers(front.digits, request.space.sizes), front.count))


def count_all(kept: Kept, request: Request) -> tuple[Tally, ...]:
    """How the figures of some candidates are distributed, one tally for each histogram that is asked for."""
    from cnnspec.sweep.histogram import find_base

    quantities = request.question.quantities
    return tuple(
        [count_values(find_key(kept, key, request.space, quantities), find_base(key)) for key in request.histograms]
    )
