"""A run folder: everything about one training in one place, and one process at a time that writes in it.

    spec/                       the spec as trained, with the files that it uses
    run.json                    what was trained, on what, how, with what outcome
    metrics.csv, metrics.jsonl  a row for every epoch
    curves.png                  the rows as a picture
    best.keras, last.keras      the models
    state/                      what a training needs to go on; the lock

It is made whole under a hidden name and renamed, so that of two trainings that start at once each has its own.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from cnnspec.base.confined_folder import SECOND, ConfinedFolder, Unsafe
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import schema
from cnnspec.train.runs.durable import MARK, settle, write_json
from cnnspec.train.runs.spec import put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

    from cnnspec.train.runs.spec import Spec

MOST = 2**24  # bytes of run.json
RUNS = "runs"


class RunFolder:
    """A run folder that this process holds. `account` is what run.json says; `new`: whether this process made it."""

    def __init__(self, path: str, account: dict[str, Any], lock: IO[str], new: bool = False) -> None:
        self.path, self.account, self.lock, self.new = path, account, lock, new

    @property
    def inside(self) -> ConfinedFolder:
        return ConfinedFolder(self.path)

    def file(self, *names: str) -> str:
        """Where a file of the run lies, or is to lie. Raises Unsafe, an OSError, for what leads out of the folder."""
        return self.inside.file(*names)

    def goes_on(self) -> bool:
        """Whether what lies there now can be gone on with."""
        try:
            read_account(self.path)
            return os.path.isfile(self.file("state", "state.npz"))
        except (OSError, TrainingFailed):
            return False

    def update(self, **changes: Any) -> None:
        """Change what run.json says. Raises OSError."""
        self.account |= changes
        write_json(self.file("run.json"), self.account)

    def release(self) -> None:
        self.lock.close()

    def remove(self) -> None:
        """Take the folder away: nothing in it is worth keeping. `runs` goes with it when it is empty."""
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            if os.path.basename(os.path.dirname(os.path.realpath(self.path))) == RUNS:
                os.rmdir(os.path.dirname(os.path.realpath(self.path)))


def check_place(wanted: str | None) -> None:
    """Raises TrainingFailed when no run folder can be made at `wanted`, None: below runs/."""
    path = wanted or os.path.join(RUNS, "run")
    if wanted is not None and os.path.lexists(wanted):
        if not os.path.isdir(wanted):
            raise TrainingFailed(f"{wanted} is a file, no folder for a run", "choose another --run-dir", 2)
        if os.path.exists(os.path.join(wanted, "run.json")):
            help = f"go on with it: cnnspec resume {wanted}, or choose another --run-dir"
            raise TrainingFailed(f"{wanted} holds a run already", help, 2)
        if _listed(wanted):
            raise TrainingFailed(f"{wanted} is not empty", "choose another --run-dir", 2)
    at = os.path.dirname(os.path.abspath(path))
    while not os.path.exists(at) and os.path.dirname(at) != at:
        at = os.path.dirname(at)
    trial = os.path.join(at, f"{MARK}{os.getpid()}")
    try:
        os.mkdir(trial)
        os.rmdir(trial)
    except OSError as error:
        raise unwritable(path if wanted else RUNS, error) from None


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError as error:
        raise unwritable(folder, error) from None


def unwritable(path: str, error: OSError) -> TrainingFailed:
    return TrainingFailed(
        f"{path} cannot be written: {error.strerror or error}", "choose another folder with --run-dir", 2
    )


def create(wanted: str | None, spec: Spec, account: dict[str, Any]) -> RunFolder:
    """A new run folder at `wanted`, None: runs/<spec>-<n>, the first n that is free. Raises TrainingFailed."""
    above = os.path.dirname(os.path.abspath(wanted)) if wanted else RUNS
    made = os.path.join(above, f"{MARK}{os.getpid()}-run")
    account = {"format": schema.FORMAT, **account}
    try:
        os.makedirs(above, exist_ok=True)
        os.mkdir(made)  # which nobody else has put there
        os.mkdir(os.path.join(made, "state"))
        put(spec, os.path.join(made, "spec"))
        write_json(os.path.join(made, "run.json"), account)
        lock = None if os.name == "nt" else _locked(made)  # Windows renames no folder with an open file in it
        path = _moved(made, wanted, spec.name)
        lock = lock or _locked(path)
        assert lock is not None
        settle(above)
    except OSError as error:
        raise unwritable(wanted or RUNS, error) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return RunFolder(path, account, lock, new=True)


def _moved(made: str, wanted: str | None, name: str) -> str:
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


def next_free(name: str) -> str:
    """Where the next run of a spec would lie."""
    number = 1
    while os.path.lexists(os.path.join(RUNS, f"{name}-{number}")):
        number += 1
    return os.path.join(RUNS, f"{name}-{number}")


def read_account(path: str) -> dict[str, Any]:
    """What a run folder's run.json says. Raises TrainingFailed when there is none, or it is none."""
    if not os.path.isdir(path):
        raise TrainingFailed(f"there is no run folder {path}", "cnnspec runs lists those that there are", 2)
    try:
        return schema.checked(ConfinedFolder(path).read("run.json", most=MOST), schema.account)
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


def take(path: str) -> RunFolder:
    """A run folder for this process alone. Raises TrainingFailed when it is none, another process trains in it, or
    something in it is no file of its own, so that writing there would change what lies elsewhere."""
    read_account(path)
    lock = None
    try:
        lock = _locked(path)
        if lock is None:
            raise TrainingFailed(f"another process is training {path}{_holder(path)}", "wait for its end", 2)
        ConfinedFolder(path).check()
        return RunFolder(path, read_account(path), lock)
    except BaseException as error:
        if lock is not None:
            lock.close()
        if isinstance(error, Unsafe):
            help = "all that lies in a run folder is its own; put the files themselves there, or train anew"
            raise TrainingFailed(f"{error.filename} is not written to: {error.strerror}", help, 2) from None
        if isinstance(error, OSError):
            raise TrainingFailed(f"{path} cannot be written: {error.strerror or error}", "", 2) from None
        raise


def running(path: str) -> bool:
    """Whether a process trains in a run folder now."""
    try:
        lock = _locked(path, write=False)
    except OSError:
        return False
    if lock is not None:
        lock.close()
    return lock is None


def _locked(path: str, write: bool = True) -> IO[str] | None:
    """The lock of a run folder, None when another process has it; the system frees it when a process ends, however."""
    at = ConfinedFolder(path).file("state", "lock")
    if write:
        os.makedirs(os.path.join(path, "state"), exist_ok=True)
    file = open(at, "a+" if write else "r", encoding="utf-8")  # noqa: SIM115
    try:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if os.name != "nt" and not isinstance(error, BlockingIOError):  # a file system without locks, say
            raise
        return None
    if write and os.fstat(file.fileno()).st_nlink > 1:
        file.close()
        raise Unsafe(at, SECOND)
    if write:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
    return file


def _holder(path: str) -> str:
    try:
        return f" (process {int(ConfinedFolder(path).read('state', 'lock', most=20))})"
    except (OSError, ValueError):
        return ""
