"""An open notebook: its cells, and the text that is analysed, which is written of these as a notebook's file holds them."""

from __future__ import annotations

import json

from lsprotocol import types

from cnnspec.base.source import CELL, Source
from cnnspec.lint.fix.project import apply_edits, resolve_path
from cnnspec.server.document import KERAS, NOTEBOOK_ENDING, PYTHON_LANGUAGE, Document
from cnnspec.server.places import Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.base.diagnostic import Edit
    from cnnspec.base.source import Span
    from cnnspec.server.places import Columns


class Notebook(Document):
    """An open notebook; `cells` are those of code, in their order. A cell in another language than Python counts as an empty
    one."""

    def __init__(self, uri: str, version: int | None, columns: Columns) -> None:
        self.cells: list[Cell] = []
        self._order: list[types.NotebookCell] = []
        self._sent: dict[str, Cell] = {}  # of what kind ever, by their URIs
        super().__init__(uri, write_notebook(()), version, columns, PYTHON_LANGUAGE)

    # ---- what the editor sends -----------------------------------------------------------------------------
    def open_text(self, item: types.TextDocumentItem) -> None:
        """Take over the text of a cell."""
        self._sent[item.uri] = Cell(item.uri, item.text, item.version, self.columns, str(item.language_id), self)

    def edit_text(self, uri: str, changes: Iterable[tuple[types.Range | None, str]], version: int | None) -> None:
        """Make changes of the text of a cell."""
        if uri in self._sent:
            self._sent[uri].edit(changes, version)

    def close_text(self, uri: str) -> None:
        self._sent.pop(uri, None)

    def arrange(self, start: int, count: int, cells: Iterable[types.NotebookCell]) -> None:
        """Put cells in the place of some."""
        self._order[start : start + count] = cells

    def describe(self, changed: types.NotebookCell) -> None:
        """Take over what has changed of a cell, besides its text."""
        self._order = [changed if cell.document == changed.document else cell for cell in self._order]

    def settle(self) -> None:
        """Take over the cells as they are now. What is known stays where none of code has changed."""
        code = [cell.document for cell in self._order if cell.kind == types.NotebookCellKind.Code]
        cells = [self._sent[uri] for uri in code if uri in self._sent]
        text = write_notebook(cells)
        if cells != self.cells or text != self.edited.text:
            self.cells, self.edited.text = cells, text
            for number, cell in enumerate(cells, 1):
                cell.take_number(number)
            self.take_text()

    # ---- what is known of it, and told ---------------------------------------------------------------------
    @property
    def is_passed_over(self) -> bool:
        """Whether nothing is said of it: it builds nothing with Keras, or is no notebook's file but a view of a script's."""
        return not (self.name.endswith(NOTEBOOK_ENDING) and KERAS in self.edited.text)

    @property
    def texts(self) -> Sequence[Document]:
        return self.cells

    def locate(self, span: Span | None) -> types.Location:
        """What has no place in a cell lies at the top of the first."""
        return self.cells[0].locate(None)

    def write_edits(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        text = apply_edits(self.source.text, [*edits])
        return self.write_text(self.source.text if text is None else text)

    def write_text(self, text: str) -> types.WorkspaceEdit:
        from cnnspec.python_source.parts import list_code

        pairs = zip(self.cells, list_code(json.loads(text)), strict=True)
        return types.WorkspaceEdit(
            changes={cell.uri: [cell.replace_text(new)] for cell, new in pairs if cell.code != new}
        )


class Cell(Document):
    """A cell of a notebook. Its source is what Python reads of its text: something else stands in the place of magics."""

    def __init__(self, uri: str, text: str, version: int | None, columns: Columns, language: str, notebook: Notebook):
        self.notebook = notebook
        self._is_read = language == PYTHON_LANGUAGE
        super().__init__(uri, text, version, columns, language)

    def take_text(self) -> None:
        from cnnspec.python_source.parts import blank_magics

        self.refusal = self.known = None
        self.code = self.edited.text.replace("\r\n", "\n").replace("\r", "\n") if self._is_read else ""
        self.written = Places(Source(self.name, self.code), self.columns)
        self.source = Source(self.name, blank_magics(self.code))
        self.places = Places(self.source, self.columns)

    def take_number(self, number: int) -> None:
        """Be called by another number, from 1."""
        self.name = f"{self.notebook.name}{CELL}{number}"
        self.path = resolve_path(self.name)
        self.source = self.source.replace(name=self.name)
        self.places = Places(self.source, self.columns)

    @property
    def is_passed_over(self) -> bool:
        return self.notebook.is_passed_over

    @property
    def whole(self) -> Document:
        return self.notebook

    def make_edit(self, start: int, end: int, text: str) -> Edit | None:
        from cnnspec.lint.fix.edits import Inexpressible
        from cnnspec.python_source.editing.editor import PythonEditor

        try:
            return PythonEditor(self.source, self.notebook.source).edit(start, end, text)
        except Inexpressible:
            return None

    def write_edits(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        return self.notebook.write_edits(edits)

    def write_text(self, text: str) -> types.WorkspaceEdit:
        return self.notebook.write_text(text)


def write_notebook(cells: Iterable[Cell]) -> str:
    """The text of a notebook of some cells, as its file could have it."""
    return json.dumps({"cells": [{"cell_type": "code", "source": cell.code} for cell in cells]})
