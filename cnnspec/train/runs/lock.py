"""The lock of a run folder: one process at a time trains in it.

The system frees the lock when its process ends, however that happens. The file says which process has it.
"""

from __future__ import annotations

import os

from cnnspec.base.confined_folder import SECOND, ConfinedFolder, Unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

PLACE = ("state", "lock")


class FolderLock:
    """A lock that this process has, until it is released."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def release(self) -> None:
        """Let others have the lock. Releasing it twice is safe."""
        self.file.close()


def acquire_lock(path: str) -> FolderLock | None:
    """The lock of the run folder at a path, None when another process has it. Raises OSError."""
    at = ConfinedFolder(path).file(*PLACE)
    os.makedirs(os.path.dirname(at), exist_ok=True)
    file = _lock_file(at, "a+")
    if file is None:
        return None
    if os.fstat(file.fileno()).st_nlink > 1:
        file.close()
        raise Unsafe(at, SECOND)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return FolderLock(file)


def is_locked(path: str) -> bool:
    """Whether a process trains in a run folder now. Nothing is written."""
    try:
        file = _lock_file(ConfinedFolder(path).file(*PLACE), "r")
    except OSError:
        return False
    if file is not None:
        file.close()
    return file is None


def find_holder(path: str) -> int | None:
    """The number of the process that has the lock, None when its file does not say it."""
    try:
        return int(ConfinedFolder(path).read(*PLACE, most=20))
    except (OSError, ValueError):
        return None


def _lock_file(at: str, mode: str) -> IO[str] | None:
    """A file, opened and locked; None when another process has locked it. Raises OSError."""
    file = open(at, mode, encoding="utf-8")  # noqa: SIM115
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
    return file
