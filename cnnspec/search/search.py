"""A search: trial after trial, each a candidate that is trained in a run folder of its own, until there are enough of them.

All that decides how a search goes on stands in its study and in the run folders, so that one that was killed goes on when it is
started again, and several that are started work together. Whoever has a trial holds the lock of its name below `.trials`; one that
is open and not locked was left by a process that has gone, and is gone on with. A trial is asked for under a lock, too.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna

from cnnspec.base.count_nouns import count_nouns
from cnnspec.layers.argument import show
from cnnspec.search.optuna import (
    PARAMETERS,
    BadStudy,
    make_study,
    note,
    open_study_file,
    quiet,
    suggest_digits,
    write_proposal,
)
from cnnspec.search.training import GIVEN_UP_WHY, train_candidate
from cnnspec.search.trials import (
    DIGITS,
    FAILED,
    FINISHED,
    GIVEN_UP,
    REPEATED,
    RUN,
    STATE,
    UNFIT,
    VALUE,
    WHY,
    WORKER,
    count_epochs,
    count_trained,
    name_worker,
    read_found,
    read_trials,
)
from cnnspec.sweep.structure import INPUT
from cnnspec.train.data.prepare import read_raw
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.folds import ReadOnce
from cnnspec.train.progress import format_figure
from cnnspec.train.runs.history import read_rows
from cnnspec.train.runs.lock import acquire_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.search.asked import Asked
    from cnnspec.search.space import Judgement, SearchSpace
    from cnnspec.search.trials import Found
    from cnnspec.train.progress import Lines
    from cnnspec.train.run import Reader
    from cnnspec.train.runs.lock import FolderLock

LOCKS = ".trials"
PATIENCE = 30  # proposals that do not fit until one is drawn that does
REPEATED_COSTS = 10  # as many of these as one that was tried before
MOST_FAILED = 3  # trials one after the other
STALE = 60  # seconds after which a trial that no process has taken is nobody's
State = optuna.trial.TrialState


class Search:
    """A search while it runs. `cost` is the figure beside which the objective is looked at, params or macs."""

    def __init__(self, asked: Asked, shown: Lines, cost: str = "params") -> None:
        """Raises BadStudy, NothingFits, and OSError where the folder cannot be made."""
        self.asked, self.shown, self.cost = asked, shown, cost
        self.space = asked.space
        _ = self.space.fitting  # NothingFits is told before anything is written
        os.makedirs(os.path.join(asked.folder, LOCKS), exist_ok=True)
        try:
            self.storage = optuna.storages.get_storage(open_study_file(asked.study))
            self.study = make_study(
                self.space, self.storage, direction=asked.direction, more=asked.agreed(), pruner=make_pruner(asked),
                place=asked.study,
            )  # fmt: skip
        except BadStudy:
            with suppress(OSError):
                os.removedirs(os.path.join(asked.folder, LOCKS))  # where they are empty
            raise
        self.worker = name_worker(asked.folder)
        self.read: Reader = ReadOnce() if is_read_once(self.space) else read_raw
        self.began = time.monotonic()

    # ---- the search ----------------------------------------------------------------------------------------
    def run(self) -> Found:
        """Train candidates until there are enough, or the budget is spent. A KeyboardInterrupt ends it: what runs then is gone on
        with at the next start. Raises TrainingFailed where no candidate can be trained."""
        ended, failed = "", 0
        while not ended:
            with quiet():
                taken, ended = self.take()
            if taken is None:
                break
            with taken:
                ended, error = self.train(taken)
            failed = failed + 1 if error is not None else 0
            if error is not None and (failed == MOST_FAILED or not self.is_begun()):
                raise error
        return read_found(self.asked, self.study, ended, self.cost)

    def is_begun(self) -> bool:
        """Whether any trial was trained."""
        return any([trial.state in (FINISHED, GIVEN_UP) for trial in read_trials(self.study, self.asked.folder)])

    def take(self) -> tuple[Taken | None, str]:
        """The next trial, locked: one that was left, or a new one; else None, and why there is none."""
        with self.alone():
            if over := self.find_end():
                return None, over
            left = self.take_left()
            if left is not None:
                return left, ""
            if count_trained(read_trials(self.study, self.asked.folder)) >= self.asked.trials:
                return None, ""
            return self.ask()

    def find_end(self) -> str:
        """Why the search ends before all trials are trained; "" where it goes on."""
        asked = self.asked
        if asked.seconds is not None and time.monotonic() - self.began >= asked.seconds:
            return "the time of its budget is over"
        if asked.epochs is not None and count_epochs(read_trials(self.study, asked.folder)) >= asked.epochs:
            return f"its budget of {count_nouns(asked.epochs, 'epoch')} is spent"
        return ""

    def take_left(self) -> Taken | None:
        """A trial that a process of this folder has left, which has gone; others of it that were not begun are closed."""
        for trial in self.study.get_trials(deepcopy=False, states=(State.RUNNING,)):
            worker = trial.user_attrs.get(WORKER)
            if worker is None:
                began = trial.datetime_start
                if began is not None and time.time() - began.timestamp() > STALE:
                    self.study.tell(trial.number, state=State.FAIL, skip_if_finished=True)
            elif worker == self.worker and (lock := self.lock(trial.number)) is not None:
                if self.study.get_trials(deepcopy=False)[trial.number].state == State.RUNNING:
                    self.shown.note(f"trial {trial.number} was left, and goes on")
                    return Taken(self.reopen(trial.number), self.judge(trial), lock)
                lock.release()  # it was told in between
        return None

    def judge(self, trial: Any) -> Judgement:
        return self.space.judge(trial.user_attrs[DIGITS])

    def ask(self) -> tuple[Taken | None, str]:
        """A new trial whose candidate fits, and was not tried before; None, and why, where all were."""
        tried = {repr(one.parameters): one for one in read_trials(self.study, self.asked.folder) if one.run}
        patience = PATIENCE
        while True:
            patience -= 1
            if patience <= 0 and not self.enqueue_new(tried):
                return None, f"all {count_nouns(len(tried), 'candidate')} that fit were tried"
            number = len(self.study.get_trials(deepcopy=False))
            self.study.sampler = optuna.samplers.TPESampler(seed=(self.asked.seed * 1_000_003 + number) % 2**32)
            trial = self.study.ask()
            digits = suggest_digits(trial, self.space)
            judged = note(trial, self.space.judge(digits))
            before = tried.get(repr(trial.user_attrs[PARAMETERS]))
            if judged.fits and before is None:
                trial.set_user_attr(DIGITS, list(digits))
                trial.set_user_attr(RUN, f"trial-{trial.number}")
                lock = self.lock(trial.number)
                assert lock is not None, "nobody else has this number"
                trial.set_user_attr(WORKER, self.worker)
                return Taken(trial, judged, lock), ""
            trial.set_user_attr(STATE, UNFIT if before is None else REPEATED)
            if before is None:
                self.study.tell(trial, state=State.PRUNED)
                continue
            patience -= REPEATED_COSTS - 1
            trial.set_user_attr(WHY, f"as trial {before.number}")
            if before.state == FINISHED and before.value is not None:
                self.study.tell(trial, before.value)
            else:
                self.study.tell(trial, state=State.FAIL)

    def enqueue_new(self, tried: dict[str, Any]) -> bool:
        """Have the next trial take a candidate that fits and was not tried, drawn at random; False where there is none."""
        rows = list(self.space.fitting)
        for place in np.random.default_rng(self.asked.seed + len(tried)).permutation(len(rows)):
            parameters = self.space.request.space.candidate(rows[place])
            if repr({name: show(value) for name, value in parameters.items()}) not in tried:
                self.study.enqueue_trial(write_proposal(self.space, rows[place]))
                return True
        return False

    # ---- one trial -----------------------------------------------------------------------------------------
    def train(self, taken: Taken) -> tuple[str, TrainingFailed | None]:
        """Train a trial, and tell the study what came of it: why the search ends with it, and the error of one that failed."""
        trial, asked = taken.trial, self.asked
        shown = ", ".join([f"{name}={value}" for name, value in trial.user_attrs[PARAMETERS].items()])
        self.shown.note(f"trial {trial.number}: {shown}")
        self.report_before(trial)

        def judge(row: dict[str, Any]) -> str:
            self.report(trial, row)
            return GIVEN_UP_WHY if row["epoch"] < asked.each and trial.should_prune() else self.find_end()

        try:
            with quiet():
                outcome = train_candidate(asked, trial, taken.judged, self.read, judge)
        except TrainingFailed as error:
            return "", self.fail(trial, error)
        value = (outcome.best or {}).get(asked.objective)
        if outcome.stopped and outcome.stopped != GIVEN_UP_WHY:
            if outcome.signal:
                raise KeyboardInterrupt
            return outcome.stopped, None
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            return "", self.fail(
                trial, TrainingFailed(f"trial {trial.number} never had a {asked.objective} that is a number", "", 1)
            )
        state = GIVEN_UP if outcome.stopped else FINISHED
        trial.set_user_attr(STATE, state)
        trial.set_user_attr(VALUE, value)
        if outcome.stopped:
            trial.set_user_attr(WHY, outcome.stopped)
            self.study.tell(trial, state=State.PRUNED)
        else:
            self.study.tell(trial, value)
        self.shown.note(f"trial {trial.number} {state}: {asked.objective} {format_figure(value)}")
        return "", None

    def fail(self, trial: Any, error: TrainingFailed) -> TrainingFailed:
        """Tell that a trial failed; the error."""
        trial.set_user_attr(STATE, FAILED)
        trial.set_user_attr(WHY, str(error))
        self.study.tell(trial, state=State.FAIL)
        self.shown.note(f"trial {trial.number} failed: {error}")
        return error

    def report_before(self, trial: Any) -> None:
        """Report the epochs that were trained before the process that had the trial ended."""
        for row in read_rows(os.path.join(self.asked.folder, trial.user_attrs[RUN], "metrics.jsonl")):
            self.report(trial, row)

    def report(self, trial: Any, row: dict[str, Any]) -> None:
        """Report an epoch, once. Raises TrainingFailed for a training that has no such figure."""
        value = row.get(self.asked.objective)
        if self.asked.objective not in row:
            has = ", ".join([name for name in row if name not in ("epoch", "learning_rate", "seconds")])
            raise TrainingFailed(f"this training does not report {self.asked.objective}", f"it has {has}", 2)
        known = self.study.get_trials(deepcopy=False)[trial.number].intermediate_values
        if isinstance(value, (int, float)) and math.isfinite(value) and row["epoch"] not in known:
            trial.report(value, row["epoch"])

    def reopen(self, number: int) -> Any:
        """A trial that runs, as Optuna's to go on with."""
        study, storage = self.study.study_name, self.storage
        return optuna.trial.Trial(
            self.study, storage.get_trial_id_from_study_id_trial_number(storage.get_study_id_from_name(study), number)
        )

    # ---- locks ---------------------------------------------------------------------------------------------
    def lock(self, number: int) -> FolderLock | None:
        """The lock of a trial; None where another process has it."""
        return acquire_lock(os.path.join(self.asked.folder, LOCKS, str(number)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this process alone asks for trials in this folder."""
        while (lock := acquire_lock(os.path.join(self.asked.folder, LOCKS))) is None:
            time.sleep(0.1)
        try:
            yield
        finally:
            lock.release()


class Taken:
    """A trial that this process trains, with what its candidate was judged to be, and the lock that says so."""

    def __init__(self, trial: Any, judged: Judgement, lock: FolderLock) -> None:
        self.trial, self.judged, self._lock = trial, judged, lock

    def __enter__(self) -> Taken:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def make_pruner(asked: Asked) -> Any:
    """What gives trials up by their curves: successive halving on epochs, of which a third go on each time."""
    pruners = optuna.pruners
    if asked.pruner == "hyperband":
        return pruners.HyperbandPruner(min_resource=1, max_resource=asked.each, reduction_factor=3)
    if asked.pruner == "halving":
        return pruners.SuccessiveHalvingPruner(min_resource=max(1, asked.each // 9), reduction_factor=3)
    return pruners.NopPruner()


def is_read_once(space: SearchSpace) -> bool:
    """Whether the data are read alike for all candidates: where the input's size is no axis."""
    return all([axis.parameter != INPUT for axis in space.axes])
