"""The callback that saves each epoch of a training in its run folder, so that the training can go on from there.

At the end of an epoch, in this order: the last model, the best model, the epoch's figures, the state, run.json. After a
stop between two of them the state is that of the epoch before, from which this epoch is trained again to the same end.
Every so many minutes the state is saved within an epoch too, and when a stop is asked for, after the batch that runs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cnnspec.train.errors import explain_write_errors
from cnnspec.train.runs import state
from cnnspec.train.runs.best_model import BestModel
from cnnspec.train.runs.curves import CurvesPicture
from cnnspec.train.runs.durable import make_saves_whole
from cnnspec.train.runs.history import History, as_json_number
from cnnspec.train.runs.state_file import StateFile
from cnnspec.train.starting.phase import begins_phase, is_over

if TYPE_CHECKING:
    from cnnspec.train.plan import Judge
    from cnnspec.train.progress import Interrupts
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings
    from cnnspec.train.throughput import Meter

DRAW_EVERY = 20.0  # seconds


class Stopped(KeyboardInterrupt):
    """A stop that was asked for, after everything was saved."""


class GivenUp(Stopped):
    """A stop after an epoch that whoever judges the training found not good enough; `why` says so."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class EpochEnded(Exception):
    """An epoch was trained and saved, and what follows begins anew from there: the rest of one, which is trained apart because it is
    shorter, or the last one before what is frozen is trained."""


class TrainingClock:
    """The time that a training has run, stops left out, and the time of its epoch."""

    def __init__(self, start: State | None) -> None:
        more = {} if start is None else start.more
        self._before, self._epoch_before = more.get("seconds", 0.0), more.get("within", 0.0)
        self._began = self._epoch_began = time.monotonic()

    def begin(self) -> None:
        self._began = time.monotonic()

    def begin_epoch(self, goes_on: bool) -> None:
        """`goes_on` says that the epoch began before the training was stopped."""
        self._epoch_began = time.monotonic() - (self._epoch_before if goes_on else 0.0)

    def seconds(self) -> float:
        return float(round(self._before + time.monotonic() - self._began, 3))

    def epoch_seconds(self) -> float:
        return float(round(time.monotonic() - self._epoch_began, 3))


class RunCallback:
    """Saves a training in its run folder. `start` is the state that the training goes on from, None for a new one."""

    def __init__(
        self, keras: Any, model: Any, run: RunFolder, settings: TrainSettings, callbacks: list[Any], batches: Any,
        interrupts: Interrupts, meter: Meter, start: State | None = None, judge: Judge | None = None,
    ) -> None:  # fmt: skip
        """`callbacks` are the user's, whose state is saved too; `batches` are the batches of an epoch; `judge` is the plan's."""
        self.epoch = 0
        self.history = History(run.path, 0 if start is None else start.epoch)
        self.best = BestModel(keras, run, settings, callbacks, start)
        self.state = StateFile(keras, run, model, callbacks, start)
        self.curves = CurvesPicture(run, self.history, self.best, settings.outputs)
        self.clock = TrainingClock(start)
        self._keras, self._model, self._run, self._settings = keras, model, run, settings
        self._batches, self._interrupts, self._meter, self._start = batches, interrupts, meter, start
        self._judge = judge

    def for_keras(self) -> Any:
        """The callback as Keras takes it; it must stand behind the user's."""
        return self._keras.callbacks.LambdaCallback(
            on_train_begin=self.begin_training, on_epoch_begin=self.begin_epoch, on_epoch_end=self.end_epoch,
            on_train_batch_begin=self.begin_batch, on_train_batch_end=self.end_batch,
        )  # fmt: skip

    # ---- what Keras calls ------------------------------------------------------------------------------------
    def begin_training(self, logs: Any = None) -> None:
        make_saves_whole(self._model)
        self.clock.begin()
        if self._start is not None and not self._start.done:
            self.state.restore(self._start, anew=begins_phase(self._settings, self._start))

    def begin_epoch(self, epoch: int, logs: Any = None) -> None:
        start = self._start if self._goes_on_within(epoch) else None
        self.epoch = epoch
        self.clock.begin_epoch(start is not None)
        self._batches.begin(epoch, 0 if start is None else start.done)
        if start is not None:
            self.state.restore(start)

    def begin_batch(self, batch: int, logs: Any = None) -> None:
        start = self._start
        if batch == 0:
            state.seed_epoch(self._settings.seed, self.epoch)
        elif start is not None and (self.epoch, batch) == (start.epoch, start.done):
            state.restore_random(start)  # once more: reading the first batch may have drawn some

    def end_batch(self, batch: int, logs: Any = None) -> None:
        if batch + 1 == self._batches.whole:  # the epoch's end saves more
            return
        if self._interrupts.asked or self.state.is_older_than(60 * self._settings.save_every):
            state.synchronize(self._model)
            with explain_write_errors(self._run.path):
                state.check(self._model, self.epoch + 1)
                self.save_state(self.epoch, batch + 1)
                if self._interrupts.asked:
                    self._model.save(self._run.file("last.keras"))
                    raise Stopped

    def end_epoch(self, epoch: int, logs: Any = None) -> None:
        with explain_write_errors(self._run.path):
            row = self.save_epoch(epoch, logs or {})
        if self._interrupts.asked:
            raise Stopped
        if self._judge is not None and (why := self._judge(row)):
            raise GivenUp(why)
        settings = self._settings
        ends_phase = epoch + 1 == settings.unfreeze_after and not is_over(
            settings, epoch + 1, self._model.stop_training
        )
        if ends_phase or (self._start is not None and self._start.done):
            raise EpochEnded

    # ---- what is saved ---------------------------------------------------------------------------------------
    def save_epoch(self, epoch: int, logs: dict[str, Any]) -> dict[str, Any]:
        """Save everything of an epoch (from 0) that has ended with these figures; its row."""
        row = self._make_row(epoch, logs)
        is_best = self.best.judge(row)
        state.check(self._model, epoch + 1)  # before the weights take a good model's place
        last = self._run.file("last.keras")
        self._model.save(last)
        if is_best:
            self.best.save(self._model, last)
        self.history.add(row)
        self.save_state(epoch + 1, 0)
        best = self.best.describe(self.history.rows)
        speed = self._meter.found.record() if self._meter.found else {}
        self._run.update(epochs=epoch + 1, best=best, last=row, seconds=self.clock.seconds(), **speed)
        self.curves.draw_if_older_than(DRAW_EVERY)
        return row

    def save_state(self, epoch: int, done: int) -> None:
        """Save the state of a training whose next batch is number `done` of `epoch`, both from 0."""
        more = {
            "best": self.best.value, "best_epoch": self.best.epoch, "seconds": self.clock.seconds(),
            "within": self.clock.epoch_seconds() if done else 0.0,
        }  # fmt: skip
        self.state.save(epoch, done, more)

    def _make_row(self, epoch: int, logs: dict[str, Any]) -> dict[str, Any]:
        seconds = self.clock.epoch_seconds()
        rate = logs.get("learning_rate")
        if rate is None:
            rate = self._keras.ops.convert_to_numpy(self._model.optimizer.learning_rate)
        figures = {name: as_json_number(value) for name, value in logs.items() if name != "learning_rate"}
        return {"epoch": epoch + 1, **figures, "learning_rate": as_json_number(rate), "seconds": seconds}

    def _goes_on_within(self, epoch: int) -> bool:
        """Whether this is the epoch within which the training was stopped."""
        return self._start is not None and self._start.done > 0 and epoch == self._start.epoch
