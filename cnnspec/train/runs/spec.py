"""The spec of a training with all files that it uses. A run folder keeps them, so that it needs nothing else."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.record import Record
from cnnspec.base.source_files import decode_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from cnnspec.base.confined_folder import ConfinedFolder
    from cnnspec.base.source import Source

ROOT = "cnnspec.toml"  # makes the folder a project's root, below which `use` finds files


class Spec(Record):
    """The texts of all files by their path below a common folder; `main` is the path of the spec itself.

    `parameters` are those of --set as they were written, `overrides` the settings given on the command line.
    """

    files: Mapping[str, str]
    main: str
    model: str | None = None
    parameters: Mapping[str, str] = {}
    max_layers: int = 0
    overrides: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        return os.path.splitext(os.path.basename(self.main))[0]


def gather_spec(name: str, text: str, used: Mapping[str, str], **more: Any) -> Spec:
    """The spec in a file (or <stdin>) together with the files that it uses, given as their texts by path."""
    path = os.path.realpath("network.cnn" if name == "<stdin>" else name)
    texts = {**used, path: text}
    top = os.path.commonpath([os.path.dirname(p) for p in texts])
    files = {os.path.relpath(p, top).replace(os.sep, "/"): t for p, t in texts.items()}
    return Spec(files, os.path.relpath(path, top).replace(os.sep, "/"), **more)


def write_spec(spec: Spec, folder: str) -> None:
    """Write the files of a spec into a new folder."""
    files = dict(spec.files) if len(spec.files) == 1 else {ROOT: "", **spec.files}
    for path, text in files.items():
        at = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def reread_spec(folder: ConfinedFolder, record: Mapping[str, Any]) -> Spec:
    """The spec that a run folder keeps, with the options of its training. Raises OSError, and ValueError for what is no text."""
    texts = {path: folder.read("spec", path, most=MAX_BYTES).decode("utf-8") for path in record["files"]}
    return Spec(
        texts, record["spec"].removeprefix("spec/"), record["model"], record["parameters"], record["max_layers"],
        record["overrides"],
    )  # fmt: skip


def hash_files(spec: Spec) -> dict[str, str]:
    """The SHA-256 of every file of a spec, by path."""
    from hashlib import sha256

    return {path: sha256(text.encode()).hexdigest() for path, text in sorted(spec.files.items())}


def find_changed(folder: ConfinedFolder, expected: Mapping[str, str]) -> str | None:
    """The first file of the spec in a run folder that has changed, None when none has."""
    from hashlib import sha256

    for path, sum in expected.items():
        try:
            found = sha256(folder.read("spec", path, most=MAX_BYTES)).hexdigest()
        except OSError:
            return path
        if found != sum:
            return path
    return None


def make_reader(folder: ConfinedFolder, files: Iterable[str]) -> Callable[[str], Source | Diagnostic]:
    """The function with which the spec in a run folder reads the files that it uses: those that were trained, no others."""
    root = os.path.realpath(folder.path)
    known = {os.path.join(root, "spec", *path.split("/")): path for path in files}

    def read(path: str) -> Source | Diagnostic:
        if path not in known:
            return Diagnostic("E002", f"{path} is no file of the spec that was trained", None)
        try:
            return decode_source(folder.read("spec", known[path], most=MAX_BYTES), path)
        except OSError as error:
            return Diagnostic("E002", f"cannot read {path}: {error.strerror or error}", None)

    return read
