"""What stands several times in a row becomes `* n`, or a loop over a table of what changes.

A sequence is seen as runs: a step, as often as it follows itself. A loop is a stretch of runs whose outlines come
again right behind it; the runs' lengths may differ, and become a column of the table (blocks a stage).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.layers.base import Layer
from cnnspec.spec_writer.antiunify import common, differing, loops_in
from cnnspec.spec_writer.draft import DraftStep, LayerStep, LoopStep, NameStep, RepeatStep, Steps, outline, size
from cnnspec.spec_writer.slot_values import Row, Rows

LONGEST = 40  # runs in the body of a loop
WIDEST = 6  # columns of a table
GAIN = 16  # characters that a loop has to save
EXACT, RUN, LOOP = "exact", "run", "loop"  # several steps repeated as they are, one step repeated, and with changes

Run = tuple[DraftStep, ...]  # steps of one outline


class Folded(NamedTuple):
    """Steps in place of the runs `begin` up to `end`, and how many characters that saves."""

    begin: int
    end: int
    steps: Steps
    gain: int


def fold(steps: Steps, reads: Counter[str], in_branch: bool = False) -> Steps:
    """The sequence with all its repetitions folded, those inside branches and bodies first.

    What repeats without a change comes before loops. A branch has no loops: there, what changes makes a block.
    """
    steps = tuple(
        [step.with_bodies([fold(b, reads, isinstance(step, LayerStep)) for b in step.bodies]) for step in steps]
    )
    for kinds in ({EXACT, RUN},) if in_branch else ({EXACT}, {EXACT, RUN, LOOP}):
        while found := best(runs(steps), reads, kinds):
            cut = runs(steps)
            before = [step for run in cut[: found.begin] for step in run]
            after = [step for run in cut[found.end :] for step in run]
            steps = (*before, *found.steps, *after)
    return steps


def runs(steps: Steps) -> list[Run]:
    """The sequence, cut where the outline changes."""
    found: list[list[DraftStep]] = []
    for step in steps:
        if found and found[-1][0].outline == step.outline:
            found[-1].append(step)
        else:
            found.append([step])
    return [tuple(run) for run in found]


def best(found: list[Run], reads: Counter[str], kinds: set[str]) -> Folded | None:
    """The folding that saves most, of the kinds that are wanted."""
    candidates: list[Folded] = []
    if RUN in kinds:
        for number, run in enumerate(found):
            if len(run) > 1 and (folded := fold_sequences([(step,) for step in run], reads)):
                candidates.append(Folded(number, number + 1, folded, size(run) - size(folded)))
    for begin, period, times in stretches([run[0].outline for run in found]):
        end = begin + period * times
        if isinstance(found[begin][0], NameStep) or cuts(found, begin) or cuts(found, end):
            continue
        folded = fold_stretch([found[i : i + period] for i in range(begin, end, period)], reads)
        if folded:
            candidates.append(Folded(begin, end, folded, sum(map(size, found[begin:end])) - size(folded)))
    worth = [c for c in candidates if is_wanted(c, kinds)]
    return max(worth, key=lambda c: c.gain * (1.1 if ends_well(c.steps[0].bodies[0][-1]) else 1), default=None)


def is_wanted(candidate: Folded, kinds: set[str]) -> bool:
    """Whether a folding is of a kind that is looked for, and, of a loop, one that reads better than what it folds."""
    step = candidate.steps[0]
    if isinstance(step, LoopStep):
        return LOOP in kinds and candidate.gain >= GAIN and (len(step.rows) > 2 or len(step.variables) < 3)
    return candidate.gain > 0


def ends_well(step: DraftStep) -> bool:
    """Whether a body ends where papers end a block: with a merge or a pool."""
    while isinstance(step, (RepeatStep, LoopStep)):
        step = step.bodies[0][-1]
    return isinstance(step, LayerStep) and (step.layer.merges or is_pool(step))


def is_pool(step: DraftStep) -> bool:
    """Whether a step slides a window without weights."""
    return (
        isinstance(step, LayerStep)
        and step.layer.windows is not Layer.windows
        and step.layer.own_weights is Layer.own_weights
    )


def stretches(outlines: list[int]) -> Iterator[tuple[int, int, int]]:
    """Where a piece comes again right behind itself, as (begin, length of the piece, times)."""
    for period in range(2, min(LONGEST, len(outlines) // 2) + 1):
        begin = 0
        while begin + 2 * period <= len(outlines):
            end = begin
            while end + period < len(outlines) and outlines[end] == outlines[end + period]:
                end += 1
            times = (end - begin) // period + 1
            if times > 1:
                for offset in range((end - begin) % period + 1):
                    yield begin + offset, period, times
            begin = end + 1


def cuts(found: list[Run], at: int) -> bool:
    """Whether a place between two runs parts a layer from what belongs to it: a convolution from its normalisation."""
    return 0 < at < len(found) and belongs(found[at - 1][-1], found[at][0])


def belongs(before: DraftStep, after: DraftStep) -> bool:
    """Whether a step goes with the one before it: an activation with anything, normalisation with its convolution."""
    if not isinstance(after, LayerStep) or not after.layer.in_place or not isinstance(before, LayerStep):
        return False
    if after.layer.ends_in is not Layer.ends_in:
        return True
    return after.layer.own_weights is not Layer.own_weights and not before.layer.merges


def fold_stretch(iterations: list[list[Run]], reads: Counter[str]) -> Steps | None:
    """Iterations of as many runs as one loop. A run that is longer in some iteration is folded in each of them."""
    columns = list(zip(*iterations, strict=True))
    made: list[list[DraftStep]] = [[] for _ in iterations]
    for column in columns:
        if all(len(run) == 1 for run in column):
            for steps, run in zip(made, column, strict=True):
                steps.append(run[0])
            continue
        cut: list[list[Steps]] = [[(step,) for step in run] for run in column]
        changing = {place for run in cut for place in differing(run)}
        if not changing:
            for steps, run in zip(made, column, strict=True):
                steps.append(RepeatStep(run[:1], len(run)))
            continue
        for steps, run in zip(made, cut, strict=True):
            inner = common(run, height(run[0]), reads, labels_vary=False, changing=changing)
            if inner is None or len(inner.variables) > WIDEST // 2:
                return None
            steps.append(LoopStep(inner.variables, table(list(inner.rows)), inner.body))
    return fold_sequences([tuple(steps) for steps in made], reads)


def fold_sequences(iterations: list[Steps], reads: Counter[str]) -> Steps | None:
    """Sequences of one outline as a repetition or a loop."""
    if any(outline(i) != outline(iterations[0]) for i in iterations):
        return None
    found = common(iterations, height(iterations[0]), reads)
    if found is None or len(found.variables) > WIDEST:
        return None
    if not found.variables:
        return (RepeatStep(found.body, len(iterations)),)
    return (LoopStep(found.variables, table(list(found.rows)), found.body),)


def table(rows: list[tuple[object, ...]]) -> Rows:
    """The rows of a loop: plain values where there is one variable."""
    return Rows([row[0] if len(row) == 1 else Row(row) for row in rows])


def height(steps: Steps) -> int:
    """The scope of the variables of a loop around a sequence."""
    return 1 + max((loop.height for loop in loops_in(steps)), default=0)
