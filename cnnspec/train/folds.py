"""A cross-validation: a training for each fold, one after the other, in one folder; and going on with it.

The data are read once. Every fold is a run of its own, so that a stop loses nothing, and each can be resumed, measured and used as any other.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.shell_words import quote_path
from cnnspec.train.data.prepare import read_raw
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.resume import check_data
from cnnspec.train.run import train
from cnnspec.train.runs.folds import find_fold_runs, name_fold
from cnnspec.train.runs.listing import read_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.train.data.examples import Raw
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines
    from cnnspec.train.run import Outcome
    from cnnspec.train.runs.listing import Run


class ReadOnce:
    """What reads a data set when it is first asked for, and yields it again after that. Raises TrainingFailed where it is not that
    of `run`."""

    def __init__(self, run: Run | None = None) -> None:
        self.run = run
        self.raw: Raw | None = None

    def __call__(self, plan: TrainingPlan, note: Callable[[str], None]) -> Raw:
        if self.raw is None:
            self.raw = read_raw(plan, note)
            if self.run is not None:
                check_data(self.run.path, self.run.record, self.raw.fingerprint())
        return self.raw


def check_folds(plan: TrainingPlan) -> None:
    """Raises TrainingFailed for what goes with one training alone."""
    refuse_output(plan.output)
    if plan.cluster is not None:
        raise TrainingFailed("folds are trained by one process", "leave --processes out, or give each a --fold", 2)


def refuse_output(path: str | None) -> None:
    """Raises TrainingFailed for one place where the models of all folds would be saved."""
    if path is not None:
        raise TrainingFailed(
            f"{path} would be the model of one of the folds", "leave -o out; each fold keeps its own", 2
        )


def train_folds(plan: TrainingPlan, shown: Lines) -> Iterator[Outcome]:
    """Train each fold of the plan's settings in turn, in a new folder; what came of each, up to one that was stopped.

    Raises TrainingFailed as `run.train` does.
    """
    check_folds(plan)
    read, above = ReadOnce(), None
    for number in range(1, (plan.settings.folds or 0) + 1):
        if above is None:
            own = plan_fold(plan, number).replace(inside=name_fold(number))
        else:
            own = plan_fold(plan, number).replace(run_dir=os.path.join(above, name_fold(number)))
        outcome = train_fold(own, shown, read, above)
        above = outcome.folds
        yield outcome
        if outcome.stopped:
            return


def plan_fold(plan: TrainingPlan, number: int) -> TrainingPlan:
    """The plan of one of the folds."""
    assert plan.spec is not None
    spec = plan.spec.replace(overrides={**plan.spec.overrides, "fold": number})
    return plan.replace(settings=plan.settings.replace(fold=number), spec=spec)


def train_fold(plan: TrainingPlan, shown: Lines, read: ReadOnce, above: str | None) -> Outcome:
    """Train one of the folds; `above` is the folder of those that were begun before."""
    shown.note(f"fold {plan.settings.fold}/{plan.settings.folds}")
    outcome = train(plan, shown, read)
    return outcome.replace(folds=above or (outcome.run and os.path.dirname(outcome.run)))


def resume_folds(
    path: str, epochs: int | None, shown: Lines, go_on: Callable[..., Outcome], plan_new: Callable[..., TrainingPlan]
) -> Iterator[Outcome]:
    """Go on with the folds in a folder: finished ones are kept, one that was stopped goes on, those that are missing are trained.

    `go_on(path, epochs, read)` resumes a run; `plan_new(path, epochs)` yields a plan from the run folder of another fold. With
    more `epochs` finished ones go on, too. Raises TrainingFailed.
    """
    begun = {number: read_run(at) for number, at in find_fold_runs(path).items()}
    first = next(iter(begun.values()))
    _check_begun(begun)
    done = max(run.record["epochs"] for run in begun.values())
    if epochs is not None and epochs < done:
        raise TrainingFailed(
            f"{path} has trained {count_nouns(done, 'epoch')} already, more than {epochs}", "give more --epochs", 2
        )
    whole = epochs or max(run.record["settings"]["epochs"] for run in begun.values())
    count = first.record["settings"]["folds"]
    left = [number for number in range(1, count + 1) if number not in begun or not is_done(begun[number].record, whole)]
    if not left:
        message = f"{path} is finished, with {count} folds"
        raise TrainingFailed(message, f"to go on, give more: cnnspec resume {quote_path(path)} --epochs {2 * whole}", 2)
    read = ReadOnce(first)
    for number in left:
        if number in begun:
            shown.note(f"fold {number}/{count}")
            outcome = go_on(begun[number].path, whole, read).replace(folds=path)
        else:
            plan = plan_fold(plan_new(first.path, whole), number)
            outcome = train_fold(plan.replace(run_dir=os.path.join(path, name_fold(number))), shown, read, path)
        yield outcome
        if outcome.stopped:
            return


def _check_begun(begun: dict[int, Run]) -> None:
    """Raises TrainingFailed for run folders that are not those of the folds of one training."""
    counts = []
    for number, run in begun.items():
        if run.wrong:
            raise TrainingFailed(run.wrong, "", 2)
        settings = run.record["settings"]
        counts.append(settings.get("folds"))
        if settings.get("fold") != number or counts[0] is None or counts[-1] != counts[0]:
            raise TrainingFailed(f"{run.path} is not fold {number} of those beside it", "resume it alone", 2)


def is_done(record: dict[str, Any], epochs: int) -> bool:
    """Whether a run is finished, and so many epochs more would not change it: a callback may have ended it."""
    ended_early = record["epochs"] < record["settings"]["epochs"]
    return record["status"] == "finished" and bool(ended_early or record["epochs"] >= epochs)
