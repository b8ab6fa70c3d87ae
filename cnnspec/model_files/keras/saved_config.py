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

from cnnspec.compile.keras_2 import way_out, written_by
from cnnspec.model_files.refusal import ModelRefused

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 200
CONVERT = 'load it with Keras 3 and write model.save("net.keras")'
_HDF5 = b"\x89HDF\r\n\x1a\n"


def read_config(path: str | Path) -> dict[str, Any]:
    """The config of the model in a .keras file, or in a .json file as `model.to_json()` writes it.

    Raises ModelRefused for every other file, and for one that is damaged, too large, or written by Keras 2.
    """
    path = Path(path)
    try:
        if path.is_dir():
            if (path / "saved_model.pb").exists():
                raise ModelRefused(f"{path} is a SavedModel folder, not a .keras file: {way_out(path.name)}")
            raise ModelRefused(f"{path} is a folder, not a .keras file: {CONVERT}")
        with path.open("rb") as file:
            start = file.read(8)
            if start == _HDF5:
                raise ModelRefused(f"{path} is an HDF5 file: {CONVERT}")
            if start[:2] == b"PK":
                return _read_archive(path)
            if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
                raise ModelRefused(f"{path} is no .keras file (a zip archive) and no JSON")
            config = _read_json(start + file.read(MAX_BYTES + 1 - len(start)), str(path))
            _refuse_keras_2(config, path)
            return config
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        raise ModelRefused(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _read_archive(path: Path) -> dict[str, Any]:
    """The config in a .keras file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "config.json" not in names:
                raise ModelRefused(f"{path} is a zip archive without config.json, so no .keras file: {CONVERT}")
            if "metadata.json" in names:
                metadata = _read_json(_read_member(archive, "metadata.json", path), f"metadata.json in {path}")
                _refuse_keras_2(metadata, path)
            return _read_json(_read_member(archive, "config.json", path), f"config.json in {path}")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ModelRefused(f"{path} is a damaged .keras file: {error}") from error


def _refuse_keras_2(metadata: dict[str, Any], path: Path) -> None:
    if version := written_by(metadata):
        raise ModelRefused(f"{path} was written by Keras {version}; {way_out(path.name)}")


def _read_member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """A member's bytes; refused where there are too many, whatever the archive states as its size."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ModelRefused(f"{name} in {path} is packed in a way that Keras does not use")
    if archive.getinfo(name).file_size <= MAX_BYTES:
        with archive.open(name) as member:
            content = member.read(MAX_BYTES + 1)
        if len(content) <= MAX_BYTES:
            return content
    raise ModelRefused(f"{name} in {path} is larger than {MAX_BYTES // 2**20} MiB: no model's description is")


def _read_json(content: bytes, what: str) -> dict[str, Any]:
    """A JSON object; `what` is its place, for messages."""
    if len(content) > MAX_BYTES:
        raise ModelRefused(f"{what} is larger than {MAX_BYTES // 2**20} MiB: no model's description is")
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
