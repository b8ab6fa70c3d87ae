"""An open file: its text as it is edited, where that stands for the editor, and what is known about it."""

from __future__ import annotations

import os

from lsprotocol import types

from cnnspec.base.diagnostic import Diagnostic, Edit
from cnnspec.base.source import PYTHON, Source, Span
from cnnspec.base.source_files import decode_source
from cnnspec.base.text_change import find_change
from cnnspec.lint.fix.project import resolve_path
from cnnspec.server.places import LINE_END, TOP, EditedText, Places
from cnnspec.server.uris import find_path, is_cell, is_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnspec.server.known import Known
    from cnnspec.server.places import Columns
    from cnnspec.syntax.tree import Tree

    Change = tuple[types.Range | None, str]  # without a range the text is the whole one

    Sent = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument

PYTHON_LANGUAGE, (PYTHON_ENDING, NOTEBOOK_ENDING) = "python", PYTHON
KERAS = "keras"  # without the word a Python text builds no model


class Document:
    """An open file. Its source is empty where its text is none that is read, which `refusal` explains. `language`: what the editor
    says that it is written in. `places` are those of the source, `written` those of the text as the editor has it."""

    def __init__(self, uri: str, text: str, version: int | None, columns: Columns, language: str = "") -> None:
        self.uri, self.version = uri, version
        self.name = find_path(uri)
        self.is_python = language == PYTHON_LANGUAGE or self.name.endswith(PYTHON)
        if self.is_python and not is_file(uri) and not os.path.splitext(self.name)[1]:
            self.name += PYTHON_ENDING  # a text that was never saved
        self.path = resolve_path(self.name)
        self.edited = EditedText(text, columns)
        self.columns = columns
        self.good: Known | None = None  # what was known of the last text with as few mistakes as any
        self.totals: dict[str, str] = {}  # of each network the last that were all known, in words
        self.tree: Tree | None = None  # of the last text that had no mistake
        self.tokens_sent: tuple[str, list[int]] = ("", [])  # the last semantic tokens, under their identity
        self.take_text()

    # ---- its text ------------------------------------------------------------------------------------------
    def edit(self, changes: Iterable[Change], version: int | None) -> None:
        """Make an editor's changes, each on what the one before it left."""
        for place, text in changes:
            if place is None:
                self.edited.text = text
            else:
                self.edited.replace(place.start, place.end, text)
        self.version = version
        self.take_text()

    def take_text(self) -> None:
        """Take over the text as it has been edited."""
        data = self.edited.text.encode("utf-8", "surrogatepass")
        read = decode_source(data, self.name, coded=False)
        self.refusal = read if isinstance(read, Diagnostic) else None
        self.source = read if isinstance(read, Source) else Source(self.name, "")
        self.places = self.written = Places(self.source, self.columns, int(self.edited.text.startswith("\ufeff")))
        self.known: Known | None = None

    @property
    def is_passed_over(self) -> bool:
        """Whether nothing is said of it: a Python text that builds nothing with Keras, or that cannot be read as one file."""
        is_alone = self.name.endswith(PYTHON_ENDING) and not is_cell(self.uri)
        return self.is_python and not (is_alone and KERAS in self.edited.text)

    # ---- what it is a part of ------------------------------------------------------------------------------
    @property
    def whole(self) -> Document:
        """What it is analysed with: itself; of a cell its notebook."""
        return self

    @property
    def texts(self) -> Sequence[Document]:
        """The texts in which the editor shows it: itself; of a notebook the cells."""
        return (self,)

    # ---- what an editor is told ----------------------------------------------------------------------------
    def locate(self, span: Span | None) -> types.Location:
        """Where a stretch of it lies; at the top for none."""
        return types.Location(self.uri, types.Range(TOP, TOP) if span is None else self.places.find_span(span))

    def make_edit(self, start: int, end: int, text: str) -> Edit | None:
        """A change of it as one of what it is analysed with; None where that cannot be told."""
        return Edit(Span(self.source, start, end), text)

    def write_edits(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Edits of what is analysed, for the editor."""
        made = [types.TextEdit(self.places.find_span(edit.span), self.with_own_ends(edit.text)) for edit in edits]
        return types.WorkspaceEdit(changes={self.uri: made})

    def write_text(self, text: str) -> types.WorkspaceEdit:
        """Another text of what is analysed, for the editor."""
        return types.WorkspaceEdit(changes={self.uri: [self.replace_text(text)]})

    def replace_text(self, text: str) -> types.TextEdit:
        """The edit that makes another text of it: what differs between the beginnings and the ends that agree."""
        start, old_end, new_end = find_change(self.written.source.text, text)
        return types.TextEdit(self.written.find_range(start, old_end), self.with_own_ends(text[start:new_end]))

    def with_own_ends(self, text: str) -> str:
        """A text with line ends such as the first of this one."""
        first = LINE_END.search(self.edited.text)
        return text if first is None else text.replace("\n", first[0])


def read_changes(sent: Iterable[Sent]) -> list[Change]:
    """Changes as an editor sends them."""
    return [
        (change.range if isinstance(change, types.TextDocumentContentChangePartial) else None, change.text)
        for change in sent
    ]
