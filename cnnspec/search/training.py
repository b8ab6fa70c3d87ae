"""The training of one trial: begun as `cnnspec train` begins one, or gone on with as `cnnspec resume` does."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cnnspec.api.reopened import resume_run
from cnnspec.search.trials import RUN
from cnnspec.train.progress import Lines
from cnnspec.train.run import Outcome, train
from cnnspec.train.runs.folder import read_record

if TYPE_CHECKING:
    from cnnspec.search.asked import Asked
    from cnnspec.search.space import Judgement
    from cnnspec.train.plan import Judge, TrainingPlan
    from cnnspec.train.run import Reader

GIVEN_UP_WHY = "given up: other trials were better after so many epochs"


def train_candidate(asked: Asked, trial: Any, judged: Judgement, read: Reader, judge: Judge) -> Outcome:
    """Train a trial's candidate in its run folder, from where that is. Raises TrainingFailed."""
    path = os.path.join(asked.folder, trial.user_attrs[RUN])
    shown = Lines(sys.stderr, quiet=True)
    try:
        if not os.path.lexists(os.path.join(path, "run.json")):
            return train(asked.plan(judged.parameters, path).replace(judge=judge), shown, read)
        record = read_record(path)
        if record["status"] == "finished" or record.get("why") == GIVEN_UP_WHY:  # it was killed before it could tell
            return Outcome(path, best=record["best"], stopped=record.get("why") or "")

        def look_at(plan: TrainingPlan) -> TrainingPlan:
            return plan.replace(judge=judge)

        return resume_run(path, None, None, asked.max_layers, shown, look_at, read)
    finally:
        free_memory()


def free_memory() -> None:
    """Let go of the models that were trained before, which Keras keeps."""
    if (keras := sys.modules.get("keras")) is not None:
        keras.utils.clear_session()
