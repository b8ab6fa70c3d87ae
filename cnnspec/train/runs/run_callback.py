"""The Keras callback that keeps a training in its run folder, so that it can go on from there.

At the end of an epoch, in this order: the last model, the best model, the epoch's row, the state, run.json. A stop
between two of them leaves the state of the epoch before, from which this epoch is trained again, to the same end. Every
so many minutes the state is kept within an epoch too, and when a stop is asked for, after the batch that runs.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.train.errors import Unwritten
from cnnspec.train.keras_objects import first_line
from cnnspec.train.runs import curves, durable, state
from cnnspec.train.runs.history import History
from cnnspec.train.words import METRICS, lower_is_better

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.train.progress import Interrupts
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings

DRAW_EVERY = 20.0  # seconds


class Stopped(KeyboardInterrupt):
    """A stop that was asked for, after everything was kept."""


class EpochEnded(Exception):
    """The rest of an epoch, which is trained apart because it is shorter, was trained and kept."""


def best_of(settings: TrainSettings) -> tuple[str, bool]:
    """Which figure tells the best epoch, and whether lower is better."""
    from cnnspec.train.conflicts import metric_name
    from cnnspec.train.words import our_word

    name = settings.best or ("val_loss" if settings.validation else "loss")
    figure = name.removeprefix("val_")
    words = {metric_name(m): our_word(m) for m in settings.metrics or ()}
    return name, figure == "loss" or lower_is_better(words.get(figure, figure if figure in METRICS else ""))


@contextmanager
def written(path: str) -> Iterator[None]:
    """What goes wrong while a run folder is written to becomes a sentence (HDF5 says with a RuntimeError that a disk is full)."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise Unwritten(f"{path} could not be written: {first_line(error)}", error) from error


def save_whole(model: Any) -> None:
    """From now on what the model saves is at its place whole or not at all, whoever saves it."""

    def whole(plain: Any) -> Any:
        def save(filepath: Any, *rest: Any, **more: Any) -> None:
            with durable.replacing(os.fspath(filepath)) as beside:
                plain(beside, *rest, **more)

        return save

    model.save, model.save_weights = whole(model.save), whole(model.save_weights)


def callback_list(keras: Any, model: Any, callbacks: list[Any], epochs: int, steps: int, start: State | None) -> Any:
    """Keras's list of callbacks; within an epoch that is gone on with, batches are counted from the epoch's first."""

    class Counted(keras.callbacks.CallbackList):  # type: ignore[misc]
        ahead = 0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.ahead = start.done if start is not None and epoch == start.epoch else 0
            super().on_epoch_begin(epoch, logs)

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            super().on_train_batch_begin(batch + self.ahead, logs)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            super().on_train_batch_end(batch + self.ahead, logs)

    return Counted(callbacks, add_history=True, add_progbar=False, verbose=0, epochs=epochs, steps=steps, model=model)


def keeper(
    keras: Any, folder: RunFolder, settings: TrainSettings, others: list[Any], training: Any, interrupts: Interrupts,
    start: State | None = None,
) -> Any:  # fmt: skip
    """The callback; it stands behind the `others`, the user's. `training` are the batches, `start` where to go on."""
    figure, lower = best_of(settings)

    class Keeper(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            more = start.more if start is not None else {}
            self.history = History(folder.path, start.epoch if start is not None else 0)
            self.best, self.best_epoch = more.get("best"), more.get("best_epoch")
            self.before, self.within = more.get("seconds", 0.0), more.get("within", 0.0)
            self.drawn = self.kept = time.monotonic()
            self.saved = start is not None

        def on_train_begin(self, logs: Any = None) -> None:
            save_whole(self.model)
            self.began = time.monotonic()
            if start is not None and not start.done:
                self.restore()

        def restore(self) -> None:
            assert start is not None
            if not self.model.optimizer.built:
                self.model.optimizer.build(self.model.trainable_variables)
            state.restore(start, self.model, others)

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            going_on = start is not None and epoch == start.epoch and start.done > 0
            self.epoch, self.epoch_began = epoch, time.monotonic() - (self.within if going_on else 0.0)
            training.begin(epoch, start.done if going_on and start is not None else 0)
            if going_on:
                self.restore()

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if batch == 0:
                state.seed_epoch(settings.seed, self.epoch)
            elif start is not None and (self.epoch, batch) == (start.epoch, start.done):
                state.restore_random(start)  # once more: reading the first batch may have drawn some

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch + 1 == training.whole:  # the epoch's end keeps more
                return
            if interrupts.asked or time.monotonic() - self.kept > 60 * settings.save_every:
                with written(folder.path):
                    state.check(self.model, self.epoch + 1)
                    self.keep(self.epoch, batch + 1)
                    if interrupts.asked:
                        self.model.save(folder.file("last.keras"))
                        raise Stopped

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            with written(folder.path):
                self.keep_epoch(epoch, logs or {})
            if interrupts.asked:
                raise Stopped
            if start is not None and start.done:
                raise EpochEnded

        def keep_epoch(self, epoch: int, logs: dict[str, Any]) -> None:
            model = self.model
            now = time.monotonic()
            rate = logs.get("learning_rate", keras.ops.convert_to_numpy(model.optimizer.learning_rate))
            seconds = round(now - self.epoch_began, 3)
            row = {name: plain(value) for name, value in logs.items() if name != "learning_rate"}
            row = {"epoch": epoch + 1, **row, "learning_rate": plain(rate), "seconds": seconds}
            better = self.better(row.get(figure))
            if better:
                self.best, self.best_epoch = row[figure], epoch + 1
            state.check(model, epoch + 1)  # before they take a good model's place
            last = folder.file("last.keras")
            model.save(last)
            if better or self.best is None:
                self.keep_best(last)
            self.history.add(row)
            self.keep(epoch + 1, 0)
            best = next((r for r in self.history.rows if r["epoch"] == self.best_epoch), None)
            folder.update(epochs=epoch + 1, best=best and {"by": figure, **best}, last=row, seconds=self.seconds())
            self.draw(DRAW_EVERY)

        def keep_best(self, last: str) -> None:
            best = folder.file("best.keras")
            averaging = [c for c in others if isinstance(c, keras.callbacks.SwapEMAWeights) and not c.swap_on_epoch]
            if not averaging:
                with durable.replacing(best) as beside:
                    shutil.copyfile(last, beside)
                return
            with state.unchanged(
                self.model
            ):  # what was validated are the averages, which are in the model for that alone
                averaging[0].on_test_begin()
                self.model.save(best)
                averaging[0].on_test_end()

        def better(self, value: Any) -> bool:
            if not isinstance(value, (int, float)):
                return False
            return self.best is None or (value < self.best if lower else value > self.best)

        def seconds(self) -> float:
            return float(round(self.before + time.monotonic() - self.began, 3))

        def keep(self, epoch: int, done: int) -> None:
            """Write the state: the next batch is `done` of `epoch`."""
            more: dict[str, Any] = {
                "best": self.best, "best_epoch": self.best_epoch, "seconds": self.seconds(), "files": {},
                "within": round(time.monotonic() - self.epoch_began, 3) if done else 0.0,
            }  # fmt: skip
            for callback in others:
                if isinstance(callback, keras.callbacks.CSVLogger):
                    os.fsync(callback.csv_file.fileno())
                    name = os.path.relpath(callback.filename, folder.path)
                    more["files"][name] = os.path.getsize(callback.filename)
            state.save(
                folder.file("state", "state.npz"), self.model, others, epoch, done, self.model.stop_training, more
            )
            self.kept, self.saved = time.monotonic(), True

        def draw(self, after: float = 0.0) -> str:
            """Draw the curves when the last picture is `after` seconds old; what is in the way of it."""
            if not self.history.rows or time.monotonic() - self.drawn < after:
                return ""
            try:
                title = f"{os.path.basename(os.path.realpath(folder.path))}"
                curves.draw(self.history.rows, self.best_epoch, title, folder.file("curves.png"))
            except ImportError:
                from cnnspec.base.installing import command

                return f"curves.png needs matplotlib: {command('keras')}"
            self.drawn = time.monotonic()
            return ""

    return Keeper()


def plain(value: Any) -> Any:
    """A figure as JSON has it: a number, a list of numbers; None for what is none (NaN, infinity)."""
    import numpy as np

    if getattr(value, "shape", ()) != ():
        return [plain(v) for v in np.asarray(value)]
    number = float(value)
    return number if math.isfinite(number) else None
