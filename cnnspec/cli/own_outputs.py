"""Outputs that a command may replace: what it has written there itself and nobody has changed since. All else needs --force.

The sum of what was written last to a path is kept in the user's own cache. So a spec that was edited after it was
imported, or a model that was trained after it was compiled, is not lost. Where the cache is gone, --force is asked for.
"""

from __future__ import annotations

import os
from contextlib import suppress

from cnnspec.cli.cache import VARIABLE, find_user_cache, hash_data, make
from cnnspec.cli.messages import UsageError
from cnnspec.cli.write_file import write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

MOST = 1000  # outputs that are remembered


def add_force_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace what stands at OUT, whoever wrote it")


def write_output(path: str, text: str, force: bool) -> None:
    """Write a text, and remember that. UsageError where something else would be lost, or the system refuses."""
    if read_text(path) != text:
        check_replaceable(path, force)
    write_whole(path, text)
    remember_output(path)


def check_replaceable(path: str, force: bool) -> None:
    """UsageError where something stands at a path that is not as it was written from here."""
    if force or not holds_something(path) or read_record(path) == sum_content(path):
        return
    raise UsageError(
        f"{path} is there already, and is not what cnnspec wrote there last: give another name, or --force to replace it"
    )


def remember_output(path: str) -> None:
    """Remember what stands at a path now as written from here. A cache that cannot be written remembers nothing."""
    if not holds_something(path):
        return
    with suppress(OSError):
        record = name_record(path)
        if not os.path.isdir(os.path.dirname(record)):
            make(os.path.dirname(record))
        write_whole(record, sum_content(path) + "\n")
        forget_oldest(os.path.dirname(record))


def holds_something(path: str) -> bool:
    """Whether a file or a folder holds anything that could be lost; a device or a pipe does not."""
    if os.path.isdir(path):
        return bool(os.listdir(path))
    return os.path.isfile(path) and os.path.getsize(path) > 0


def read_text(path: str) -> str | None:
    """The text of a file; None where there is none."""
    if not os.path.isfile(path):
        return None
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, ValueError):
        return None


def sum_content(path: str) -> str:
    """A sum over a file, or over all files of a folder and their names."""
    from hashlib import file_digest

    paths = [path]
    if os.path.isdir(path):
        paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    sums = []
    for one in paths:
        with open(one, "rb") as file:
            sums.append((os.path.relpath(one, path), file_digest(file, "blake2b").hexdigest()))
    return hash_data(repr(sums).encode())


def name_record(path: str) -> str:
    """The file that remembers an output."""
    folder = os.environ.get(VARIABLE) or find_user_cache()
    return os.path.join(folder, "outputs", hash_data(os.fsencode(os.path.realpath(path))))


def read_record(path: str) -> str:
    """The sum of what was written last to a path; "" where that is not known."""
    return (read_text(name_record(path)) or "").strip()


def forget_oldest(folder: str) -> None:
    """Forget the oldest outputs where too many are remembered."""
    with os.scandir(folder) as files:
        records = sorted((f.stat().st_mtime, f.path) for f in files if len(f.name) == 32)
    for _, record in records[:-MOST]:
        os.unlink(record)
