"""Files that are there whole or not at all, whatever happens while they are written: a stop, a full disk, a power cut.

A file is written beside its place under a hidden name, brought to the disk, and moved to its place in one step. What a
stop leaves behind has that hidden name and is swept away by the next who writes there.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MARK = ".writing-"


@contextmanager
def replacing(path: str) -> Iterator[str]:
    """A name to write a file at, with the same ending; when the block ends without error it takes its place."""
    folder, name = os.path.split(os.path.realpath(path))
    beside = os.path.join(folder, f"{MARK}{os.getpid()}-{name}")
    try:
        with suppress(FileNotFoundError):
            os.remove(beside)
        with open(beside, "xb"):  # which no link has led elsewhere
            pass
        yield beside
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, os.path.join(folder, name))
        settle(folder)
    finally:
        with suppress(OSError):
            os.remove(beside)


def write(path: str, text: str) -> None:
    """Write a text file."""
    with replacing(path) as beside, open(beside, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def write_json(path: str, value: Any) -> None:
    import json

    write(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def append(path: str, text: str) -> None:
    """Add lines to a file, which may be cut inside them: who reads it leaves out a last line without an end."""
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def settle(folder: str) -> None:
    """Bring to the disk which names a folder has (there is no such call on Windows)."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def sweep(folder: str) -> None:
    """Remove what writers that were stopped have left in a folder and below."""
    for at, _, names in os.walk(folder):
        for name in names:
            if name.startswith(MARK):
                with suppress(OSError):
                    os.remove(os.path.join(at, name))
