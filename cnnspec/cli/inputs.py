"""What a command is given to read: files, the files in folders, stdin, and pipes, each of which is read once."""

from __future__ import annotations

import os
import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source, is_stream, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Inputs:
    """Reads what one command names. A pipe or a device is read where the command itself names it, never where a folder
    or a `use` leads to it."""

    def __init__(self, named: Iterable[str]) -> None:
        self.named = frozenset(named)
        self._read: dict[str, bytes | Diagnostic] = {}

    def is_read_once(self, path: str) -> bool:
        """Whether a path can be read only once."""
        return path == "-" or (path in self.named and is_stream(path))

    def read_bytes(self, path: str) -> bytes | Diagnostic:
        """The bytes of a file; of a stream those that came when it was read first."""
        if path not in self._read:
            if not self.is_read_once(path):
                return read_bytes(path)
            self._read[path] = read_stdin() if path == "-" else read_bytes(path, streams=True)
        return self._read[path]

    def read_source(self, path: str) -> Source | Diagnostic:
        data = self.read_bytes(path)
        return data if isinstance(data, Diagnostic) else decode_source(data, name_source(path))

    def replace_text(self, path: str, text: str) -> None:
        """Have another text stand for what a stream brought."""
        self._read[path] = text.encode()


def name_source(path: str) -> str:
    """What the source of a path is called."""
    return "<stdin>" if path == "-" else path


def read_stdin() -> bytes | Diagnostic:
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        return Diagnostic("E002", f"cannot read stdin: {error.strerror}", None, "is it open?")


def find_files(paths: list[str]) -> Iterator[str | Diagnostic]:
    """The paths, with folders replaced by the .cnn files below them; hidden folders are left out."""
    for path in paths:
        if path == "-" or not os.path.isdir(path):
            yield path
            continue
        found: list[str] = []
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".cnn")]
        for error in closed:
            yield Diagnostic("E002", f"cannot read {error.filename}: {error.strerror}", None, "check the path")
        if not found and not closed:
            yield Diagnostic("E002", f"there is no .cnn file in {path}", None, "name a file, or another folder")
        yield from found
