"""The files that are open in an editor, and what is known about each: its analysis, as the command line would make it.

What is open counts, saved or not: for the file itself, and where another file uses it. What is known about a file is
forgotten when its text, a file that it reads, or the configuration changes.
"""

from __future__ import annotations

from itertools import count

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint.fix.project import resolve_path
from cnnspec.pipeline import Analysis, PythonAnalysis, analyse
from cnnspec.server.document import Document
from cnnspec.server.kept_text import find_moves
from cnnspec.server.known import NO_PYTHON, GivenUp, Known, analyse_within
from cnnspec.server.notebook import Notebook
from cnnspec.server.places import Columns
from cnnspec.server.time_limit import OutOfTime, run_within
from cnnspec.server.uris import is_file
from cnnspec.server.uses import Use, Uses, find_uses
from cnnspec.syntax.tree import Body, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set
    from typing import Protocol

    from cnnspec.elaborate.files import Read
    from cnnspec.lint.fix.project import Analyse
    from cnnspec.pipeline import Watch
    from cnnspec.server.document import Change
    from cnnspec.server.kept_text import Move

    class Settings(Protocol):
        """What the configuration says about files, read anew for each analysis. Its methods raise UnusableSettings, but for
        `find_specs`, for which the default ones then hold."""

        def codes(self, path: str) -> Set[str] | None: ...
        def reports(self, code: str, path: str) -> bool: ...
        def excludes(self, path: str) -> bool: ...
        def find_specs(self, folder: str, most: int) -> list[str]: ...


MOST_FOLDERS = 5_000  # below one of the workspace, that are looked into
PATIENCE = 2.0  # seconds of CPU time that an analysis may take


class UnusableSettings(Exception):
    """A configuration file that cannot be used; the message is a sentence."""


class Documents:
    """All open files. `new_settings` reads the configuration."""

    def __init__(self, new_settings: Callable[[], Settings]) -> None:
        self.new_settings = new_settings
        self.columns = Columns()
        self.hints = "shapes"  # which stand behind the steps: one of `hints.KINDS`
        self.lenses = True  # whether the editor wants lenses
        self.nests_symbols = True  # whether it knows of symbols in symbols
        self.checks_python = False  # whether the editor wants notebooks to be checked as Python files are
        self.shows_results = False  # whether it shows itself what a command comes to
        self.folders: list[str] = []  # of the workspace
        self.numbers_edits = False  # whether the editor takes edits of files with the versions that they are for
        self.identities = count(1)  # of what is sent and may be referred to
        self.patience = PATIENCE
        self._open: dict[str, Document] = {}  # by their URIs
        self._notebooks: dict[str, Notebook] = {}

    # ---- which are open ------------------------------------------------------------------------------------
    def __iter__(self) -> Iterator[Document]:
        return iter([*self._open.values(), *self._notebooks.values()])

    def get(self, uri: str) -> Document | None:
        """The open text at a URI: a file, or a cell of code."""
        cells = (cell for notebook in self._notebooks.values() for cell in notebook.cells)
        return next((cell for cell in cells if cell.uri == uri), None) or self._open.get(uri)

    def find(self, path: str) -> Document | None:
        """The open file at a path."""
        real = resolve_path(path)
        return next((one for one in self._open.values() if one.path == real and is_file(one.uri)), None)

    def open(self, uri: str, text: str, version: int | None, language: str = "") -> Document:
        self._open[uri] = document = Document(uri, text, version, self.columns, language)
        self.forget_readers(document.path)
        return document

    def edit(self, uri: str, changes: Sequence[Change], version: int | None) -> Document | None:
        """Make an editor's changes of an open file."""
        document = self._open.get(uri)
        if document is not None:
            document.edit(changes, version)
            self.forget_readers(document.path)
        return document

    def close(self, uri: str) -> None:
        document = self._open.pop(uri, None)
        if document is not None:
            self.forget_readers(document.path)

    def open_notebook(self, uri: str, version: int | None) -> Notebook:
        """A notebook that has no cells yet."""
        self._notebooks[uri] = notebook = Notebook(uri, version, self.columns)
        return notebook

    def find_notebook(self, uri: str) -> Notebook | None:
        return self._notebooks.get(uri)

    def close_notebook(self, uri: str) -> None:
        self._notebooks.pop(uri, None)

    def list_notebooks(self) -> list[str]:
        """The URIs of the open notebooks."""
        return [*self._notebooks]

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
        whole = document.whole
        if whole.known is None:
            whole.known = known = self._analyse(whole)
            known.paths = {text.uri: text.path for text in whole.texts}
            if whole.good is None or known.mistakes <= whole.good.mistakes:
                whole.good = known
        return whole.known

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
        for uses, own, move in self._list_uses(document, past):
            for (path, *place), more in (uses.wholes if wholes else uses.steps).items():
                moved = move(*place) if path == own else None
                if moved is not None:
                    found.setdefault(moved, []).extend(more)
        return found

    def find_values(self, document: Document, past: bool = False) -> dict[tuple[int, int], list[str]]:
        """The values of the names in an open file, by their places; `past`: as of `find_uses`."""
        found: dict[tuple[int, int], dict[str, None]] = {}
        for uses, own, move in self._list_uses(document, past):
            for (path, *place), values in uses.values.items():
                moved = move(*place) if path == own else None
                if moved is not None:
                    found.setdefault(moved, {}).update(dict.fromkeys(values))
        return {place: [*values] for place, values in found.items()}

    def _list_uses(self, document: Document, past: bool) -> Iterator[tuple[Uses, str, Move]]:
        """What the parts of an open file come to, or came to: its own first, then in the open files that read it; at which path
        it was, which is another of a cell that has moved; and where the parts stand now."""
        now = self.know(document)
        for other in sorted(self, key=lambda one: one is not document.whole):
            known = self.know(other)
            if past and other.good is not None:
                known = other.good
            reads = other is document.whole or (document.path in known.reads and is_file(document.uri))
            if not reads or (past and known is other.known):
                continue
            if known.uses is None:
                known.uses = self._find_uses(known, other)
            path = known.paths.get(document.uri, "") if other is document.whole else document.path
            text = known.uses.texts.get(path)
            if not past:
                yield known.uses, path, lambda start, end: (start, end)
            elif text is not None:
                key = document.path, text
                if key not in now.moves:
                    now.moves[key] = self._find_moves(text, now, document)
                yield known.uses, path, now.moves[key]

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
        codes, own = self.know(document).codes, document.whole.path

        def again(source: Source, read: Read, watch: Watch | None = None) -> Analysis:
            interrupt()
            reading = self.reader(own, read)
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
        place = found.span.source.file if found.span else document.name
        try:
            return place == document.name or settings.reports(found.code, place)
        except UnusableSettings as error:
            complaints.append(str(error))
            return True
