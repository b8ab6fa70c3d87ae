"""The one JSON text that a `.pt2` file's graph stands in: found in the archive, and nothing else of it is opened.

`torch.export.save` writes a ZIP archive. Torch 2.5 to 2.7 put `serialized_exported_program.json` at its root; from torch
2.8 on, all members stand in one folder, `archive_format` says "pt2", and the graph is `models/NAME.json`. In both, the
schema's major version is 8 (2.13 writes 8.20), and what a newer minor version adds may be left unread. Not read are
AOTInductor packages, which hold machine code, other major versions of the schema (torch 2.4 and before), TorchScript
archives (`torch.jit.save`) and checkpoints (`torch.save`), which are pickles.
"""

from __future__ import annotations

import os
import re
from typing import IO, Any

from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.zipped_json import open_archive, parse_json_object, read_member

SCHEMA = 8
KIND = ".pt2 file"
OLD_NAME = "serialized_exported_program.json"
SAVE = 'torch.export.save(torch.export.export(model.eval(), (example,)), "net.pt2")'


def read_archive(path: str) -> dict[str, Any]:
    """The serialised program in a .pt2 file. Raises ModelRefused for every other file, and for one that is damaged."""
    try:
        if os.path.isdir(path):
            raise ModelRefused(f"{path} is a folder, not a {KIND}: write one with {SAVE}")
        with open(path, "rb") as file:
            return read_archive_file(path, file)
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        raise ModelRefused(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def read_archive_file(path: str, file: IO[bytes]) -> dict[str, Any]:
    """The serialised program in an open .pt2 file; `path` is its name in messages."""
    start = file.read(2)
    file.seek(0)
    if start != b"PK":
        raise ModelRefused(f"{path} is no {KIND} (a zip archive): write one with {SAVE}")
    with open_archive(path, file, KIND) as archive:
        names = archive.namelist()
        name = find_program(path, names)
        if name != OLD_NAME and not name.endswith("/" + OLD_NAME):
            root = name[: name.rindex("models/")]
            what = f"{root}archive_format in {path}"
            if read_member(archive, f"{root}archive_format", what, most=64) != b"pt2":
                raise ModelRefused(f"{path} is no {KIND}: its archive_format is another")
        what = f"{name} in {path}"
        program = parse_json_object(read_member(archive, name, what), what)
    refuse_other_schema(path, program)
    return program


def find_program(path: str, names: list[str]) -> str:
    """The name of the member that the program stands in."""
    old = [name for name in names if name.count("/") < 2 and name.rpartition("/")[2] == OLD_NAME]
    roots = {name[: -len("archive_format")] for name in names if re.fullmatch(r"([^/]*/)?archive_format", name)}
    programs = [name for name in names for root in roots if re.fullmatch(re.escape(root) + r"models/[^/]+\.json", name)]
    found = list(dict.fromkeys(old + programs))
    if len(found) == 1:
        return found[0]
    if found:
        models = ", ".join(sorted(name.rpartition("/")[2].removesuffix(".json") for name in found))
        raise ModelRefused(f"{path} holds {len(found)} models ({models}): save the one that you mean with {SAVE}")
    raise ModelRefused(f"{path} {describe_other(names)}: write a {KIND} with {SAVE}")


def describe_other(names: list[str]) -> str:
    """What an archive without a program is."""
    if any("data/aotinductor/" in name for name in names):
        return "is an AOTInductor package, whose model is machine code"
    last = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in last:
        return "is a TorchScript archive (torch.jit.save), not a model that torch.export.save wrote"
    if "data.pkl" in last:
        return "was written by torch.save: it holds pickled objects, not a model's graph"
    return "is a zip archive without the program that torch.export.save writes"


def refuse_other_schema(path: str, program: dict[str, Any]) -> None:
    version = program.get("schema_version")
    major = version.get("major") if isinstance(version, dict) else None
    if type(major) is not int:
        raise ModelRefused(f"{path} is a damaged {KIND}: it does not say which version of the schema it follows")
    if major > SCHEMA:
        raise ModelRefused(f"{path} was written by a newer torch: its schema is {major}, and {SCHEMA} is read here")
    if major < SCHEMA:
        why = f"its schema is {major}, and {SCHEMA} is read here (torch 2.5 to 2.13)"
        raise ModelRefused(f"{path} was written by an older torch: {why}; write it again with {SAVE}")
