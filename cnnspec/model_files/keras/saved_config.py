"""A saved Keras model's config, read as data: nothing that the file carries is loaded, imported or run.

A .keras file is a zip archive; of its members only `config.json` and `metadata.json` are opened, by exactly these
names, and nothing is extracted. The bounds hold for what is really read, whatever the archive says about itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from cnnspec.compile.keras_2 import way_out, written_by
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.zipped_json import MAX_BYTES as MAX_BYTES
from cnnspec.model_files.zipped_json import open_archive, parse_json_object, read_member

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
                return _read_archive(path, file)
            if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
                raise ModelRefused(f"{path} is no .keras file (a zip archive) and no JSON")
            config = parse_json_object(start + file.read(MAX_BYTES + 1 - len(start)), str(path))
            _refuse_keras_2(config, path)
            return config
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        raise ModelRefused(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _read_archive(path: Path, file: IO[bytes]) -> dict[str, Any]:
    """The config in a .keras file."""
    with open_archive(str(path), file, ".keras file") as archive:
        names = archive.namelist()
        if "config.json" not in names:
            raise ModelRefused(f"{path} is a zip archive without config.json, so no .keras file: {CONVERT}")
        if "metadata.json" in names:
            what = f"metadata.json in {path}"
            _refuse_keras_2(parse_json_object(read_member(archive, "metadata.json", what), what), path)
        what = f"config.json in {path}"
        return parse_json_object(read_member(archive, "config.json", what), what)


def _refuse_keras_2(metadata: dict[str, Any], path: Path) -> None:
    if version := written_by(metadata):
        raise ModelRefused(f"{path} was written by Keras {version}; {way_out(path.name)}")
