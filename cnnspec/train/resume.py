"""Going on with a training from its run folder, when everything that decides its figures is what it was."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cnnspec.train.devices import place
from cnnspec.train.ending import going_on
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.progress import Lines, held_back
from cnnspec.train.run import STOPPING, Outcome, check_output, fitted, kept_state, prepared, sentenced
from cnnspec.train.runs import durable, folder
from cnnspec.train.runs import run_record as account
from cnnspec.train.runs.spec import changed

if TYPE_CHECKING:
    from cnnspec.graph import Graph
    from cnnspec.train.run import Ready
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.runs.state import State
    from cnnspec.train.settings import TrainSettings


def taken(path: str, epochs: int | None) -> RunFolder:
    """The run folder, for this process alone, when it can be gone on with. Raises TrainingFailed."""
    run = folder.take(path)
    try:
        said = run.account
        wrong = changed(run.inside, said["files"])
        if wrong is not None:
            message = f"{path}/spec/{wrong} is not what was trained"
            raise TrainingFailed(message, "train the changed spec anew: cnnspec train", 2)
        whole = said["settings"]["epochs"]
        if epochs is not None and epochs < said["epochs"]:
            message = f"{path} has trained {said['epochs']} epochs already, more than {epochs}"
            raise TrainingFailed(message, "give more --epochs", 2)
        if said["status"] == "finished":
            if said["epochs"] < whole:
                message = f"{path} is finished: a callback ended it after epoch {said['epochs']} of {whole}"
                raise TrainingFailed(message, "more epochs would not change that; train anew with other callbacks", 2)
            if epochs is None or epochs <= said["epochs"]:
                message = f"{path} is finished, with {_epochs(said['epochs'])}"
                raise TrainingFailed(message, f"to go on, give more: cnnspec resume {path} --epochs {2 * whole}", 2)
            if "swap_ema_weights(swap_on_epoch=true)" in said["settings"]["callbacks"]:
                message = f"{path} is finished: swap_ema_weights put the averages in the weights' place at its end"
                raise TrainingFailed(message, "train anew with more epochs", 2)
    except BaseException:
        run.release()
        raise
    return run


def _epochs(number: int) -> str:
    return f"{number} epoch{'' if number == 1 else 's'}"


def resume(
    run: RunFolder, graph: Graph, settings: TrainSettings, shown: Lines | None = None, output: str | None = None
) -> Outcome:
    """Goes on with a run that was `taken`, to the end that it would have come to. `settings` are those of its spec.

    Raises TrainingFailed when settings, data, or backend are not those of the run.
    """
    shown = shown or Lines(sys.stderr)
    try:
        return sentenced(lambda: _resumed(run, graph, settings, shown, output), shown)
    finally:
        run.release()


def _resumed(run: RunFolder, graph: Graph, settings: TrainSettings, shown: Lines, output: str | None) -> Outcome:
    said = run.account
    now = account.settings_said(settings)
    other = [
        name for name in {**now, **said["settings"]} if name != "epochs" and now.get(name) != said["settings"].get(name)
    ]
    if other:
        message = f"this cnnspec reads other settings from {run.path}: {other[0]} is {now.get(other[0])}, it was {said['settings'].get(other[0])}"
        raise TrainingFailed(message, f"go on with cnnspec {said['versions']['cnnspec']}, or train anew", 2)
    if output is not None:
        check_output(output)
    elif said["output"] is not None:  # which whoever made the folder has chosen
        shown.note(f"the run was to be saved as {said['output']}; repeat -o to save it there")
    start = _state(run)
    settings = settings.replace(backend=said["backend"])
    try:
        place.check(settings, None)
    except TrainingFailed as error:
        raise TrainingFailed(f"{run.path} was trained on {said['backend']}; {error.message}", error.help, 2) from None
    ready = prepared(graph, settings, shown, fixed=True)
    return _gone_on(run, ready, start, output)


def _state(run: RunFolder) -> State | None:
    """What was kept last, None before anything was. Raises TrainingFailed when it is not there any more."""
    try:
        return kept_state(run)
    except FileNotFoundError:
        if run.account["epochs"]:
            path = run.file("state", "state.npz")
            message = (
                f"{path} is not there any more, and {_epochs(run.account['epochs'])} cannot be gone on from without"
            )
            raise TrainingFailed(message, "bring it back, or train anew", 2) from None
        return None
    except OSError as error:
        raise TrainingFailed(f"{run.path}/state/state.npz cannot be read: {error.strerror or error}", "", 2) from None


def _gone_on(run: RunFolder, ready: Ready, start: State | None, output: str | None) -> Outcome:
    said, shown = run.account, ready.shown
    if ready.data.fingerprint != said["data"]["fingerprint"]:
        message = (
            f"the data of {run.path}, {said['data']['given']} in {said['data']['folder']}, have changed since it began"
        )
        raise TrainingFailed(message, "bring them back, or train anew", 2)
    for note in differences(ready, said):
        shown.note(note)
    with going_on(run):
        durable.sweep(run.path)
        _cut(run, ready.settings, {} if start is None else start.more.get("files", {}))
    where = "the first epoch" if start is None else f"epoch {start.epoch + 1}"
    where += f", batch {start.done + 1}" if start is not None and start.done else ""
    over = start is not None and (start.ended or start.epoch >= ready.settings.epochs)
    shown.note("the last epoch was trained" if over else f"going on with {where}")
    with held_back(shown, STOPPING) as interrupts:
        settings = {**said["settings"], "epochs": ready.settings.epochs}
        overrides = said["overrides"]
        if ready.settings.epochs != said["settings"]["epochs"]:
            overrides = {**overrides, "epochs": ready.settings.epochs}
        changes = {} if output is None else {"output": os.path.abspath(output)}
        with going_on(run):
            run.update(
                status="running", why="", ended=None, settings=settings, overrides=overrides, test=None, **changes
            )
        return fitted(ready, run, start, output, interrupts)


def differences(ready: Ready, said: dict[str, Any]) -> list[str]:
    """What is not as it was and may change the last digits, in sentences."""
    notes = []
    for name, version in account.versions(ready.keras).items():
        before = said["versions"].get(name)
        if before != version and name not in ("cnnspec", "python"):
            notes.append(
                f"trained with {name} {before}, going on with {version}: the figures may differ in their last digits"
            )
    before, now = said["devices"], list(ready.spot.used)
    if before != now:
        notes.append(
            f"trained on {', '.join(before)}, going on on {', '.join(now)}: the figures may differ in their last digits"
        )
    return notes


def _cut(run: RunFolder, settings: TrainSettings, files: dict[str, int]) -> None:
    """Take back what callbacks wrote after the state that is gone on with."""
    for callback in settings.callbacks:
        if callback.name == "CSVLogger":
            name = os.path.normpath(dict(callback.keywords)["filename"])
            path = run.file(name)
            with suppress(FileNotFoundError):
                os.truncate(path, min(files.get(name, 0), os.path.getsize(path)))
