"""The paths that can be written in a text: of specs behind `use`, of data behind `data =`; from the file's own folder."""

from __future__ import annotations

import os
from itertools import islice

from lsprotocol import types

from cnnspec.base.source_files import MOST_ENTRIES, find_used_file, is_inside
from cnnspec.server.context import QUOTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.document import Document

SPECS, DATA = (".cnn",), (".csv", ".tsv", ".npz")


def list_paths(document: Document, begun: str, at: int, endings: tuple[str, ...]) -> list[types.CompletionItem]:
    """The files with these endings, and the folders, that a path can lead on to which has begun and is written up to an
    offset; what is hidden, and what lies outside the project, is left out."""
    above = begun[: begun.rfind("/") + 1]
    root, folder = find_used_file(document.name, above or os.curdir)
    if not is_inside(folder, root):
        return []
    source = document.source
    rest = source.text[at : source.offset(source.position(at)[0]) + len(source.line(source.position(at)[0]))]
    behind = next((number for number, sign in enumerate(rest) if sign in QUOTES), 0)  # what is left of the path
    place = document.places.find_range(at - len(begun), at + behind)
    found = []
    for name, is_folder in list_entries(folder, endings):
        if os.path.join(folder, name) == document.path:
            continue
        found.append(f"{above}{name}{'/' * is_folder}")
    if folder != root and set(above) <= {".", "/"}:
        found.append(f"{above}../")
    return [write_path(path, place) for path in found]


def write_path(path: str, place: types.Range) -> types.CompletionItem:
    """A path in the place of what is written of it."""
    kind = types.CompletionItemKind.Folder if path.endswith("/") else types.CompletionItemKind.File
    return types.CompletionItem(path, kind=kind, filter_text=path, text_edit=types.TextEdit(place, path))


def list_entries(folder: str, endings: tuple[str, ...]) -> list[tuple[str, bool]]:
    """The files with these endings in a folder, and its folders, by name; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir()) for entry in islice(entries, MOST_ENTRIES) if entry.name[0] != "."]
    except OSError:
        return []
    return sorted([(name, is_folder) for name, is_folder in found if is_folder or name.endswith(endings)])
