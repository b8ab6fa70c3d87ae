"""The trials of a study as values: what was tried, what came of it, which is the best, and which no other beats."""

from __future__ import annotations

import os
import socket

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.search.asked import Asked

FINISHED, GIVEN_UP, FAILED, UNFIT, REPEATED, RUNNING = "finished", "given up", "failed", "unfit", "repeated", "running"
TRAINED = (FINISHED, GIVEN_UP)
# user attributes of a trial, besides those of cnnspec.search.optuna
WORKER, STATE, WHY, RUN, VALUE, DIGITS = "worker", "state", "why", "run", "value", "digits"


class Trial(Record):
    """One candidate that was tried. `state` is finished, given up (its curve was not good enough), failed, running (or waiting to
    be gone on with), unfit or repeated, which were not trained; `why` says more. `parameters` are as the language writes them;
    `value` is the objective's at the best epoch, `curve` its value after each; `run` the run folder, HOST:FOLDER of another
    machine or folder."""

    number: int
    state: str
    parameters: dict[str, str]
    figures: dict[str, Any]
    value: float | None
    curve: tuple[tuple[int, float], ...]
    run: str
    why: str

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return max([epoch for epoch, _ in self.curve], default=0)


class Found(Record):
    """What a search has found so far. `ended` is why it ended: "" when all trials were trained."""

    name: str
    file: str
    objective: str
    lower: bool
    axes: tuple[str, ...]
    asked: int
    fitting: int | None  # candidates that fit; None: not all were gone through
    space: int
    trials: tuple[Trial, ...]
    cost: str
    ended: str = ""

    def of(self, *states: str) -> list[Trial]:
        return [trial for trial in self.trials if trial.state in states]

    @property
    def best(self) -> Trial | None:
        """The finished trial with the best value, the first of equal ones; None where none is finished."""
        known = [trial for trial in self.of(FINISHED) if trial.value is not None]
        return min(known, key=self.order, default=None)

    def order(self, trial: Trial) -> tuple[float, int]:
        """What trials are sorted by, the best first."""
        value = trial.value or 0.0
        return (value if self.lower else -value, trial.number)

    @property
    def front(self) -> list[Trial]:
        """The finished trials that no other beats in the objective and the cost, the cheapest first."""
        known = [
            trial for trial in self.of(FINISHED) if trial.value is not None and trial.figures.get(self.cost) is not None
        ]
        front: list[Trial] = []
        for trial in sorted(known, key=lambda one: (one.figures[self.cost], *self.order(one))):
            if not front or self.order(trial)[0] < self.order(front[-1])[0]:
                front.append(trial)
        return front


def read_found(asked: Asked, study: Any, ended: str, cost: str) -> Found:
    """What is known of a search from its study."""
    space = asked.space
    return Found(
        space.name, space.request.question.tree.source.name, asked.objective, asked.lower,
        tuple([axis.name for axis in space.axes]), asked.trials, len(space.fitting) if space.fitting.whole else None,
        space.count, tuple(read_trials(study, asked.folder)), cost, ended,
    )  # fmt: skip


def read_trials(study: Any, folder: str) -> list[Trial]:
    """The trials of a study that were begun, in their order."""
    return [
        read_trial(trial, folder) for trial in study.get_trials(deepcopy=False) if trial.state.name != "WAITING"
    ]  # fmt: skip


def read_trial(trial: Any, folder: str) -> Trial:
    """One trial of Optuna's."""
    from cnnspec.search.optuna import PARAMETERS, REASON

    attributes = trial.user_attrs
    figures = {
        name: value for name, value in attributes.items()
        if name not in (PARAMETERS, REASON, WORKER, STATE, WHY, RUN, VALUE, DIGITS)
    }  # fmt: skip
    worker = attributes.get(WORKER)
    place = folder if worker in (None, name_worker(folder)) else worker
    run = os.path.join(place, attributes[RUN]) if RUN in attributes else ""
    value = trial.value if trial.state.name == "COMPLETE" else attributes.get(VALUE)
    curve = tuple(sorted(trial.intermediate_values.items()))
    state = attributes.get(STATE) or {"COMPLETE": FINISHED, "RUNNING": RUNNING}.get(trial.state.name, FAILED)
    if trial.state.name == "FAIL" and state == RUNNING:
        state = FAILED
    why = attributes.get(WHY) or attributes.get(REASON) or ""
    return Trial(trial.number, state, dict(attributes.get(PARAMETERS, {})), figures, value, curve, run, why)


def name_worker(folder: str) -> str:
    """The name of those that work in a folder of this machine: what they leave, another of them goes on with."""
    return f"{socket.gethostname()}:{os.path.abspath(folder)}"


def count_trained(trials: Sequence[Trial]) -> int:
    """How many trials count: those that were trained, and those that run."""
    return len([trial for trial in trials if trial.state in (*TRAINED, RUNNING)])


def count_epochs(trials: Sequence[Trial]) -> int:
    return sum([trial.epochs for trial in trials])
