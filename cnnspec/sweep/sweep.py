"""A sweep: all candidates of a space or some of them, what is legal, what meets conditions, and the best of that."""

from __future__ import annotations

from time import process_time

from cnnspec.base.record import Record
from cnnspec.sweep.candidates import ROWS, Sample, Whole, find_digits
from cnnspec.sweep.histogram import make_histogram
from cnnspec.sweep.named import check_conditions
from cnnspec.sweep.partial import nothing_done, sort_front
from cnnspec.sweep.reasons import Reason
from cnnspec.sweep.reducer import Reducer
from cnnspec.sweep.remote import LOCK, SweepBroken, write_setup
from cnnspec.sweep.structure import find_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from cnnspec.sweep.candidates import Candidates
    from cnnspec.sweep.conditions import Condition
    from cnnspec.sweep.crew import Crew
    from cnnspec.sweep.histogram import Histogram
    from cnnspec.sweep.partial import Partial
    from cnnspec.sweep.rows import Kept, Key
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.structure import Question

TOO_MANY = 10**9  # candidates that are all gone through
INSTEAD = "draw some with --sample 1e6, find the best with `cnnspec solve`, or take fewer options"
MOST_CHUNKS = 8  # that another process is given at once


class Request(Record):
    """What a sweep is asked: the candidates (of a `sample`, so many of the space, drawn with the seed), the conditions that they
    must meet, how many of the `top` by keys, the keys of the Pareto front, none for no front, and those of histograms."""

    question: Question
    space: Space
    conditions: tuple[Condition, ...] = ()
    by: tuple[Key, ...] = ()
    top: int = 10
    front: tuple[Key, ...] = ()
    sample: int | None = None
    seed: int = 0
    histograms: tuple[Key, ...] = ()
    constants: tuple[tuple[str, Any], ...] = ()  # the parameters that are the same for all, and their defaults


class Found(Record):
    """What a sweep found. Of `done` candidates, all `asked` unless it was stopped, so many are legal and kept; `reasons` why
    others are illegal, with counts, the most frequent first; the example is that with the smallest number. `unmet`: how many legal
    ones failed each condition first; `divided`: how many of these because they divide by zero. `structures`, `singly`: see
    Engine; each process analyses for itself. `trouble`: why one had to be computed singly. `seconds`: CPU time of all processes."""

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
    histograms: tuple[Histogram, ...]
    structures: int
    singly: int
    trouble: str
    seconds: float


class TooManyCandidates(ValueError):
    """A space that is too large to go through; the message is a sentence."""


def run_sweep(
    request: Request, step: Callable[[int], None] | None = None, keepers: Sequence[Callable[[Kept], None]] = (),
    crew: Crew | None = None,
) -> Found:  # fmt: skip
    """Go through all candidates. `step` is told how many more are done, the `keepers` what is kept of them. With a crew other
    processes compute them, and find the same. A KeyboardInterrupt ends the sweep with what is done. Raises TooManyCandidates,
    BadCondition for conditions that make no sense, and SweepBroken where a crew cannot go on."""
    began = process_time()
    candidates = choose_candidates(request)
    reducer = Reducer(request, bool(keepers))
    check_conditions(request)
    found = nothing_done(request)
    broken: SweepBroken | None = None
    try:
        for partial in compute_parts(candidates, reducer, crew):
            for keep in keepers:
                keep(partial.rows)
            found = found.join(partial, request)
            if step is not None:
                step(partial.done)
    except KeyboardInterrupt:
        pass
    except SweepBroken as error:
        broken = error
    elsewhere = found.seconds if crew is not None else 0.0
    made = write_found(found, candidates.count, request).replace(seconds=process_time() - began + elsewhere)
    if broken is not None:
        broken.found = made if made.done else None
        raise broken
    return made


def compute_parts(candidates: Candidates, reducer: Reducer, crew: Crew | None) -> Iterator[Partial]:
    """What all candidates come to, a part at a time."""
    grouped = reducer.engine.find_grouped(candidates)
    if crew is None:
        yield from map(reducer.reduce, candidates.cut(grouped, 1))
        return
    chunks = candidates.count // ROWS // (MOST_CHUNKS * crew.workers)
    parts = candidates.cut(grouped, max(1, min(chunks, MOST_CHUNKS)))
    yield from crew.compute(write_setup(reducer.request, reducer.rows), parts)


def choose_count(request: Request) -> int:
    """How many candidates there are to go through."""
    return min(request.space.count, request.sample or request.space.count)


def choose_candidates(request: Request) -> Candidates:
    check_count(request)
    if request.sample is not None and request.sample < request.space.count:
        return Sample(request.space, request.sample, request.seed)
    return Whole(request.space)


def check_request(request: Request) -> None:
    """What is found before anything is computed: TooManyCandidates, and BadCondition for conditions that make no sense."""
    check_count(request)
    check_conditions(request)


def check_count(request: Request) -> None:
    """Raise TooManyCandidates where that is so."""
    space = request.space
    if choose_count(request) > TOO_MANY:
        raise TooManyCandidates(
            f"the space has {space.count:,} candidates, more than the {TOO_MANY:,} that are gone through: {INSTEAD}"
        )


def write_found(found: Partial, asked: int, request: Request) -> Found:
    """What all candidates that are done came to."""
    reasons = sorted(found.refused.values(), key=lambda pair: (-pair[0], pair[1]))
    return Found(
        request, asked, found.done, found.legal, found.kept,
        tuple([(find_reason(number, request), count) for count, number in reasons]), found.unmet, found.divided,
        found.best, sort_front(found.front, request) if request.front else found.front,
        tuple([make_histogram(key, tally) for key, tally in zip(request.histograms, found.tallies, strict=True)]),
        found.structures, found.singly, found.trouble[1] if found.trouble else "", found.seconds,
    )  # fmt: skip


def find_reason(number: int, request: Request) -> Reason:
    """The reason why a candidate is illegal."""
    example = request.space.candidate(find_digits(number, request.space.sizes))
    with LOCK:
        error = find_answer(request.question, example).error
    assert error is not None, "what is illegal has an error"
    return Reason(error, example)
