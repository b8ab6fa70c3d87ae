"""Steps that are repeated become `* n`, or a loop over a table of the values that change.

A sequence is cut into runs of steps of one outline. A loop is a stretch of runs whose outlines come again right behind it;
the lengths of the runs may differ, and become a column of the table (blocks per stage).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.layers.base import Layer
from cnnspec.spec_writer.antiunify import Common, find_common, find_differing, find_loops
from cnnspec.spec_writer.draft import (
    DraftStep,
    LayerStep,
    LoopStep,
    NameStep,
    RepeatStep,
    Steps,
    count_characters,
    fill_slots,
    find_outline,
    find_slots,
    walk_steps,
)
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


def fold_repeats(steps: Steps, reads: Counter[str], in_branch: bool = False) -> Steps:
    """The sequence with all its repetitions folded, those inside branches and bodies first.

    Repetitions without a change come before loops. A branch has no loops: repetitions with a change become blocks there.
    """
    steps = tuple(
        [step.with_bodies([fold_repeats(b, reads, isinstance(step, LayerStep)) for b in step.bodies]) for step in steps]
    )
    for kinds in ({EXACT, RUN},) if in_branch else ({EXACT}, {EXACT, RUN, LOOP}):
        while found := find_best(split_runs(steps), reads, kinds):
            cut = split_runs(steps)
            before = [step for run in cut[: found.begin] for step in run]
            after = [step for run in cut[found.end :] for step in run]
            steps = (*before, *found.steps, *after)
    return steps


def split_runs(steps: Steps) -> list[Run]:
    """The sequence, cut where the outline changes."""
    found: list[list[DraftStep]] = []
    for step in steps:
        if found and found[-1][0].outline == step.outline:
            found[-1].append(step)
        else:
            found.append([step])
    return [tuple(run) for run in found]


def find_best(found: list[Run], reads: Counter[str], kinds: set[str]) -> Folded | None:
    """The folding that saves most, of the kinds that are wanted."""
    candidates: list[Folded] = []
    if RUN in kinds:
        for number, run in enumerate(found):
            if len(run) > 1 and (folded := fold_sequences([(step,) for step in run], reads)):
                candidates.append(Folded(number, number + 1, folded, count_characters(run) - count_characters(folded)))
    for begin, period, times in find_stretches([run[0].outline for run in found]):
        end = begin + period * times
        if isinstance(found[begin][0], NameStep) or is_cut(found, begin) or is_cut(found, end):
            continue
        folded = fold_stretch([found[i : i + period] for i in range(begin, end, period)], reads)
        if folded:
            candidates.append(
                Folded(begin, end, folded, sum(map(count_characters, found[begin:end])) - count_characters(folded))
            )
    worth = [c for c in candidates if is_wanted(c, kinds)]
    return max(worth, key=lambda c: c.gain * (1.1 if ends_well(c.steps[0].bodies[0][-1]) else 1), default=None)


def is_wanted(candidate: Folded, kinds: set[str]) -> bool:
    """Whether a folding is of a wanted kind and makes the text better: a loop must save enough characters."""
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


def find_stretches(outlines: list[int]) -> Iterator[tuple[int, int, int]]:
    """The places where a piece is repeated, as (begin, length of the piece, times)."""
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


def is_cut(found: list[Run], at: int) -> bool:
    """Whether a place between two runs parts steps that belong together: a convolution and its normalisation."""
    return 0 < at < len(found) and is_joined(found[at - 1][-1], found[at][0])


def is_joined(before: DraftStep, after: DraftStep) -> bool:
    """Whether a step belongs to the one before: an activation to any layer, a normalisation to its convolution."""
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
        changing = {place for run in cut for place in find_differing(run)}
        if not changing:
            for steps, run in zip(made, column, strict=True):
                steps.append(RepeatStep(unite_steps(run), len(run)))
            continue
        for steps, run in zip(made, cut, strict=True):
            inner = find_common(run, height(run[0]), reads, labels_vary=False, changing=changing)
            if inner is None or len(inner.variables) > WIDEST // 2:
                return None
            steps.append(make_loop(inner))
    return fold_sequences([tuple(steps) for steps in made], reads)


def unite_steps(run: Run) -> Steps:
    """The one step that several equal ones are."""
    made = fill_slots(run[:1], iter([slot.value for slot in find_slots(run[:1])]))
    for step, *others in zip(walk_steps(made), *[walk_steps((other,)) for other in run[1:]], strict=True):
        step.add_origins(others)
    return made


def fold_sequences(iterations: list[Steps], reads: Counter[str]) -> Steps | None:
    """Sequences of one outline as a repetition or a loop."""
    if any(find_outline(i) != find_outline(iterations[0]) for i in iterations):
        return None
    found = find_common(iterations, height(iterations[0]), reads)
    if found is None or len(found.variables) > WIDEST:
        return None
    return (make_loop(found),)


def make_loop(found: Common) -> DraftStep:
    """The loop over what some sequences have in common; a repetition where nothing changes but the channels that enter."""
    if not found.variables:
        return RepeatStep(found.body, len(found.rows))
    return LoopStep(found.variables, table(list(found.rows)), found.body)


def table(rows: list[tuple[object, ...]]) -> Rows:
    """The rows of a loop: plain values where there is one variable."""
    return Rows([row[0] if len(row) == 1 else Row(row) for row in rows])


def height(steps: Steps) -> int:
    """The scope of the variables of a loop around a sequence."""
    return 1 + max((loop.height for loop in find_loops(steps)), default=0)
