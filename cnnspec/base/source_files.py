"""Files of source text: how they are read and decoded, and which of them belong to one project."""

from __future__ import annotations

import codecs
import os
import re
import stat
from codecs import BOM_UTF8
from itertools import islice

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source import Source

MOST_ENTRIES = 2_000  # of a folder, that are looked at
ROOT_MARKS = ("pyproject.toml", ".git", "cnnspec.toml")
STREAMS = (stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK)
KINDS = ("a pipe", "a socket", "a device", "a device", "a folder")
NO_FILE = {kind: f"it is {name}, not a file" for kind, name in zip((*STREAMS, stat.S_IFDIR), KINDS, strict=True)}


def read_bytes(path: str, streams: bool = False, most: int = MAX_BYTES) -> bytes | Diagnostic:
    """The bytes of a file, one more than `most` at most; a diagnostic without a place when it cannot be read.

    Nothing is waited for, and only a regular file is read, whatever has come into its place meanwhile. `streams`: so is a
    pipe or a device, which somebody has named.
    """
    help = "check the path"
    try:
        with open(path, "rb", opener=None if streams else _at_once) as file:
            kind = stat.S_IFMT(os.fstat(file.fileno()).st_mode)
            if streams or kind == stat.S_IFREG:
                return file.read(most + 1)
            why, help = NO_FILE[kind], "a pipe or a device is read only where the command names it"
    except OSError as error:
        kind = _kind(path)
        unopened = kind in (stat.S_IFDIR, stat.S_IFSOCK)  # for what it is
        why = NO_FILE[kind] if unopened else error.strerror or str(error)
    except ValueError:  # a NUL in the path
        return Diagnostic("E002", f"cannot read {path!r}: it is no path", None, "check the path")
    return Diagnostic("E002", f"cannot read {path}: {why}", None, help)


def _at_once(path: str, flags: int) -> int:
    """Opens a file without waiting for the other end of a pipe, and without making a terminal its own."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _kind(path: str) -> int:
    """Of which kind the file at a path is; 0 where there is none."""
    try:
        return stat.S_IFMT(os.stat(path).st_mode)
    except (OSError, ValueError):  # the latter for a NUL in the path
        return 0


def is_stream(path: str) -> bool:
    """Whether a path leads to what can be read only once, or does not end: a pipe, a device, a socket."""
    return _kind(path) in STREAMS


UTF_8 = "utf-8-sig"
NO_FILES = (
    "idna",
    "punycode",
    "raw-unicode-escape",
    "undefined",
    "unicode-escape",
)  # codecs of Python's that are of no files
SAID = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
EMACS = re.compile(
    r"(?i)^(utf-8|latin-1|iso-8859-1|iso-latin-1)-.*"
)  # with a word for the ends of lines, which says nothing


def find_coding(data: bytes, name: str) -> str | Diagnostic:
    """How the bytes of a file are a text: as UTF-8, or as the first two lines of a Python file say; a diagnostic without a place
    where Python has no such coding."""
    found = None
    for line in re.split(rb"\r\n|\r|\n", data.removeprefix(BOM_UTF8), maxsplit=2)[:2] if name.endswith(".py") else ():
        found = SAID.match(line)
        if found or not re.match(rb"[ \t\f]*(#|$)", line):
            break
    if not found:
        return UTF_8
    word = found[1].decode()
    try:
        coding = codecs.lookup(EMACS.sub(r"\1", word.replace("_", "-"))).name
    except (LookupError, ValueError):
        coding = ""
    why = ""
    if not coding or coding in NO_FILES:
        why = "which is no coding that Python reads"
    elif coding != "utf-8" and data.startswith(BOM_UTF8):
        why = "and begins as UTF-8 does"
    if why:
        help = "save it as UTF-8, and leave that line out"
        return Diagnostic("E002", f'{name} says that its coding is "{word}", {why}', None, help)
    return UTF_8 if coding == "utf-8" else coding


def decode_source(data: bytes, name: str, coded: bool = True) -> Source | Diagnostic:
    """Bytes of a file → its source, line ends made "\\n"; a diagnostic without a place when it is not text. `coded`: a Python
    file's own word for how it is coded counts, if not, it is UTF-8."""
    if len(data) > MAX_BYTES:
        return Diagnostic("E002", f"{name} has more than the {MAX_BYTES:,} bytes that are read", None, "split it")
    coding = find_coding(data, name) if coded else UTF_8
    if isinstance(coding, Diagnostic):
        return coding
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = "UTF-8 text" if coding == UTF_8 else f"{coding}, as it says"
        message = f"{name} is not {what}: byte 0x{data[error.start]:02x} in line {line}"
        return Diagnostic("E002", message, None, "save it as UTF-8")
    except (LookupError, ValueError):
        return Diagnostic(
            "E002", f'{name} says that its coding is "{coding}", which is no coding of texts', None, "save it as UTF-8"
        )
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return Diagnostic(
            "E002", f"{name} holds a NUL character in line {line}: it is no text", None, "save it as UTF-8"
        )
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def read(path: str, streams: bool = False) -> Source | Diagnostic:
    """The source in a file; a diagnostic without a place when it cannot be read. `streams`: as for `content`."""
    data = read_bytes(path, streams)
    return data if isinstance(data, Diagnostic) else decode_source(data, path)


def find_used_file(by: str, text: str) -> tuple[str, str]:
    """The real paths of the project that a source lies in, and of the file that its `use "text"` means."""
    here = os.getcwd() if by == "<stdin>" or is_stream(by) else os.path.dirname(os.path.abspath(by))
    path = os.path.realpath(os.path.join(here, text.replace("\0", "?")))
    return os.path.realpath(find_project_root(here) or here), path


def list_specs(folder: str) -> list[str]:
    """The names of the specs in a folder, of the first files there; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted([entry.name for entry in islice(entries, MOST_ENTRIES) if entry.name.endswith(".cnn")])
    except (OSError, ValueError):
        return []


def name_file(path: str) -> str:
    """What a file is called, whoever leads to it: its path from the working folder if it lies below, else the path as it is."""
    if not os.path.isabs(path) and os.pardir not in path:
        return os.path.normpath(path) if path else path
    try:
        here = os.getcwd()
    except OSError:  # the folder is gone
        return path
    found = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    below = found.removeprefix(os.path.join(here, ""))
    return path if below == found else below


def is_inside(path: str, folder: str) -> bool:
    """Whether a path, all links followed, leads to something in a folder."""
    folder = os.path.realpath(folder)
    try:
        return os.path.commonpath([folder, os.path.realpath(path)]) == folder
    except ValueError:  # another drive, or no path
        return False


def find_project_root(folder: str) -> str | None:
    """The nearest folder upward that looks like a project's root."""
    while True:
        if any(os.path.exists(os.path.join(folder, mark)) for mark in ROOT_MARKS):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def relative(path: str) -> str:
    """A path relative to the working folder, with slashes; a path outside of the folder stays as it is."""
    try:
        found = os.path.relpath(path)
    except ValueError:  # another drive
        found = path
    return (path if found.startswith("..") else found).replace(os.sep, "/")
