"""The files that are open in an editor, and what is known about each: its analysis, as the command line would make it.

What is open counts, saved or not: for the file itself, and where another file uses it. What is known about a file is
forgotten when its text, a file that it reads, or the configuration changes.
"""

from __future__ import annotations

import os
from itertools import count

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import PYTHON, Source
from cnnspec.base.source_files import decode_source, read
from cnnspec.lint.fix.project import resolve_path
from cnnspec.pipeline import Analysis, PythonAnalysis, analyse
from cnnspec.server.kept_text import find_moves
from cnnspec.server.known import NO_PYTHON, GivenUp, Known, analyse_within
from cnnspec.server.places import LINE_END, Columns, EditedText, Places
from cnnspec.server.time_limit import OutOfTime, run_within
from cnnspec.server.uris import find_path, is_file
from cnnspec.server.uses import Use, Uses, find_uses
from cnnspec.syntax.tree import Body, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set
    from typing import Protocol

    from lsprotocol import types

    from cnnspec.elaborate.files import Read
    from cnnspec.lint.fix.project import Analyse
    from cnnspec.pipeline import Watch
    from cnnspec.server.kept_text import Move

    class Settings(Protocol):
        """What the configuration says about files, read anew for each analysis. Its methods raise UnusableSettings, but for
        `find_specs`, for which the default ones then hold."""

        def codes(self, path: str) -> Set[str] | None: ...
        def reports(self, code: str, path: str) -> bool: ...
        def excludes(self, path: str) -> bool: ...
        def find_specs(self, folder: str, most: int) -> list[str]: ...


PYTHON_LANGUAGE, PYTHON_ENDING = "python", PYTHON[0]
KERAS = "keras"  # without the word a Python text builds no model
MOST_FOLDERS = 5_000  # below one of the workspace, that are looked into
PATIENCE = 2.0  # seconds of CPU time that an analysis may take


class UnusableSettings(Exception):
    """A configuration file that cannot be used; the message is a sentence."""


class Document:
    """An open file. Its source is empty where its text is none that is read, which `refusal` explains. `language`: what the editor
    says that it is written in."""

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

    def take_text(self) -> None:
        """Take over the text as it has been edited."""
        data = self.edited.text.encode("utf-8", "surrogatepass")
        read = decode_source(data, self.name)
        self.refusal = read if isinstance(read, Diagnostic) else None
        self.source = read if isinstance(read, Source) else Source(self.name, "")
        self.places = Places(self.source, self.columns, int(self.edited.text.startswith("\ufeff")))
        self.known: Known | None = None

    @property
    def is_passed_over(self) -> bool:
        """Whether nothing is said of it: a Python text that builds nothing with Keras, or that cannot be read as one file."""
        return self.is_python and not (self.name.endswith(PYTHON_ENDING) and KERAS in self.edited.text)

    def with_own_ends(self, text: str) -> str:
        """A text with line ends such as the first of this one."""
        first = LINE_END.search(self.edited.text)
        return text if first is None else text.replace("\n", first[0])


class Documents:
    """All open files. `new_settings` reads the configuration."""

    def __init__(self, new_settings: Callable[[], Settings]) -> None:
        self.new_settings = new_settings
        self.columns = Columns()
        self.hints = "shapes"  # which stand behind the steps: one of `hints.KINDS`
        self.lenses = True  # whether the editor wants lenses
        self.nests_symbols = True  # whether it knows of symbols in symbols
        self.shows_results = False  # whether it shows itself what a command comes to
        self.folders: list[str] = []  # of the workspace
        self.numbers_edits = False  # whether the editor takes edits of files with the versions that they are for
        self.identities = count(1)  # of what is sent and may be referred to
        self.patience = PATIENCE
        self._open: dict[str, Document] = {}  # by their URIs

    # ---- which are open ------------------------------------------------------------------------------------
    def __iter__(self) -> Iterator[Document]:
        return iter([*self._open.values()])

    def get(self, uri: str) -> Document | None:
        return self._open.get(uri)

    def find(self, path: str) -> Document | None:
        """The open file at a path."""
        real = resolve_path(path)
        return next((one for one in self._open.values() if one.path == real and is_file(one.uri)), None)

    def open(self, uri: str, text: str, version: int | None, language: str = "") -> Document:
        self._open[uri] = document = Document(uri, text, version, self.columns, language)
        self.forget_readers(document.path)
        return document

    def edit(self, uri: str, changes: list[tuple[types.Range | None, str]], version: int | None) -> Document | None:
        """Make an editor's changes, each on what the one before it left; without a range it is the whole text."""
        document = self._open.get(uri)
        if document is None:
            return None
        for place, text in changes:
            if place is None:
                document.edited.text = text
            else:
                document.edited.replace(place.start, place.end, text)
        document.version = version
        document.take_text()
        self.forget_readers(document.path)
        return document

    def close(self, uri: str) -> None:
        document = self._open.pop(uri, None)
        if document is not None:
            self.forget_readers(document.path)

    def list_specs(self, besides: Sequence[str] = ()) -> list[str]:
        """The real paths of the specs in the folders of the workspace, and in some besides; what the configuration leaves out
        is none of them."""
        settings = self.new_settings()
        found = [path for folder in (*self.folders, *besides) for path in settings.find_specs(folder, MOST_FOLDERS)]
        return [*dict.fromkeys(map(resolve_path, found))]

    # ---- what is known -------------------------------------------------------------------------------------
    def forget_readers(self, path: str) -> list[Document]:
        """Forget what is known about the open files that read a file, or have looked for it, and say which these are."""
        readers = [one for one in self if one.known is not None and path in one.known.reads]
        for document in readers:
            document.known = None
        return readers

    def forget_all(self) -> None:
        for document in self._open.values():
            document.known = None

    def know(self, document: Document) -> Known:
        """What is known about an open file."""
        if document.known is None:
            document.known = known = self._analyse(document)
            if document.good is None or known.mistakes <= document.good.mistakes:
                document.good = known
        return document.known

    def repair(self, document: Document, interrupt: Callable[[], object] = bool) -> tuple[Diagnostic, ...]:
        """The findings of an open file with their repairs, and with the help that is made of these, as `check` has them.
        `interrupt` is called before each analysis, and may end the search by raising."""
        from cnnspec.lint.fix.offers import SOON, offer_repairs

        known = self.know(document)
        if known.repaired is None:

            def analyse_model(model: str | None) -> Analyse:
                return self.analyser(document, model, interrupt)

            own = known.analysis.diagnostics
            try:
                offered = run_within(
                    self.patience,
                    lambda: offer_repairs(own, known.analysis, analyse_model(None), SOON, analyse_model),
                    apart=True,
                )
            except OutOfTime:
                offered = own
            made = dict(zip(own, offered, strict=True))
            known.repaired = tuple([made.get(one, one) for one in known.found])
        return known.repaired

    def find_uses(
        self, document: Document, wholes: bool = False, past: bool = False
    ) -> dict[tuple[int, int], list[Use]]:  # fmt: skip
        """The uses of the steps in an open file, or of its `wholes`, by their places: in its own networks, and in those of
        the open files that use it. `past`: those that the same steps had before there were the mistakes that are there now."""
        found: dict[tuple[int, int], list[Use]] = {}
        for uses, move in self._list_uses(document, past):
            for (path, *place), more in (uses.wholes if wholes else uses.steps).items():
                moved = move(*place) if path == document.path else None
                if moved is not None:
                    found.setdefault(moved, []).extend(more)
        return found

    def find_values(self, document: Document, past: bool = False) -> dict[tuple[int, int], list[str]]:
        """The values of the names in an open file, by their places; `past`: as of `find_uses`."""
        found: dict[tuple[int, int], dict[str, None]] = {}
        for uses, move in self._list_uses(document, past):
            for (path, *place), values in uses.values.items():
                moved = move(*place) if path == document.path else None
                if moved is not None:
                    found.setdefault(moved, {}).update(dict.fromkeys(values))
        return {place: [*values] for place, values in found.items()}

    def _list_uses(self, document: Document, past: bool) -> Iterator[tuple[Uses, Move]]:
        """What the parts of an open file come to, or came to: its own first, then in the open files that read it; and where
        the parts stand now."""
        now = self.know(document)
        for other in sorted(self, key=lambda one: one is not document):
            known = self.know(other)
            if past and other.good is not None:
                known = other.good
            reads = other is document or (document.path in known.reads and is_file(document.uri))
            if not reads or (past and known is other.known):
                continue
            if known.uses is None:
                known.uses = self._find_uses(known, other)
            text = known.uses.texts.get(document.path)
            if not past:
                yield known.uses, lambda start, end: (start, end)
            elif text is not None:
                if text not in now.moves:
                    now.moves[text] = self._find_moves(text, now, document)
                yield known.uses, now.moves[text]

    def _find_moves(self, text: str, now: Known, document: Document) -> Move:
        if document.is_python:
            from cnnspec.server.python_uses import find_python_moves

            return find_python_moves(text, document.source)
        return find_moves(text, now.analysis.tree)

    def _find_uses(self, known: Known, document: Document) -> Uses:
        analysis = known.analysis
        if isinstance(analysis, GivenUp):
            return Uses()
        if isinstance(analysis, PythonAnalysis):
            from cnnspec.server.python_uses import find_python_uses

            return find_python_uses(analysis)
        try:
            return run_within(self.patience, lambda: find_uses(analysis, self.reader(document.path)), apart=True)
        except OutOfTime:
            return Uses()

    def analyser(self, document: Document, model: str | None = None, interrupt: Callable[[], object] = bool) -> Analyse:
        """What analyses changed texts of an open file; `model`: that one alone."""
        codes = self.know(document).codes

        def again(source: Source, read: Read, watch: Watch | None = None) -> Analysis:
            interrupt()
            reading = self.reader(document.path, read)
            return run_within(
                self.patience, lambda: analyse(source, model=model, codes=codes, read=reading, watch=watch)
            )

        return again

    def reader(self, own: str, read: Read = read) -> Read:
        """Reads what a file at the path `own` uses: an open file's text before what is saved; `read` reads the rest, and is
        told of both."""

        def read_one(path: str) -> Source | Diagnostic:
            saved, document = read(path), self.find(path)
            if document is None or document.path == own:
                return saved
            if document.refusal is not None:
                return document.refusal.replace(message=document.refusal.message.replace(document.name, path))
            return document.source.replace(name=path)

        return read_one

    def _analyse(self, document: Document) -> Known:
        complaints: list[str] = []
        settings = self.new_settings()
        codes = None
        try:
            codes = settings.codes(document.name)
            excluded = settings.excludes(document.name)
        except UnusableSettings as error:
            excluded = False
            complaints.append(str(error))
        reads = {document.path}

        def noted(path: str) -> Source | Diagnostic:
            reads.add(resolve_path(path))
            return read(path)

        excluded = excluded or document.is_passed_over
        if document.refusal is not None or excluded:
            tree = Tree(document.source, Body(0, 0, ()), (), ())
            found: tuple[Diagnostic, ...] = (document.refusal,) if document.refusal is not None and not excluded else ()
            return Known(Analysis(document.source, tree, (), ()), codes, found, reads, complaints, excluded)
        reading = self.reader(document.path, noted)
        analysis = analyse_within(self.patience, document.source, codes, reading, document.tree)
        if not analysis.tree.diagnostics:
            document.tree = analysis.tree
        reported = tuple([one for one in analysis.diagnostics if self._reports(one, document, settings, complaints)])
        return Known(analysis, codes, reported, reads, complaints)

    def _reports(self, found: Diagnostic, document: Document, settings: Settings, complaints: list[str]) -> bool:
        """Whether a finding is reported; one in a file that is used, where that file's configuration says so. Complaints get why
        that cannot be used. What Python itself cannot read is told by the editor's own tools."""
        if document.is_python and found.code == NO_PYTHON:
            return False
        place = found.span.source.name if found.span else document.name
        try:
            return place == document.name or settings.reports(found.code, place)
        except UnusableSettings as error:
            complaints.append(str(error))
            return True
