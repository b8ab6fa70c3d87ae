"""A run folder: everything about one training in one place.

    spec/                       the spec as trained, with the files that it uses
    run.json                    what was trained, on what, how, with what outcome
    metrics.csv, metrics.jsonl  a row for every epoch
    curves.png                  the rows as a picture
    best.keras, last.keras      the models
    state/                      what a training needs to go on; the lock

A new one is made whole under a hidden name and then renamed, so two trainings that start at once have a folder each.
Whoever opens a run folder holds its lock until the `with` statement around it ends; nobody else touches the lock.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from cnnspec.base.confined_folder import ConfinedFolder, Unsafe
from cnnspec.base.shell_words import quote_path
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import schema
from cnnspec.train.runs.durable import MARK, sync_folder, write_json
from cnnspec.train.runs.lock import acquire_lock, find_holder
from cnnspec.train.runs.spec import write_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from cnnspec.train.runs.lock import FolderLock
    from cnnspec.train.runs.spec import Spec

MOST = 2**24  # bytes of run.json
RUNS = "runs"


class RunFolder:
    """A run folder that this process alone writes in: with open_run(path) as run.

    `record` is what run.json says; `new` says whether this process made the folder, `alone` whether it made none around it.
    """

    def __init__(
        self, path: str, record: dict[str, Any], lock: FolderLock, new: bool = False, alone: bool = True
    ) -> None:
        self.path, self.record, self.new, self.alone = path, record, new, alone
        self._lock = lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    @property
    def inside(self) -> ConfinedFolder:
        return ConfinedFolder(self.path)

    def file(self, *names: str) -> str:
        """The path of a file of the run. Raises Unsafe, an OSError, for a path that leads out of the folder."""
        return self.inside.file(*names)

    def is_resumable(self) -> bool:
        """Whether a training can go on from what lies there now."""
        try:
            read_record(self.path)
            return os.path.isfile(self.file("state", "state.npz"))
        except (OSError, TrainingFailed):
            return False

    def update(self, **changes: Any) -> None:
        """Change what run.json says. Raises OSError."""
        self.record |= changes
        write_json(self.file("run.json"), self.record)

    def remove(self) -> None:
        """Delete the folder, in which nothing is worth keeping, with it the one that was made around it, and `runs`, when they
        are empty."""
        self._lock.release()
        above = os.path.dirname(os.path.realpath(self.path))
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            if not self.alone:
                os.rmdir(above)
                above = os.path.dirname(above)
            if os.path.basename(above) == RUNS:
                os.rmdir(above)


def check_run_dir(wanted: str | None) -> None:
    """Raises TrainingFailed when no run folder can be made at `wanted`, None: below runs/."""
    path = wanted or os.path.join(RUNS, "run")
    if wanted is not None and os.path.lexists(wanted):
        if not os.path.isdir(wanted):
            raise TrainingFailed(f"{wanted} is a file, no folder for a run", "choose another --run-dir", 2)
        if os.path.exists(os.path.join(wanted, "run.json")):
            help = f"go on with it: cnnspec resume {quote_path(wanted)}, or choose another --run-dir"
            raise TrainingFailed(f"{wanted} holds a run already", help, 2)
        if _list_names(wanted):
            raise TrainingFailed(f"{wanted} is not empty", "choose another --run-dir", 2)
    at = os.path.dirname(os.path.abspath(path))
    while not os.path.exists(at) and os.path.dirname(at) != at:
        at = os.path.dirname(at)
    trial = os.path.join(at, f"{MARK}{os.getpid()}")
    try:
        os.mkdir(trial)
        os.rmdir(trial)
    except OSError as error:
        raise _unwritable(path if wanted else RUNS, error) from None


def _list_names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(path: str, error: OSError) -> TrainingFailed:
    return TrainingFailed(
        f"{path} cannot be written: {error.strerror or error}", "choose another folder with --run-dir", 2
    )


def create_run(wanted: str | None, spec: Spec, record: dict[str, Any], inside: str = "") -> RunFolder:
    """A new run folder at `wanted`, None: runs/<spec>-<n>, the first n that is free; or `inside` of it, the first run in a new
    folder of several. Raises TrainingFailed."""
    above = os.path.dirname(os.path.abspath(wanted)) if wanted else RUNS
    made = os.path.join(above, f"{MARK}{os.getpid()}-run")
    record = {"format": schema.FORMAT, **record}
    try:
        os.makedirs(above, exist_ok=True)
        os.mkdir(made)  # which nobody else has put there
        run = os.path.join(made, inside)
        os.makedirs(os.path.join(run, "state"))
        write_spec(spec, os.path.join(run, "spec"))
        write_json(os.path.join(run, "run.json"), record)
        lock = None if os.name == "nt" else acquire_lock(run)  # Windows renames no folder with an open file in it
        path = os.path.join(_move_to_place(made, wanted, spec.name), inside).rstrip(os.sep)
        lock = lock or acquire_lock(path)
        assert lock is not None
        sync_folder(above)
    except OSError as error:
        raise _unwritable(wanted or RUNS, error) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return RunFolder(path, record, lock, new=True, alone=not inside)


def _move_to_place(made: str, wanted: str | None, name: str) -> str:
    number = 1
    while True:
        path = wanted or os.path.join(RUNS, f"{name}-{number}")
        try:
            if not os.path.lexists(path) or wanted:
                if os.path.isdir(path):
                    os.rmdir(path)  # an empty one; on Windows nothing can be renamed to it
                os.rename(made, path)
                return path
        except OSError:
            if wanted or not os.path.lexists(path):
                raise
        number += 1


def find_next_free(name: str) -> str:
    """The path that the next run of a spec would have."""
    number = 1
    while os.path.lexists(os.path.join(RUNS, f"{name}-{number}")):
        number += 1
    return os.path.join(RUNS, f"{name}-{number}")


def read_record(path: str) -> dict[str, Any]:
    """The record in the run.json of a run folder. Raises TrainingFailed where there is no sound run.json."""
    if not os.path.isdir(path):
        raise TrainingFailed(f"there is no run folder {path}", "cnnspec runs lists those that there are", 2)
    try:
        return schema.read_checked(ConfinedFolder(path).read("run.json", most=MOST), schema.check_record)
    except FileNotFoundError:
        raise TrainingFailed(
            f"{path} is no run folder: it has no run.json", "cnnspec runs lists those that there are", 2
        ) from None
    except OSError as error:
        raise TrainingFailed(f"{path}/run.json cannot be read: {error.strerror or error}", "", 2) from None
    except schema.Newer as newer:
        message = f"{path} was written by a newer cnnspec (format {newer.format}; this one reads {schema.FORMAT})"
        raise TrainingFailed(message, "upgrade cnnspec", 2) from None
    except schema.Wrong as wrong:
        raise TrainingFailed(f"{path}/run.json is damaged: {wrong}", "", 2) from None


def open_run(path: str) -> RunFolder:
    """The run folder at a path, for this process alone.

    Raises TrainingFailed when it is no run folder, when another process trains in it, or when something in it is no file
    of its own, so that writing there would change what lies elsewhere.
    """
    read_record(path)
    lock = None
    try:
        lock = acquire_lock(path)
        if lock is None:
            holder = find_holder(path)
            who = "" if holder is None else f" (process {holder})"
            raise TrainingFailed(f"another process is training {path}{who}", "wait for its end", 2)
        ConfinedFolder(path).check()
        return RunFolder(path, read_record(path), lock)
    except BaseException as error:
        if lock is not None:
            lock.release()
        if isinstance(error, Unsafe):
            help = "all that lies in a run folder is its own; put the files themselves there, or train anew"
            raise TrainingFailed(f"{error.filename} is not written to: {error.strerror}", help, 2) from None
        if isinstance(error, OSError):
            raise TrainingFailed(f"{path} cannot be written: {error.strerror or error}", "", 2) from None
        raise
