"""JSON out of a file or a ZIP archive, bounded: what a hostile file says of its sizes is not believed.

Both functions raise ModelRefused, in one sentence.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, Any

from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 64 * 2**20  # of a JSON text
MAX_DEPTH = 200
MAX_DIRECTORY = 16 * 2**20  # bytes of an archive's table of contents: some 200,000 members
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)


@contextmanager
def open_archive(path: str, file: IO[bytes], kind: str) -> Iterator[zipfile.ZipFile]:
    """A ZIP archive, `kind` in messages; whatever turns out to be damaged while it is read is refused."""
    try:
        if find_directory_size(file) > MAX_DIRECTORY:
            raise ModelRefused(f"{path} is a damaged {kind}: no model has a table of contents as long as its own")
        with zipfile.ZipFile(file) as archive:
            yield archive
    except DAMAGE as error:
        raise ModelRefused(f"{path} is a damaged {kind}: {error}") from error


def find_directory_size(file: IO[bytes]) -> int:
    """How many bytes the table of contents at an archive's end has by its own account; 0 where there is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2**16 - 42))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        return 0
    stated = int.from_bytes(tail[end + 12 : end + 16], "little")
    if stated < 0xFFFFFFFF:
        return stated
    start = int.from_bytes(tail[end - 12 : end - 4], "little")  # of the record that large archives have besides
    if not 0 <= start < size:
        return 0
    file.seek(start)
    record = file.read(56)
    file.seek(0)
    return int.from_bytes(record[40:48], "little")


def read_member(archive: zipfile.ZipFile, name: str, what: str, most: int = MAX_BYTES) -> bytes:
    """A member's bytes; refused where there are too many, whatever the archive states as its size."""
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ModelRefused(f"{what} is packed in a way that no framework uses")
    if info.file_size <= most:
        with archive.open(info) as member:
            content = member.read(most + 1)
        if len(content) <= most:
            return content
    raise ModelRefused(f"{what} is larger than {describe_bytes(most)}: no model's description is")


def describe_bytes(number: int) -> str:
    return f"{number // 2**20} MiB" if number >= 2**20 else f"{number} bytes"


def parse_json_object(content: bytes, what: str) -> dict[str, Any]:
    """A JSON object; `what` is its place, for messages."""
    if len(content) > MAX_BYTES:
        raise ModelRefused(f"{what} is larger than {describe_bytes(MAX_BYTES)}: no model's description is")
    try:
        config = json.loads(content)
    except RecursionError:
        raise ModelRefused(f"{what} is nested too deeply") from None
    except (json.JSONDecodeError, UnicodeError) as error:
        raise ModelRefused(f"{what} is not JSON: {error}") from error
    except ValueError:  # Python reads no integer of more than some thousand digits
        raise ModelRefused(f"{what} holds a number that is too long") from None
    if not isinstance(config, dict):
        raise ModelRefused(f"{what} describes no model: it is a JSON {_KINDS.get(type(config), 'value')}")
    if _is_deeper(config, MAX_DEPTH):
        raise ModelRefused(f"{what} is nested more than {MAX_DEPTH} levels deep")
    return config


_KINDS = {list: "list", str: "text", int: "number", float: "number"}


def _is_deeper(value: Any, most: int) -> bool:
    """Whether lists and dicts are nested more than `most` deep."""
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True
