"""The file in a run folder from which a training can go on: state/state.npz, written while the training runs."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from cnnspec.train.runs import state

if TYPE_CHECKING:
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State

PLACE = ("state", "state.npz")


def read_state(run: RunFolder) -> State:
    """The state that was saved last. Raises TrainingFailed, and FileNotFoundError where none was."""
    name = run.file(*PLACE)
    with run.inside.open(*PLACE, most=sys.maxsize) as file:
        return state.load(file, name)


class StateFile:
    """Saves the state of a model and of the user's callbacks; `saved` says whether there is a state to go on from."""

    def __init__(self, keras: Any, run: RunFolder, model: Any, callbacks: list[Any], start: State | None) -> None:
        """`start` is the state that the training goes on from."""
        self.saved = start is not None
        self._run, self._model, self._callbacks = run, model, callbacks
        self._loggers = [c for c in callbacks if isinstance(c, keras.callbacks.CSVLogger)]
        self._saved_at = time.monotonic()

    def save(self, epoch: int, done: int, more: dict[str, Any]) -> None:
        """Write the state of a training whose next batch is number `done` of `epoch`, both from 0.

        `more` is what the training has to remember beside it; the lengths of the files that callbacks write are added.
        """
        files = {}
        for logger in self._loggers:
            os.fsync(logger.csv_file.fileno())
            files[os.path.relpath(logger.filename, self._run.path)] = os.path.getsize(logger.filename)
        model, more = self._model, {**more, "files": files}
        state.save(self._run.file(*PLACE), model, self._callbacks, epoch, done, model.stop_training, more)
        self._saved_at, self.saved = time.monotonic(), True

    def is_older_than(self, seconds: float) -> bool:
        """Whether the state was last saved longer ago (or, before the first time, the training began)."""
        return time.monotonic() - self._saved_at > seconds

    def restore(self, start: State, anew: bool = False) -> None:
        """Give the model and the callbacks what a state holds; with `anew` an optimizer that is another begins."""
        optimizer = self._model.optimizer
        if not optimizer.built:
            optimizer.build(self._model.trainable_variables)
        state.restore(start, self._model, self._callbacks, anew)
