"""Outputs that a command may replace: what it has written there itself and nobody has changed since. All else needs --force.

The sum of what was written last to a path is kept in the user's own cache. So a spec that was edited after it was
imported, or a model that was trained after it was compiled, is not lost. Where the cache is gone, --force is asked for.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from cnnspec.cli.cache import VARIABLE, find_user_cache, hash_data, make
from cnnspec.cli.messages import UsageError
from cnnspec.cli.write_file import write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

STDOUT = ("-", "/dev/stdout")  # which may be a file that the shell has opened: it is written to, never replaced
MOST = 1000  # outputs that are remembered


def add_force_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace what stands at OUT, whoever wrote it")


def write_output(path: str, content: str | bytes, force: bool) -> None:
    """Write a text or bytes, and remember that; "-" is stdout, for a text. UsageError where something else would be lost, or it
    cannot be written."""
    if path in STDOUT and isinstance(content, str):
        sys.stdout.write(content)
        sys.stdout.flush()
        return
    if os.path.isdir(path):
        raise UsageError(f"cannot write {path}: it is a folder")
    data = content if isinstance(content, bytes) else content.encode()
    if read_data(path) != data:
        check_replaceable(path, force)
    write_whole(path, data)
    remember_output(path)


def check_replaceable(path: str, force: bool) -> None:
    """UsageError where something stands at a path that is not as it was written from here."""
    if force or not holds_something(path) or is_own_output(path):
        return
    raise UsageError(
        f"{path} is there already, and is not what cnnspec wrote there last: give another name, or --force to replace it"
    )


def check_not_read(path: str, *inputs: str) -> None:
    """UsageError where an output would take the place of what the command reads, whatever is forced."""
    for one in inputs:
        with suppress(OSError, ValueError):  # one of them is not there
            if os.path.isfile(path) and os.path.samefile(path, one):
                raise UsageError(f"{path} is what the command reads: give the output another name")


def remember_output(path: str) -> None:
    """Remember what stands at a path now as written from here. A cache that cannot be written remembers nothing."""
    record = name_record(path)
    if not record or not holds_something(path):
        return
    with suppress(OSError, UsageError):
        if not os.path.isdir(os.path.dirname(record)):
            make(os.path.dirname(record))
        write_whole(record, sum_content(path) + "\n")
        forget_oldest(os.path.dirname(record))


# ---- what stands at a path -----------------------------------------------------------------------------------
def holds_something(path: str) -> bool:
    """Whether a file or a folder holds anything that could be lost; a device or a pipe does not."""
    if not os.path.isdir(path):
        return os.path.isfile(path) and os.path.getsize(path) > 0
    try:
        return bool(os.listdir(path))
    except OSError:  # nobody knows
        return True


def is_own_output(path: str) -> bool:
    """Whether a path holds what was written from here last."""
    record = read_record(path)
    try:
        return record != "" and record == sum_content(path)
    except OSError:
        return False


def read_data(path: str) -> bytes | None:
    """The bytes of a file; None where there is none, or it cannot be read."""
    if not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def sum_content(path: str) -> str:
    """A sum over a file, or over all files of a folder and their names. OSError where they cannot be read."""
    from hashlib import file_digest

    paths = [path]
    if os.path.isdir(path):
        paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    sums = []
    for one in paths:
        if not os.path.isfile(one):
            raise OSError(f"{one} is no file")
        with open(one, "rb") as file:
            sums.append((os.path.relpath(one, path), file_digest(file, "blake2b").hexdigest()))
    return hash_data(repr(sums).encode())


# ---- what is remembered --------------------------------------------------------------------------------------
def name_record(path: str) -> str:
    """The file that remembers an output; "" for a user without a cache."""
    folder = os.environ.get(VARIABLE) or find_user_cache()
    return os.path.join(folder, "outputs", hash_data(os.fsencode(os.path.realpath(path)))) if folder else ""


def read_record(path: str) -> str:
    """The sum of what was written last to a path; "" where that is not known."""
    return (read_data(name_record(path)) or b"").decode(errors="replace").strip()


def forget_oldest(folder: str) -> None:
    """Forget the oldest outputs where too many are remembered."""
    with os.scandir(folder) as files:
        records = sorted((f.stat().st_mtime, f.path) for f in files if len(f.name) == 32)
    for _, record in records[:-MOST]:
        os.unlink(record)
