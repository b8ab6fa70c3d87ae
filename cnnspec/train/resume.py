"""A training goes on from its run folder, when everything that decides its figures is what it was."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.did_you_mean import GIVEN
from cnnspec.base.shell_words import quote_path
from cnnspec.train.data.given_names import rename_only
from cnnspec.train.data.prepare import read_raw
from cnnspec.train.devices.runtime import check_runtime
from cnnspec.train.early_end import explain_resume_errors
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.plan import check_output, make_plan
from cnnspec.train.progress import Lines, delay_interrupts
from cnnspec.train.run import STOPPING, Outcome, explain_early_end, fit_in_folder, prepare_training
from cnnspec.train.runs.durable import remove_leftovers
from cnnspec.train.runs.run_record import describe_settings, find_versions
from cnnspec.train.runs.spec import find_changed
from cnnspec.train.runs.state_file import PLACE, read_state
from cnnspec.train.starting.model_start import read_start, reopen_start

if TYPE_CHECKING:
    from cnnspec.facts.facts import Facts
    from cnnspec.graph import Graph
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.run import Prepared, Reader
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings


def check_resumable(run: RunFolder, epochs: int | None) -> None:
    """Raises TrainingFailed when a run cannot go on to so many epochs (None: those of its spec)."""
    check_spec(run)
    path, record = run.path, run.record
    whole = record["settings"]["epochs"]
    if epochs is not None and epochs < record["epochs"]:
        message = f"{path} has trained {count_nouns(record['epochs'], 'epoch')} already, more than {epochs}"
        raise TrainingFailed(message, "give more --epochs", 2)
    if record["status"] == "finished":
        if record["epochs"] < whole:
            message = f"{path} is finished: a callback ended it after epoch {record['epochs']} of {whole}"
            raise TrainingFailed(message, "more epochs would not change that; train anew with other callbacks", 2)
        if epochs is None or epochs <= record["epochs"]:
            message = f"{path} is finished, with {count_nouns(record['epochs'], 'epoch')}"
            raise TrainingFailed(
                message, f"to go on, give more: cnnspec resume {quote_path(path)} --epochs {2 * whole}", 2
            )
        if "swap_ema_weights(swap_on_epoch=true)" in record["settings"]["callbacks"]:
            message = f"{path} is finished: swap_ema_weights put the averages in the weights' place at its end"
            raise TrainingFailed(message, "train anew with more epochs", 2)


def check_spec(run: RunFolder) -> None:
    """Raises TrainingFailed when the spec in a run folder is not what was trained."""
    if (wrong := find_changed(run.inside, run.record["files"])) is not None:
        message = f"{run.path}/spec/{wrong} is not what was trained"
        raise TrainingFailed(message, "train the changed spec anew: cnnspec train", 2)


def make_resume_plan(
    run: RunFolder, graph: Graph, settings: TrainSettings, output: str | None, facts: Facts
) -> TrainingPlan:
    """The plan of a run that goes on, on the backend that it was trained on.

    Network and settings are those of the run's spec. Raises TrainingFailed when the settings are read otherwise than
    they were.
    """
    check_settings(run, graph, settings)
    settings = settings.replace(backend=run.record["backend"])
    return make_plan(graph, settings, output=output, facts=facts, start=read_start(run.record))


def check_settings(run: RunFolder, graph: Graph, settings: TrainSettings) -> None:
    """Raises TrainingFailed when the settings of a run's spec are read otherwise than they were."""
    before, now = run.record["settings"], describe_settings(rename_only(graph, settings))
    other = [name for name in {**now, **before} if name != "epochs" and now.get(name) != before.get(name)]
    if other:
        name = other[0]
        message = (
            f"this cnnspec reads other settings from {run.path}: {name} is {now.get(name)}, it was {before.get(name)}"
        )
        raise TrainingFailed(message, f"go on with cnnspec {run.record['versions']['cnnspec']}, or train anew", 2)


def resume(run: RunFolder, plan: TrainingPlan, shown: Lines | None = None, read: Reader = read_raw) -> Outcome:
    """Go on with a run that `check_resumable` let pass, to the end that it would have come to, on what `read` yields.

    Raises TrainingFailed when the data are not those of the run, or its backend is not installed.
    """
    shown = shown or Lines(sys.stderr)
    return explain_early_end(lambda: _resume_checked(run, plan, shown, read), shown)


def _resume_checked(run: RunFolder, plan: TrainingPlan, shown: Lines, read: Reader) -> Outcome:
    record = run.record
    if plan.output is not None:
        check_output(plan.output)
    elif record["output"] is not None:  # which whoever made the folder has chosen
        shown.note(f"the run was to be saved as {record['output']}; repeat -o to save it there")
    start = _find_state(run)
    try:
        check_runtime(plan.settings, None)
    except TrainingFailed as error:
        raise TrainingFailed(f"{run.path} was trained on {record['backend']}; {error.message}", error.help, 2) from None
    if start is None and plan.start is not None:
        plan = plan.replace(start=reopen_start(plan.graph, plan.settings, plan.start))
    prepared = prepare_training(plan, shown, fixed=True, start=start, read=read)
    check_data(run.path, record, prepared.data.fingerprint)
    for note in describe_differences(prepared, record):
        shown.note(note)
    return _go_on(run, prepared, start)


def check_data(path: str, record: dict[str, Any], fingerprint: str) -> None:
    """Raises TrainingFailed when data are not those of the run in a folder."""
    data = record["data"]
    if fingerprint != data["fingerprint"]:
        if data["given"] == GIVEN:
            raise TrainingFailed(f"the data given are not those that {path} was trained on", "give the same again", 2)
        message = f"the data of {path}, {data['given']} in {data['folder']}, have changed since it began"
        raise TrainingFailed(message, "bring them back, or train anew", 2)


def _find_state(run: RunFolder) -> State | None:
    """The state that was saved last, None before the first one. Raises TrainingFailed when it is not there any more."""
    try:
        return read_state(run)
    except FileNotFoundError:
        epochs = run.record["epochs"]
        if epochs:
            path = run.file(*PLACE)
            message = f"{path} is not there any more, and {count_nouns(epochs, 'epoch')} cannot be gone on from without"
            raise TrainingFailed(message, "bring it back, or train anew", 2) from None
        return None
    except OSError as error:
        raise TrainingFailed(f"{run.path}/state/state.npz cannot be read: {error.strerror or error}", "", 2) from None


def _go_on(run: RunFolder, prepared: Prepared, start: State | None) -> Outcome:
    record, shown, settings, output = run.record, prepared.shown, prepared.plan.settings, prepared.plan.output
    with explain_resume_errors(run):
        remove_leftovers(run.path)
        _cut_files(run, settings, {} if start is None else start.more.get("files", {}))
    where = "the first epoch" if start is None else f"epoch {start.epoch + 1}"
    where += f", batch {start.done + 1}" if start is not None and start.done else ""
    over = start is not None and (start.ended or start.epoch >= settings.epochs)
    shown.note("the last epoch was trained" if over else f"going on with {where}")
    with delay_interrupts(shown, STOPPING) as interrupts:
        overrides = record["overrides"]
        if settings.epochs != record["settings"]["epochs"]:
            overrides = {**overrides, "epochs": settings.epochs}
        changes: dict[str, Any] = {} if output is None else {"output": os.path.abspath(output)}
        changes |= {"settings": {**record["settings"], "epochs": settings.epochs}, "overrides": overrides}
        with explain_resume_errors(run):
            run.update(status="running", why="", ended=None, test=None, **changes)
        return fit_in_folder(prepared, run, start, interrupts)


def describe_differences(prepared: Prepared, record: dict[str, Any]) -> list[str]:
    """The versions and devices that are not as they were, in sentences: they may change the last digits of figures."""
    end = "the figures may differ in their last digits"
    notes = []
    for name, version in find_versions(prepared.runtime.keras).items():
        before = record["versions"].get(name)
        if before != version and name not in ("cnnspec", "python"):
            notes.append(f"trained with {name} {before}, going on with {version}: {end}")
    before, now = record["devices"], list(prepared.runtime.used)
    if before != now:
        notes.append(f"trained on {', '.join(before)}, going on on {', '.join(now)}: {end}")
    return notes


def _cut_files(run: RunFolder, settings: TrainSettings, files: dict[str, int]) -> None:
    """Cut off what callbacks wrote after the state from which the training goes on."""
    for callback in settings.callbacks:
        if callback.name == "CSVLogger":
            name = os.path.normpath(dict(callback.keywords)["filename"])
            path = run.file(name)
            with suppress(FileNotFoundError):
                os.truncate(path, min(files.get(name, 0), os.path.getsize(path)))
