"""A saved Keras model's config, read as data: nothing that the file carries is loaded, imported or run.

A .keras file is a zip archive; of its members only `config.json` and `metadata.json` are opened, by exactly these
names, and nothing is extracted. The bounds hold for what is really read, whatever the archive says about itself.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from cnnspec.base.source import brief, printable
from cnnspec.compile.keras_2 import way_out, written_by

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 200
LONGEST = 400  # characters of a word in a message
CONVERT = 'load it with Keras 3 and write model.save("net.keras")'
_HDF5 = b"\x89HDF\r\n\x1a\n"


class Refused(Exception):
    """Something that cannot be imported: a sentence for whoever runs the import, and a line for every layer at fault.

    What a file says stands in them without control characters, so that a line of the message is one of ours.
    """

    def __init__(self, sentence: str, *layers: str) -> None:
        self.lines = [printable(brief(sentence, LONGEST)), *[f"  {printable(brief(line, LONGEST))}" for line in layers]]
        super().__init__("\n".join(self.lines))


def read_config(path: str | Path) -> dict[str, Any]:
    """The config of the model in a .keras file, or in a .json file as `model.to_json()` writes it.

    Raises Refused for every other file, and for one that is damaged, too large, or written by Keras 2.
    """
    path = Path(path)
    try:
        if path.is_dir():
            if (path / "saved_model.pb").exists():
                raise Refused(f"{path} is a SavedModel folder, not a .keras file: {way_out(path.name)}")
            raise Refused(f"{path} is a folder, not a .keras file: {CONVERT}")
        with path.open("rb") as file:
            start = file.read(8)
            if start == _HDF5:
                raise Refused(f"{path} is an HDF5 file: {CONVERT}")
            if start[:2] == b"PK":
                return _of_archive(path)
            if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
                raise Refused(f"{path} is no .keras file (a zip archive) and no JSON")
            config = _of_json(start + file.read(MAX_BYTES + 1 - len(start)), str(path))
            _refuse_keras_2(config, path)
            return config
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        raise Refused(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _of_archive(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "config.json" not in names:
                raise Refused(f"{path} is a zip archive without config.json, so no .keras file: {CONVERT}")
            if "metadata.json" in names:
                metadata = _of_json(_member(archive, "metadata.json", path), f"metadata.json in {path}")
                _refuse_keras_2(metadata, path)
            return _of_json(_member(archive, "config.json", path), f"config.json in {path}")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Refused(f"{path} is a damaged .keras file: {error}") from error


def _refuse_keras_2(said: dict[str, Any], path: Path) -> None:
    if version := written_by(said):
        raise Refused(f"{path} was written by Keras {version}; {way_out(path.name)}")


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """A member's bytes, bounded by what it says of its size and by what comes out of it."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{name} in {path} is packed in a way that Keras does not use")
    if archive.getinfo(name).file_size <= MAX_BYTES:
        with archive.open(name) as member:
            content = member.read(MAX_BYTES + 1)
        if len(content) <= MAX_BYTES:
            return content
    raise Refused(f"{name} in {path} is larger than {MAX_BYTES // 2**20} MiB: no model's description is")


def _of_json(content: bytes, what: str) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise Refused(f"{what} is larger than {MAX_BYTES // 2**20} MiB: no model's description is")
    try:
        config = json.loads(content)
    except RecursionError:
        raise Refused(f"{what} is nested too deeply") from None
    except (json.JSONDecodeError, UnicodeError) as error:
        raise Refused(f"{what} is not JSON: {error}") from error
    except ValueError:  # Python reads no integer of more than some thousand digits
        raise Refused(f"{what} holds a number that is too long") from None
    if not isinstance(config, dict):
        raise Refused(f"{what} describes no model: it is a JSON {_KINDS.get(type(config), 'value')}")
    if _deeper_than(config, MAX_DEPTH):
        raise Refused(f"{what} is nested more than {MAX_DEPTH} levels deep")
    return config


_KINDS = {list: "list", str: "text", int: "number", float: "number"}


def _deeper_than(value: Any, most: int) -> bool:
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
