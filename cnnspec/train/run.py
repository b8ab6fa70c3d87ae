"""A training from beginning to end: data, model, fit, evaluation, a saved model.

What can be refused is refused before Keras is imported. Everything a person may want to know while it runs goes to the
display; the outcome is a value.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout, suppress
from typing import TYPE_CHECKING, Any

from cnnspec.compile.live import to_keras
from cnnspec.record import Record
from cnnspec.train import objects, place
from cnnspec.train.data import Data, prepare
from cnnspec.train.match import TrainingFailed, fit_named
from cnnspec.train.progress import Lines, held_back, watcher
from cnnspec.train.sources import load

if TYPE_CHECKING:
    from cnnspec.elaborate.graph import Graph
    from cnnspec.train.distribution import Cluster
    from cnnspec.train.place import Place
    from cnnspec.train.settings import TrainSettings


class Outcome(Record):
    """What came of a training. `figures` are those of the held-back data ("loss", "accuracy", …), empty where
    nothing was held back or the training was stopped; `model` is the saved file, None when nothing was trained."""

    model: str | None
    figures: dict[str, Any]
    held_back: str  # what they were measured on: "360 test examples"
    stopped: str = ""  # where Ctrl-C stopped it: "epoch 3/10, batch 7/41"


def train(
    graph: Graph, settings: TrainSettings, output: str, shown: Lines | None = None, together: Cluster | None = None
) -> Outcome:
    """Trains a network without errors and saves the model at `output`, a .keras file, whole or not at all.

    `together` says which of several processes this is that train together; each saves the same model.
    Raises TrainingFailed with a sentence for the user, and MissingExtra when a library is not installed.
    """
    shown = shown or Lines(sys.stderr)
    fit_named(graph, settings)
    place.check(settings, together)
    check_output(output)
    try:
        return _train(graph, settings, output, shown, together)
    except KeyboardInterrupt:
        return Outcome(None, {}, "", "before the first batch")
    except MemoryError:
        raise TrainingFailed("there is not enough memory", "give a smaller batch", 2) from None
    finally:
        shown.close()


def _train(graph: Graph, settings: TrainSettings, output: str, shown: Lines, together: Cluster | None) -> Outcome:
    data = prepare(load(settings), graph, settings)
    for note in data.notes:
        shown.note(note)
    spot = place.take(settings, together)
    try:
        return _trained(graph, data, output, shown, spot)
    finally:
        spot.leave()


def _trained(graph: Graph, data: Data, output: str, shown: Lines, spot: Place) -> Outcome:
    keras, settings = spot.keras, spot.settings
    shown.note(f"trains on {spot}")
    model, callbacks = _compiled(graph, data, output, spot)
    for note in spot.remarks(model, len(data.train)):
        shown.note(note)
    held = f", {len(data.validation):,} to validate" if data.validation else ""
    shown.note(
        f"{len(data.train):,} examples to train{held}, {model.count_params():,} parameters, loss {model.loss.name}"
    )
    with held_back(shown, "after this batch; once more stops at once") as interrupts:
        watch = watcher(keras, settings.epochs, shown, interrupts)
        stopped = ""
        try:
            _guarded(lambda: _fit(spot, model, data, [*callbacks, watch]))
        except KeyboardInterrupt:
            if not watch.done:
                raise
            stopped = watch.where
        shown.close()
    with held_back() as interrupts:
        save(model, output)
    if stopped or interrupts.asked:
        return Outcome(output, {}, "", stopped or "before the evaluation")
    return _evaluated(spot, model, data, output)


def _compiled(graph: Graph, data: Data, output: str, spot: Place) -> tuple[Any, list[Any]]:
    keras, settings = spot.keras, spot.settings
    with spot.building():
        model = _guarded(lambda: to_keras(graph))
        term = objects.loss(settings, model, data.targets)
        optimizer = objects.build(settings.optimizer, keras)
        measures = objects.metrics(settings, keras, term, data.targets)
        loss = objects.build(term, keras)
        model.compile(optimizer=optimizer, loss=loss, metrics=measures, jit_compile=settings.xla)
    return model, objects.callbacks(settings, keras, output)


def _fit(spot: Place, model: Any, data: Data, callbacks: list[Any]) -> None:
    with redirect_stdout(sys.stderr):  # callbacks with verbose=1 print; results alone go to stdout
        model.fit(
            spot.training(data.train), epochs=spot.settings.epochs, shuffle=False, callbacks=callbacks, verbose=0,
            validation_data=spot.evaluating(data.validation) if data.validation else None,
        )  # fmt: skip


def _evaluated(spot: Place, model: Any, data: Data, output: str) -> Outcome:
    held, noun = (data.test, "test") if data.test else (data.validation, "validation")
    if held is None:
        return Outcome(output, {}, "")
    try:
        figures = _guarded(lambda: model.evaluate(spot.evaluating(held), verbose=0, return_dict=True))
    except KeyboardInterrupt:
        return Outcome(output, {}, "", "before the evaluation")
    return Outcome(output, figures, f"{len(held):,} {noun} examples")


def _guarded(step: Any) -> Any:
    """Runs a part of Keras; what it raises becomes a sentence."""
    try:
        return step()
    except (TrainingFailed, MemoryError):
        raise
    except OSError as error:
        raise TrainingFailed(f"a file could not be written or read: {objects.first_line(error)}", "", 2) from error
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
    try:
        with open(_beside(path), "xb"):
            pass
        os.remove(_beside(path))
    except OSError as error:
        raise TrainingFailed(
            f"{path} cannot be written: {error.strerror or error}", "choose another place with -o", 2
        ) from None


def save(model: Any, path: str) -> None:
    """Saves a model at a path, replacing what is there in one step."""
    temporary = _beside(path)
    try:
        model.save(temporary)
        os.replace(temporary, os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise TrainingFailed(f"{path} could not be saved: {objects.first_line(error)}", "", 2) from error
    finally:
        with suppress(OSError):
            os.remove(temporary)


def _beside(path: str) -> str:
    folder, name = os.path.split(os.path.realpath(path))
    return os.path.join(folder, f".{os.getpid()}.{name}")
