"""What stands in a file, and which files belong to one project: all of the file system that an analysis looks at."""

from __future__ import annotations

import os

from cnnspec.diagnostic import Diagnostic
from cnnspec.limits import MAX_BYTES
from cnnspec.source import Source

ROOT_MARKS = ("pyproject.toml", ".git", "cnnspec.toml")


def content(path: str) -> bytes | Diagnostic:
    """The bytes of a file, one more than are allowed at most; a diagnostic without a place when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        return Diagnostic("E002", f"cannot read {path}: {error.strerror or error}", None, "check the path")
    except ValueError:  # a NUL in the path
        return Diagnostic("E002", f"cannot read {path!r}: it is no path", None, "check the path")


def decode(data: bytes, name: str) -> Source | Diagnostic:
    """Bytes of a file → its source: UTF-8, line ends made "\\n"; a diagnostic without a place when it is not text."""
    if len(data) > MAX_BYTES:
        return Diagnostic("E002", f"{name} has {len(data):,} bytes; at most {MAX_BYTES:,} are read", None, "split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"{name} is not UTF-8 text: byte 0x{data[error.start]:02x} in line {line}"
        return Diagnostic("E002", message, None, "save it as UTF-8")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return Diagnostic(
            "E002", f"{name} holds a NUL character in line {line}: it is no text", None, "save it as UTF-8"
        )
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def read(path: str) -> Source | Diagnostic:
    """The source in a file; a diagnostic without a place when it cannot be read."""
    data = content(path)
    return data if isinstance(data, Diagnostic) else decode(data, path)


def used(by: str, text: str) -> tuple[str, str]:
    """The real paths of the project that a source lies in, and of the file that its `use "text"` means."""
    here = os.path.dirname(os.path.abspath(by)) if by != "<stdin>" else os.getcwd()
    path = os.path.realpath(os.path.join(here, text.replace("\0", "?")))
    return os.path.realpath(project_root(here) or here), path


def project_root(folder: str) -> str | None:
    """The nearest folder upward that looks like a project's root."""
    while True:
        if any(os.path.exists(os.path.join(folder, mark)) for mark in ROOT_MARKS):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
