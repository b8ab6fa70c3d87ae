"""A check of .keras and .weights.h5 files before Keras opens them: no file is larger than it seems, or points elsewhere.

A small archive may unpack to any size, an array may be declared and never written, and HDF5 may point at other files.
Versions of Keras differ in what they refuse.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS = "model.weights.h5"
SMALL = 2**26  # bytes that anything may unpack to
MOST_TIMES = 100  # its size that a larger member may unpack to; weights hardly shrink
DEEPEST = 100  # groups in groups


def unfit(path: str) -> str:
    """Why a file is not opened, in words behind its name: "holds …". "" for a sound file and for a damaged one.

    Raises OSError.
    """
    try:
        if not zipfile.is_zipfile(path):
            with open(path, "rb") as file:
                return _find_unfit_weights(file, file.seek(0, io.SEEK_END))
        with zipfile.ZipFile(path) as archive:
            return _find_unfit_archive(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, TypeError):
        return ""


def _find_unfit_archive(archive: zipfile.ZipFile) -> str:
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(names) < len(members):
        return "holds a file twice"
    for member in members:
        if member.file_size > max(SMALL, MOST_TIMES * member.compress_size):
            return f"holds {member.filename}, which would become {member.file_size:,} bytes of {member.compress_size:,}"
        if member.filename.endswith(".json") and member.file_size > SMALL:
            return f"holds {member.filename} of {member.file_size:,} bytes: no model's description is so long"
    if WEIGHTS not in names:
        return ""
    with archive.open(WEIGHTS) as weights:
        return _find_unfit_weights(weights, archive.getinfo(WEIGHTS).file_size)


def _find_unfit_weights(file: Any, size: int) -> str:
    """Why the arrays of an HDF5 file are not read."""
    import h5py

    try:
        content = h5py.File(file, "r")
    except OSError:  # no HDF5 file, which whoever opens it says
        return ""
    with content:
        taken = 0
        for name, item in _walk_arrays(content, h5py):
            if item is None:
                return f"holds {name}, which points elsewhere"
            taken += item.nbytes
            if taken > max(SMALL, 4 * size):
                return f"declares arrays of {taken:,} bytes, and has {size:,}"
    return ""


def _walk_arrays(root: Any, h5py: Any) -> Iterator[tuple[str, Any]]:
    """The arrays of a file; None for one that lies in another file, or behind a link."""
    waiting, seen = [("", root, 0)], set()
    while waiting:
        above, group, depth = waiting.pop()
        address = h5py.h5o.get_info(group.id).addr
        if address in seen or depth > DEEPEST:
            yield above, None
            return
        seen.add(address)
        for key in group:
            name = f"{above}/{key}".lstrip("/")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                yield name, None
                return
            item = group[key]
            if isinstance(item, h5py.Group):
                waiting.append((name, item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                yield name, None if item.external or item.is_virtual else item
