"""A training from beginning to end: data, model, run folder, fit, evaluation.

What can be refused is refused before Keras is imported, and nothing is written before the first batch is ready.
Everything a person may want to know while it runs goes to the display; the outcome is a value, and stands in the run
folder.
"""

from __future__ import annotations

import sys
import warnings
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.archive import unfit
from cnnspec.compile.backend import without_needless_warnings
from cnnspec.compile.export import reopened
from cnnspec.train import early_end, keras_objects
from cnnspec.train.data.prepare import Data, prepare, read_raw
from cnnspec.train.devices import runtime as runtimes
from cnnspec.train.errors import TrainingFailed, Unwritten, explain_write_errors, first_line, is_out_of_memory
from cnnspec.train.memory import advise_batch, check_memory
from cnnspec.train.plan import check_output
from cnnspec.train.progress import Interrupts, Lines, delay_interrupts, make_watcher
from cnnspec.train.runs.folder import check_run_dir, create_run
from cnnspec.train.runs.history import as_json_number
from cnnspec.train.runs.run_callback import EpochEnded, GivenUp, RunCallback, Stopped
from cnnspec.train.runs.run_record import begin_record, format_now
from cnnspec.train.runs.state_file import read_state
from cnnspec.train.starting.compiled_phase import compile_phase, describe_phase
from cnnspec.train.starting.phase import FIRST, SECOND, find_phase
from cnnspec.train.starting.started_model import build_model
from cnnspec.train.throughput import Meter, choose_noun, describe_speed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.train.data.examples import Raw
    from cnnspec.train.devices.runtime import Runtime
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State

    Reader = Callable[[TrainingPlan, Callable[[str], None]], Raw]


class Outcome(Record):
    """The result of a training. `figures` are those of the held-back data ("loss", "accuracy", …), empty where
    nothing was held back or the training was stopped; `run` is the run folder, None when nothing was trained; `model`
    is where the best model was saved, None when the run folder alone has it. `signal` is 0 where the plan's judge ended it."""

    run: str | None
    figures: dict[str, Any] = {}
    held_back: str = ""  # what they were measured on: "360 test examples"
    model: str | None = None
    best: dict[str, Any] | None = None  # the figures of the best epoch
    stopped: str = ""  # where a signal stopped it: "epoch 3/10, batch 7/41"
    signal: int = 0
    folds: str | None = None  # the folder of the folds, one of which it is


class Prepared(Record):
    """A training up to its first batch: the data are read, the model is made and compiled; its `loss` in words."""

    plan: TrainingPlan
    data: Data
    model: Any
    loss: str
    runtime: Runtime
    shown: Lines
    phase: int = FIRST


def train(plan: TrainingPlan, shown: Lines | None = None, read: Reader = read_raw) -> Outcome:
    """Train a network in a new run folder, on what `read` yields.

    Each of several processes writes a run folder. Raises TrainingFailed with a sentence for the user, and MissingExtra
    when a library is not installed.
    """
    shown = shown or Lines(sys.stderr)
    check_plan(plan)

    def begin() -> Outcome:
        prepared = prepare_training(plan, shown, read=read)
        record = begin_record(prepared.plan, prepared.data, prepared.model, prepared.loss, prepared.runtime)
        with delay_interrupts(shown, STOPPING) as interrupts, _create_run(plan, record) as run:
            return fit_in_folder(prepared, run, None, interrupts)

    return explain_early_end(begin, shown)


def _create_run(plan: TrainingPlan, record: dict[str, Any]) -> RunFolder:
    assert plan.spec is not None
    return create_run(plan.run_dir, plan.spec, record, plan.inside)


def check_plan(plan: TrainingPlan) -> None:
    """Raises TrainingFailed for what is wrong before the data are read."""
    check_memory(plan)
    runtimes.check_runtime(plan.settings, plan.cluster)
    check_run_dir(plan.run_dir)
    if plan.output is not None:
        check_output(plan.output)


STOPPING = "after this batch; once more stops at once"


def explain_early_end(step: Callable[[], Outcome], shown: Lines) -> Outcome:
    """Run the steps of a training; what ends it early becomes an outcome or a sentence."""
    try:
        return step()
    except KeyboardInterrupt:
        return Outcome(None, stopped="before the first batch", signal=2)
    except MemoryError:
        raise TrainingFailed("there is not enough memory", "give a smaller batch", 2) from None
    finally:
        shown.close()


def prepare_training(
    plan: TrainingPlan, shown: Lines, fixed: bool = False, start: State | None = None, read: Reader = read_raw
) -> Prepared:
    """Read the data and make the model, compiled. `fixed` says that no option can change the settings any more; `start` is the
    state that the training goes on from."""
    settings, graph = plan.settings, plan.graph
    data = prepare(read(plan, shown.note), plan)
    for note in data.notes:
        shown.note_once(note)
    runtime = runtimes.start_runtime(settings, plan.cluster)
    keras = runtime.keras
    shown.note_once(f"trains on {runtime}")
    with runtime.building():
        plan, model = explain_keras_errors(lambda: build_model(plan, keras, begins=start is None))
        phase = find_phase(settings, start)
        loss = compile_phase(model, plan, data.outputs, phase, keras)
        runtime.make_steps(model)
    for warning in runtime.find_unsupported(graph, model, fixed):
        shown.warn(warning)
    for note in runtime.describe_differences(model, len(data.train)):
        shown.note_once(note)
    held = f", {len(data.validation):,} to validate" if data.validation else ""
    count = model.count_params()
    parameters = f"{count:,} parameter{'s' * (count != 1)}"
    shown.note_once(
        f"{len(data.train):,} example{'s' * (len(data.train) != 1)} to train{held}, {parameters}, loss {loss}"
    )
    if start is None and plan.start is not None:
        shown.note_once(f"start: {plan.start}")
    if settings.freeze:
        shown.note_once(describe_phase(model, settings, phase))
    return Prepared(plan, data, model, loss, runtime, shown, phase)


# ---- in the run folder -------------------------------------------------------------------------------------
def fit_in_folder(prepared: Prepared, run: RunFolder, start: State | None, interrupts: Interrupts) -> Outcome:
    """Train from the beginning or from a state. The run folder says how it ended, and is deleted when it is empty."""
    shown, keras, settings = prepared.shown, prepared.runtime.keras, prepared.plan.settings
    watcher: Any = None
    saving: RunCallback | None = None
    meter, part = Meter(), prepared.data.train
    try:
        watcher = make_watcher(keras, settings.epochs, shown, meter, part)
        shown.note(f"training in {run.path}")
        while True:
            if start is not None and find_phase(settings, start) != prepared.phase:
                prepared = _begin_second_phase(prepared)
            with explain_write_errors(run.path):
                callbacks = keras_objects.build_callbacks(settings, keras, run.path, goes_on=start is not None)
                batches = prepared.runtime.make_training_batches(part)
                saving = RunCallback(
                    keras, prepared.model, run, settings, callbacks, batches, interrupts, meter, start, prepared.plan.judge
                )  # fmt: skip
            try:
                every = [*callbacks, watcher, saving.for_keras()]
                feed = prepared.runtime.make_feed(batches)
                meter.begin_feed(feed, batches.count)
                explain_keras_errors(lambda: _fit_model(prepared, batches, feed, every, start))  # noqa: B023
                break
            except EpochEnded:  # what follows begins from what was saved at its end
                start = read_state(run)
        shown.close()
        if found := meter.found:
            shown.note(describe_speed(found.rate, found.wait, choose_noun(x.shape for x in part.inputs)))
        return _finish_training(prepared, run, saving)
    except KeyboardInterrupt as stop:
        if saving is None or not saving.state.saved:
            early_end.clear_away(run, "before the first batch")
            raise
        shown.close()
        where = watcher.where if isinstance(stop, Stopped) else f"{watcher.where}, before its end was kept"
        where = stop.why if isinstance(stop, GivenUp) else where
        with delay_interrupts():
            early_end.note_end(run, saving, status="stopped", why=where, ended=format_now())
        there = run.path if run.is_resumable() else None
        number = 0 if isinstance(stop, GivenUp) else interrupts.number or 2
        return Outcome(there, stopped=where, signal=number, best=run.record["best"])
    except (TrainingFailed, MemoryError) as error:
        with delay_interrupts():
            advice = advise_batch(prepared.plan, prepared.runtime.find_room())
            raise early_end.note_failure(run, saving, error, advice) from error
    finally:
        prepared.runtime.leave()


def _begin_second_phase(prepared: Prepared) -> Prepared:
    plan, runtime = prepared.plan, prepared.runtime
    with runtime.building():
        compile_phase(prepared.model, plan, prepared.data.outputs, SECOND, runtime.keras)
        runtime.make_steps(prepared.model)
    prepared.shown.note(describe_phase(prepared.model, plan.settings, SECOND))
    return prepared.replace(phase=SECOND)


def _fit_model(prepared: Prepared, batches: Any, feed: Any, callbacks: list[Any], start: State | None) -> None:
    model, data, epochs, runtime = prepared.model, prepared.data, prepared.plan.settings.epochs, prepared.runtime
    first = 0 if start is None else start.epoch
    if start is not None and start.done >= batches.whole:
        raise TrainingFailed("the saved state does not fit the data: other batches", "train anew", 2)
    if start is not None and start.done:  # Keras needs its metrics' variables before they can be given their values
        model.test_on_batch(*data.train.take(slice(1)))
        batches.begin(first, start.done)
    last = first if start is not None and start.ended else epochs
    with redirect_stdout(sys.stderr), warnings.catch_warnings():  # callbacks with verbose=1 print
        warnings.filterwarnings("ignore", "Gradients do not exist")  # of an output without a loss, which was said
        model.fit(
            feed, epochs=last, initial_epoch=first, shuffle=False, verbose=0,
            callbacks=keras_objects.build_callback_list(runtime.keras, model, callbacks, epochs, batches.whole, start),
            validation_data=runtime.make_evaluation_feed(data.validation) if data.validation else None,
        )  # fmt: skip


def _finish_training(prepared: Prepared, run: RunFolder, saving: RunCallback) -> Outcome:
    """Save the model as the training left it; the best one is tested, and is what the training yields."""
    output = prepared.plan.output
    with delay_interrupts() as interrupts:
        with explain_write_errors(run.path):
            prepared.model.save(run.file("last.keras"))
            missing = saving.curves.draw()
        if run.record["best"] is not None:  # the file: a callback may have changed the model in memory at the end
            _load_best(prepared.model, run)
        if output is not None:
            _save_model(prepared.model, output)
        if missing:
            prepared.shown.note(missing)
    if not interrupts.asked:
        try:
            figures, held = _evaluate_best(prepared)
        except KeyboardInterrupt:
            interrupts.asked = True
    if interrupts.asked:
        where = "before the evaluation"
        early_end.note_end(run, saving, status="stopped", why=where, ended=format_now())
        return Outcome(run.path, {}, "", output, run.record["best"], where, 2)
    test = {"on": held, **{name: as_json_number(value) for name, value in figures.items()}} if figures else None
    with explain_write_errors(run.path):
        run.update(status="finished", why="", ended=format_now(), test=test)
    return Outcome(run.path, figures, held, output, run.record["best"])


def _load_best(model: Any, run: RunFolder) -> None:
    path, epoch = run.file("best.keras"), run.record["best"]["epoch"]
    try:
        if why := unfit(path):
            raise ValueError(f"it {why}")
        with warnings.catch_warnings(action="ignore"):  # of an optimizer with other variables, in the first phase
            model.load_weights(path)
    except Exception as error:  # Keras, h5py and zipfile each have their own for a damaged or a missing file
        message = f"{path}, the model of epoch {epoch}, cannot be read again: {first_line(error)}"
        raise TrainingFailed(message, "the last model is last.keras", 2) from error


def _evaluate_best(prepared: Prepared) -> tuple[dict[str, Any], str]:
    data = prepared.data
    held, noun = (data.test, "test") if data.test else (data.validation, "validation")
    if held is None:
        return {}, ""
    feed = prepared.runtime.make_evaluation_feed(held)
    figures = explain_keras_errors(lambda: prepared.model.evaluate(feed, verbose=0, return_dict=True))
    return figures, f"{len(held):,} {noun} example{'s' * (len(held) != 1)}"


def explain_keras_errors(step: Callable[[], Any]) -> Any:
    """Run a part of Keras; the errors that it raises become a sentence."""
    try:
        with without_needless_warnings():
            return step()
    except (TrainingFailed, MemoryError, EpochEnded):
        raise
    except OSError as error:
        raise Unwritten(f"a file could not be written or read: {first_line(error)}", error) from error
    except Exception as error:
        if is_out_of_memory(error):
            raise MemoryError from error
        raise TrainingFailed(f"Keras refuses this training: {first_line(error)}") from error


def _save_model(model: Any, path: str) -> None:
    """Save a model at a path, replacing what is there in one step."""
    try:
        model.save(path)
        reopened(model, path)
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingFailed(f"{path} could not be saved: {first_line(error)}", "", 2) from error
