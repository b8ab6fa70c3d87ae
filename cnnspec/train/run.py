"""A training from beginning to end: data, model, run folder, fit, evaluation.

What can be refused is refused before Keras is imported, and nothing is written before the first batch is ready.
Everything a person may want to know while it runs goes to the display; the outcome is a value, and stands in the run
folder.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.archive import unfit
from cnnspec.compile.export import reopened
from cnnspec.compile.live import to_keras
from cnnspec.train import ending
from cnnspec.train import keras_objects as objects
from cnnspec.train.data.prepare import Data, prepare
from cnnspec.train.data.sources import load
from cnnspec.train.devices import place
from cnnspec.train.errors import TrainingFailed, Unwritten
from cnnspec.train.match import fit_named
from cnnspec.train.memory import check_memory
from cnnspec.train.progress import Interrupts, Lines, held_back, watcher
from cnnspec.train.runs import folder, state
from cnnspec.train.runs import run_record as account
from cnnspec.train.runs.durable import MARK
from cnnspec.train.runs.run_callback import EpochEnded, Stopped, callback_list, keeper, plain, written

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.train.devices.distribution import Cluster
    from cnnspec.train.devices.place import Place
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.spec import Spec
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings


class Outcome(Record):
    """What came of a training. `figures` are those of the held-back data ("loss", "accuracy", …), empty where
    nothing was held back or the training was stopped; `run` is the run folder, None when nothing was trained; `model`
    is where the best model was saved, None when the run folder alone has it."""

    run: str | None
    figures: dict[str, Any] = {}
    held_back: str = ""  # what they were measured on: "360 test examples"
    model: str | None = None
    best: dict[str, Any] | None = None  # the figures of the best epoch
    stopped: str = ""  # where a signal stopped it: "epoch 3/10, batch 7/41"
    signal: int = 0


class Ready(Record):
    """Everything up to the first batch."""

    keras: Any
    data: Data
    model: Any
    settings: TrainSettings
    shown: Lines
    spot: Place


def train(
    graph: Graph, settings: TrainSettings, spec: Spec, shown: Lines | None = None, run_dir: str | None = None,
    output: str | None = None, together: Cluster | None = None,
) -> Outcome:  # fmt: skip
    """Trains a network without errors in a new run folder: at `run_dir`, None: runs/<spec>-<n>.

    `output`, a .keras file, is where the best model is saved too. `together` says which of several processes this is; each
    of them writes a run folder. Raises TrainingFailed with a sentence for the user, and MissingExtra when a library is
    not installed.
    """
    shown = shown or Lines(sys.stderr)
    refuse(graph, settings, together, run_dir, output)

    def begin() -> Outcome:
        ready = prepared(graph, settings, shown, together)
        said = account.account(spec, settings, ready.data, ready.model, ready.spot, output)
        with held_back(shown, STOPPING) as interrupts:
            return fitted(ready, folder.create(run_dir, spec, said), None, output, interrupts)

    return sentenced(begin, shown)


def refuse(
    graph: Graph, settings: TrainSettings, together: Cluster | None, run_dir: str | None, output: str | None
) -> None:
    """Raises TrainingFailed for what is wrong before the data are read."""
    fit_named(graph, settings)
    check_memory(graph, settings)
    place.check(settings, together)
    folder.check_place(run_dir)
    if output is not None:
        check_output(output)


STOPPING = "after this batch; once more stops at once"


def sentenced(step: Any, shown: Lines) -> Outcome:
    """Runs a training's steps; what ends it early becomes an outcome or a sentence."""
    try:
        outcome: Outcome = step()
        return outcome
    except KeyboardInterrupt:
        return Outcome(None, stopped="before the first batch", signal=2)
    except MemoryError:
        raise TrainingFailed("there is not enough memory", "give a smaller batch", 2) from None
    finally:
        shown.close()


def prepared(
    graph: Graph, settings: TrainSettings, shown: Lines, together: Cluster | None = None, fixed: bool = False
) -> Ready:
    """Reads the data and makes the model, compiled. `fixed` says that no option can change the settings any more."""
    data = prepare(load(settings), graph, settings, shown.note)
    for note in data.notes:
        shown.note(note)
    spot = place.take(settings, together)
    keras = spot.keras
    shown.note(f"trains on {spot}")
    with spot.building():
        model = _guarded(lambda: to_keras(graph))
        term = objects.loss(settings, model, data.targets)
        optimizer = objects.build(settings.optimizer, keras)
        measures = objects.metrics(settings, keras, term, data.targets, model)
        loss = objects.build(term, keras)
        model.compile(optimizer=optimizer, loss=loss, metrics=measures, jit_compile=settings.xla)
    for warning in spot.unfit(graph, model, fixed):
        shown.warn(warning)
    for note in spot.remarks(model, len(data.train)):
        shown.note(note)
    held = f", {len(data.validation):,} to validate" if data.validation else ""
    shown.note(
        f"{len(data.train):,} examples to train{held}, {model.count_params():,} parameters, loss {model.loss.name}"
    )
    return Ready(keras, data, model, settings, shown, spot)


# ---- in the run folder -------------------------------------------------------------------------------------
def fitted(ready: Ready, run: RunFolder, start: State | None, output: str | None, interrupts: Interrupts) -> Outcome:
    """Trains from the beginning or from a state. The run folder says how it ended, and is taken away when empty."""
    shown = ready.shown
    watch: Any = None
    keep: Any = None
    try:
        watch = watcher(ready.keras, ready.settings.epochs, shown)
        shown.note(f"training in {run.path}")
        while True:
            with written(run.path):
                callbacks = objects.callbacks(ready.settings, ready.keras, run.path, going_on=start is not None)
                training = ready.spot.training(ready.data.train)
                keep = keeper(ready.keras, run, ready.settings, callbacks, training, interrupts, start)
            try:
                _guarded(lambda: _fit(ready, training, [*callbacks, watch, keep], start))  # noqa: B023
                break
            except EpochEnded:  # the rest of an epoch: what comes after begins from what was kept at its end
                start = kept_state(run)
        shown.close()
        return _finished(ready, run, keep, output)
    except KeyboardInterrupt as stop:
        if keep is None or not keep.saved:
            ending.nothing(run, "before the first batch")
            raise
        shown.close()
        where = watch.where if isinstance(stop, Stopped) else f"{watch.where}, before its end was kept"
        with held_back():
            ending.noted(run, keep, status="stopped", why=where, ended=account.now())
        there = run.path if run.goes_on() else None
        return Outcome(there, stopped=where, signal=interrupts.number or 2, best=run.account["best"])
    except (TrainingFailed, MemoryError) as error:
        with held_back():
            raise ending.failed(run, keep, error) from error
    finally:
        ready.spot.leave()
        run.release()


def kept_state(run: RunFolder) -> State:
    """What was kept last. Raises TrainingFailed, and FileNotFoundError where nothing was."""
    name = run.file("state", "state.npz")
    with run.inside.open("state", "state.npz", most=sys.maxsize) as file:
        return state.load(file, name)


def _fit(ready: Ready, training: Any, callbacks: list[Any], start: State | None) -> None:
    keras, model, data, settings = ready.keras, ready.model, ready.data, ready.settings
    first = 0 if start is None else start.epoch
    if start is not None and start.done >= training.whole:
        raise TrainingFailed("the saved state does not fit the data: other batches", "train anew", 2)
    if start is not None and start.done:  # Keras needs its metrics' variables before they can be given their values
        model.test_on_batch(*data.train.take(slice(1)))
        training.begin(first, start.done)
    last = first if start is not None and start.ended else settings.epochs
    with redirect_stdout(sys.stderr):  # callbacks with verbose=1 print
        model.fit(
            training, epochs=last, initial_epoch=first, shuffle=False, verbose=0,
            callbacks=callback_list(keras, model, callbacks, settings.epochs, training.whole, start),
            validation_data=ready.spot.evaluating(data.validation) if data.validation else None,
        )  # fmt: skip


def _finished(ready: Ready, run: RunFolder, keep: Any, output: str | None) -> Outcome:
    """Saves the model as the training left it; the best one is tested, and is what the training yields."""
    with held_back() as interrupts:
        with written(run.path):
            ready.model.save(run.file("last.keras"))
            missing = keep.draw()
        if (
            run.account["best"] is not None
        ):  # the file, not what is in memory: a callback may have changed that at the end
            _load_best(ready.model, run)
        if output is not None:
            save(ready.model, output)
        if missing:
            ready.shown.note(missing)
    if not interrupts.asked:
        try:
            figures, held = _evaluated(ready)
        except KeyboardInterrupt:
            interrupts.asked = True
    if interrupts.asked:
        where = "before the evaluation"
        ending.noted(run, keep, status="stopped", why=where, ended=account.now())
        return Outcome(run.path, {}, "", output, run.account["best"], where, 2)
    test = {"on": held, **{name: plain(value) for name, value in figures.items()}} if figures else None
    with written(run.path):
        run.update(status="finished", why="", ended=account.now(), test=test)
    return Outcome(run.path, figures, held, output, run.account["best"])


def _load_best(model: Any, run: RunFolder) -> None:
    path, epoch = run.file("best.keras"), run.account["best"]["epoch"]
    try:
        if why := unfit(path):
            raise ValueError(f"it {why}")
        model.load_weights(path)
    except Exception as error:  # Keras, h5py and zipfile each have their own for a file that is none, or is not there
        message = f"{path}, the model of epoch {epoch}, cannot be read again: {objects.first_line(error)}"
        raise TrainingFailed(message, "the last model is last.keras", 2) from error


def _evaluated(ready: Ready) -> tuple[dict[str, Any], str]:
    held, noun = (ready.data.test, "test") if ready.data.test else (ready.data.validation, "validation")
    if held is None:
        return {}, ""
    part = ready.spot.evaluating(held)
    figures = _guarded(lambda: ready.model.evaluate(part, verbose=0, return_dict=True))
    return figures, f"{len(held):,} {noun} examples"


def _guarded(step: Any) -> Any:
    """Runs a part of Keras; what it raises becomes a sentence."""
    try:
        return step()
    except (TrainingFailed, MemoryError, EpochEnded):
        raise
    except OSError as error:
        raise Unwritten(f"a file could not be written or read: {objects.first_line(error)}", error) from error
    except Exception as error:
        if type(error).__name__ == "ResourceExhaustedError":
            raise MemoryError from error
        raise TrainingFailed(f"Keras refuses this training: {objects.first_line(error)}") from error


# ---- the saved model ---------------------------------------------------------------------------------------
def check_output(path: str) -> None:
    """Raises TrainingFailed when a model could not be saved there."""
    if not path.endswith(".keras"):
        raise TrainingFailed(f"{path} is no name for a model", "end it in .keras", 2)
    if os.path.isdir(path):
        raise TrainingFailed(f"{path} is a folder", "give the name of a file", 2)
    trial = os.path.join(os.path.dirname(os.path.realpath(path)), f"{MARK}{os.getpid()}")
    try:
        with open(trial, "xb"):
            pass
        os.remove(trial)
    except OSError as error:
        raise TrainingFailed(
            f"{path} cannot be written: {error.strerror or error}", "choose another place with -o", 2
        ) from None


def save(model: Any, path: str) -> None:
    """Saves a model at a path, replacing what is there in one step."""
    try:
        model.save(path)
        reopened(model, path)
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingFailed(f"{path} could not be saved: {objects.first_line(error)}", "", 2) from error
