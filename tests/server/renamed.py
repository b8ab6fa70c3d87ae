"""Projects with marks at a name, and what renaming it makes of them."""

from __future__ import annotations

import re
from pathlib import Path

from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.document import Document
from cnnspec.server.documents import Documents
from cnnspec.server.renaming import NotRenamed, rename
from cnnspec.server.uris import find_path, write_uri
from tests.server.client import apply
from tests.server.opened import plain

Texts = dict[str, str]  # by the files' names


def split(project: str) -> Texts:
    parts = re.split(r"=== (\S+)\r?\n", project)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def unmark(text: str) -> str:
    return text.replace("«", "").replace("»", "")


def mark(text: str, ranges: list[dict[str, dict[str, int]]]) -> str:
    """A text with marks around ranges."""
    ends = [{"range": {"start": one["start"], "end": one["start"]}, "newText": "«"} for one in ranges]
    ends += [{"range": {"start": one["end"], "end": one["end"]}, "newText": "»"} for one in ranges]
    return apply(text, ends)


def write_project(folder: Path, texts: Texts) -> Documents:
    """The files on the disk, in a workspace of which none is open."""
    for name, text in {"cnnspec.toml": "", **texts}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(unmark(text), encoding="utf-8", newline="")
    documents = Documents(ConfiguredFiles)
    documents.folders = [str(folder)]
    return documents


def open_file(documents: Documents, path: Path) -> Document:
    return documents.open(write_uri(str(path)), path.read_bytes().decode(), 1)


def find_marks(text: str) -> list[int]:
    """The offsets of the names that stand between marks, in the text without them."""
    found = [match.start() for match in re.finditer("«", text.replace("\r\n", "\n"))]
    return [at - 2 * number for number, at in enumerate(found)]


def make_edits(document: Document, documents: Documents, at: int, new: str) -> Texts:
    """The texts of the files that a renaming changes, by their paths; or why there is none."""
    try:
        edit = rename(document, documents, document.places.find_position(at), new)
    except NotRenamed as error:
        return {"": str(error)}
    changed = {}
    for uri, edits in plain(edit)["changes"].items():
        opened = documents.get(uri)
        text = opened.edited.text if opened else Path(find_path(uri)).read_bytes().decode()
        changed[find_path(uri)] = apply(text, edits)
    return changed
