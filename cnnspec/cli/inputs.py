"""What a command is given to read: files, the files in folders, stdin, and pipes, each of which is read once."""

from __future__ import annotations

import os
import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source, is_stream, name_file, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

BINARY = (b"PK\x03\x04", b"\x89HDF")  # archives and HDF5, which models are saved in
STDIN = "<stdin>"  # what the text of stdin is called, unless a file's name is given for it


class Inputs:
    """Reads what one command names. A pipe or a device is read where the command itself names it, never where a folder
    or a `use` leads to it. `stdin_name`: the file whose text stdin brings, as an editor has it, saved or not."""

    def __init__(self, named: Iterable[str], stdin_name: str | None = None) -> None:
        self.named = frozenset(named)
        self.stdin_name = STDIN if stdin_name is None else name_given_file(stdin_name)
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
        return data if isinstance(data, Diagnostic) else decode_text(data, self.name_source(path))

    def name_source(self, path: str) -> str:
        """What the source of a path is called."""
        if path == "-":
            return self.stdin_name
        return path if self.is_read_once(path) else name_given_file(path)

    def is_stdin(self, source: Source) -> bool:
        """Whether a source is what stdin brought."""
        return "-" in self.named and source.name == self.stdin_name

    def replace_text(self, path: str, text: str) -> None:
        """Have another text stand for what a stream brought."""
        self._read[path] = text.encode()


def name_given_file(path: str) -> str:
    """What a file is called that a command names: a full path as it was given, so that what reads the answer finds it."""
    return path if os.path.isabs(path) else name_file(path)


def leads_to_model(path: str) -> bool:
    """Whether a path leads to the file of a model, and not to a spec."""
    if path.endswith(".cnn") or path == "-":  # nearly all: nothing is imported for them
        return False
    from cnnspec.model_files import is_model_file

    return is_model_file(path)


def find_foreign_targets(path: str) -> tuple[str, ...]:
    """The targets that the model at a path is not made for; () for a spec."""
    if path.endswith(".cnn") or path == "-":
        return ()
    from cnnspec.model_files import find_foreign_targets as find

    return find(path)


def decode_text(data: bytes, name: str) -> Source | Diagnostic:
    """The source that some bytes are; of an archive in their place where models are read from."""
    found = decode_source(data, name)
    if isinstance(found, Diagnostic) and data.startswith(BINARY):
        message = f"{'stdin brings' if name == STDIN else f'{name} is'} an archive, not text"
        return found.replace(
            message=message, help="a model is read from a file that is named as one, such as net.keras"
        )
    return found


def read_stdin() -> bytes | Diagnostic:
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        return Diagnostic("E002", f"cannot read stdin: {error.strerror}", None, "is it open?")
