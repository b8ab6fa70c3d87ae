"""A folder that anybody may have made: nothing that is read or written in it may lie outside of it.

A folder from elsewhere may hold links, which lead anywhere; pipes, which are waited for without end; and files that have
a second name outside (hard links), under which they would be changed. `ConfinedFolder` owns the paths of such a folder. The
folder itself may be a link: who names it says which one is meant.
"""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

SECOND = "it has a second name (it is a hard link)"
JUNCTION = 0xA0000003  # Windows' other link to a folder, as st_reparse_tag


class Unsafe(OSError):
    """A file or folder that is not used, because it may lead outside. It is an OSError, and shown as the system's own are."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(errno.ELOOP, why, path)

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}"


class ConfinedFolder:
    """The paths of a folder. What is asked for is a path from the folder on, "spec/net.cnn", in one part or several."""

    def __init__(self, path: str) -> None:
        self.path = path

    def at(self, *names: str) -> str:
        """Where something lies, or would lie. Raises Unsafe when the way there leads out of the folder."""
        parts = "/".join(names).replace(os.sep, "/").split("/")
        whole = path = os.path.join(self.path, *[p for p in parts if p not in ("", ".")])
        if parts[0] == "" or ".." in parts or "\0" in whole or any(os.path.splitdrive(p)[0] for p in parts):
            raise Unsafe("/".join(names), "it lies outside of the folder")
        path = self.path
        for part in parts:
            if not is_link_free(path := os.path.join(path, part)):
                raise Unsafe(path, "it is a link")
        return whole

    def file(self, *names: str) -> str:
        """The path of a regular file, or of one that is not there yet. Raises Unsafe."""
        path = self.at(*names)
        info = _looked_at(path)
        if info is not None and not stat.S_ISREG(info.st_mode):
            raise Unsafe(path, "it is a folder" if stat.S_ISDIR(info.st_mode) else "it is no file")
        return path

    def open(self, *names: str, most: int) -> BinaryIO:
        """A file of `most` bytes at most, to be read. Raises OSError."""
        path = self.file(*names)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(path, flags), "rb")
        info = os.fstat(file.fileno())
        if stat.S_ISREG(info.st_mode) and info.st_size <= most:
            return file
        file.close()
        regular = stat.S_ISREG(info.st_mode)
        raise Unsafe(path, f"it is larger than {most:,} bytes" if regular else "it is no file")

    def read(self, *names: str, most: int) -> bytes:
        """What stands in a file of `most` bytes at most. Raises OSError."""
        with self.open(*names, most=most) as file:
            return file.read(most)

    def check(self) -> None:
        """Raise Unsafe where another program could not safely write here: for a link, for what is neither a file nor a
        folder, for a file with a second name."""
        waiting = [self.path]
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    info = os.lstat(entry.path)
                    if _links(info):
                        raise Unsafe(entry.path, "it is a link")
                    if stat.S_ISDIR(info.st_mode):
                        waiting.append(entry.path)
                    elif not stat.S_ISREG(info.st_mode):
                        raise Unsafe(entry.path, "it is no file")
                    elif info.st_nlink > 1:
                        raise Unsafe(entry.path, SECOND)


def is_link_free(path: str) -> bool:
    """Whether something is no link itself; what is not there is none."""
    info = _looked_at(path)
    return info is None or not _links(info)


def _looked_at(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _links(info: os.stat_result) -> bool:
    return stat.S_ISLNK(info.st_mode) or getattr(info, "st_reparse_tag", 0) == JUNCTION
