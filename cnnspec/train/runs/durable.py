"""Files that are there whole or not at all, whatever happens while they are written: a stop, a full disk, a power cut.

A file is written beside its place under a hidden name, brought to the disk, and moved to its place in one step. What a
stop leaves behind has that hidden name, and the next writer removes it.
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
    """A name to write a file at, with the same ending; when the block ends without error, the file is moved to `path`."""
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
        sync_folder(folder)
    finally:
        with suppress(OSError):
            os.remove(beside)


def write_text(path: str, text: str) -> None:
    """Write a text file."""
    with replacing(path) as beside, open(beside, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def write_json(path: str, value: Any) -> None:
    import json

    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def append_text(path: str, text: str) -> None:
    """Add lines to a file. A stop may cut the last one, so a reader leaves out a line without an end."""
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: str) -> None:
    """Bring the names in a folder to the disk (Windows has no call for it)."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def remove_leftovers(folder: str) -> None:
    """Remove the unfinished files that stopped writers have left in a folder and below."""
    for at, _, names in os.walk(folder):
        for name in names:
            if name.startswith(MARK):
                with suppress(OSError):
                    os.remove(os.path.join(at, name))


def make_saves_whole(model: Any) -> None:
    """Change a Keras model so that whatever saves it from now on leaves a whole file or none."""

    def make_whole(plain: Any) -> Any:
        def save(filepath: Any, *rest: Any, **more: Any) -> None:
            with replacing(os.fspath(filepath)) as beside:
                plain(beside, *rest, **more)

        return save

    model.save, model.save_weights = make_whole(model.save), make_whole(model.save_weights)
