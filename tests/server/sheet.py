"""A notebook in an editor, as far as the tests need one: its cells, and what the editor sends of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from lsprotocol import types

from cnnspec.base.source import Source
from cnnspec.base.text_change import find_change
from cnnspec.cli.server import ConfiguredFiles
from cnnspec.server.documents import Documents
from cnnspec.server.notebook import Cell, Notebook
from cnnspec.server.notebook_sync import take_changes
from cnnspec.server.places import Columns, Places
from cnnspec.server.uris import write_uri
from tests.server.client import Json
from tests.server.opened import CONVERTER, plain

MARKDOWN, CODE = 1, 2
KINDS = {"markdown": MARKDOWN, "code": CODE}
ASKED: Json = {
    "notebookDocument": {"synchronization": {"dynamicRegistration": True}}
}  # by an editor that has notebooks


class SheetCell:
    """A cell of a notebook in an editor."""

    def __init__(self, uri: str, text: str, kind: int, language: str) -> None:
        self.uri, self.text, self.kind, self.language, self.version = uri, text, kind, language, 1

    @property
    def described(self) -> Json:
        return {"kind": self.kind, "document": self.uri}

    @property
    def item(self) -> Json:
        return {"uri": self.uri, "languageId": self.language, "version": self.version, "text": self.text}


class Sheet:
    """A notebook in an editor: each change is made, and returned as the editor would send it."""

    def __init__(self, path: Path | str, texts: Sequence[str] = ()) -> None:
        self.name, self.uri = str(path), write_uri(str(path))
        self._numbers = count()
        self.cells = [self.make(text) for text in texts]

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """The one in a file."""
        made = cls(path)
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            made.cells.append(made.make("".join(cell["source"]), KINDS[cell["cell_type"]]))
        return made

    def make(self, text: str, kind: int = CODE, language: str = "") -> SheetCell:
        """A new cell; without a language it is Python, or Markdown."""
        uri = f"vscode-notebook-cell:{self.name}#W{next(self._numbers)}"
        return SheetCell(uri, text, kind, language or ("python" if kind == CODE else "markdown"))

    @property
    def code(self) -> list[SheetCell]:
        return [cell for cell in self.cells if cell.kind == CODE]

    @property
    def source(self) -> Source:
        """What its file holds, once it is saved."""
        kinds = {number: kind for kind, number in KINDS.items()}
        cells = [
            {"cell_type": kinds[cell.kind], "source": cell.text.splitlines(True) if cell.kind == CODE else cell.text}
            for cell in self.cells
        ]
        return Source(self.name, json.dumps({"cells": cells}))

    # ---- what an editor sends ------------------------------------------------------------------------------
    def open(self) -> Json:
        described = [cell.described for cell in self.cells]
        return {
            "notebookDocument": {"uri": self.uri, "notebookType": "jupyter-notebook", "version": 1, "cells": described},
            "cellTextDocuments": [cell.item for cell in self.cells],
        }

    def edit(self, number: int, text: str) -> Json:
        """A cell gets another text, of which what differs is sent."""
        cell = self.cells[number]
        start, old_end, new_end = find_change(cell.text, text)
        place = Places(Source("", cell.text), Columns()).find_range(start, old_end)
        cell.text, cell.version = text, cell.version + 1
        changed = {"document": {"uri": cell.uri, "version": cell.version}}
        return {"textContent": [{**changed, "changes": [{"range": plain(place), "text": text[start:new_end]}]}]}

    def splice(self, start: int, removed: int, *cells: SheetCell) -> Json:
        """Cells come into the place of others. The text of one that goes and comes is not sent again."""
        going = self.cells[start : start + removed]
        self.cells[start : start + removed] = cells
        array = {"start": start, "deleteCount": removed, "cells": [cell.described for cell in cells]}
        opened = [cell.item for cell in cells if cell not in going]
        return {
            "structure": {
                "array": array,
                "didOpen": opened,
                "didClose": [{"uri": cell.uri} for cell in going if cell not in cells],
            }
        }

    def move(self, number: int, to: int) -> Json:
        """A cell comes to another place, others move up or down."""
        first, last = sorted((number, to))
        cells = self.cells[first : last + 1]
        cells.insert(to - first, cells.pop(number - first))
        return self.splice(first, len(cells), *cells)

    def turn(self, number: int) -> Json:
        """A cell of code becomes one of text, or the other way round: it is told so of the same cell."""
        cell = self.cells[number]
        cell.kind = CODE + MARKDOWN - cell.kind
        return {"data": [cell.described]}

    def closing(self) -> Json:
        return {"notebookDocument": {"uri": self.uri}, "cellTextDocuments": [{"uri": cell.uri} for cell in self.cells]}


# ---- in this process -----------------------------------------------------------------------------------------
def open_sheet(sheet: Sheet) -> tuple[Documents, Notebook]:
    """A notebook opened alone."""
    documents = Documents(ConfiguredFiles)
    notebook = documents.open_notebook(sheet.uri, 1)
    send(sheet.splice(0, 0, *[sheet.cells.pop(0) for _ in range(len(sheet.cells))]), notebook)
    return documents, notebook


def send(change: Json, notebook: Notebook) -> None:
    """Have a notebook take an editor's change."""
    take_changes(notebook, CONVERTER.structure(change, types.NotebookDocumentCellChanges))
    notebook.settle()


def find_cell(documents: Documents, cell: SheetCell) -> Cell:
    found: Any = documents.get(cell.uri)
    assert isinstance(found, Cell)
    return found
