"""Files under repair: their texts, what is known about each, and what becomes of both when a text is changed.

A change is made to a copy. Every file of the project that it concerns, itself or by a `use`, is analysed again as before;
files outside the project are read and never changed.
"""

from __future__ import annotations

import os

from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.judge import Refuted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Protocol

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.elaborate.files import Read
    from cnnspec.lint.fix.edits import Editor
    from cnnspec.lint.fix.judge import Judge
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import Analysis, Watch
    from cnnspec.python_source.editing.editor import PythonEditor

    class Analyse(Protocol):
        """What is known about a text, as the user asked; `watch` looks on (see `pipeline.analyse`)."""

        def __call__(self, source: Source, read: Read, watch: Watch | None = None) -> Analysis: ...


A_LAYERS_TEXT = 40  # characters of text that take as long as a layer


class Budget:
    """How many layers may still be analysed to try repairs; any number where it has no bound."""

    def __init__(self, most: int | None) -> None:
        self._left, self._kept = most, 0

    @property
    def spent(self) -> bool:
        """Whether all that may be tried now has been."""
        return self._left is not None and self._left < self._kept

    def spend(self, layers: int) -> None:
        """Count layers that were analysed."""
        if self._left is not None:
            self._left -= layers

    def keep_for(self, others: int) -> None:
        """Keep, of what is left, an equal share for each of so many findings that are asked later."""
        if self._left is not None:
            self._kept = max(0, self._left * others // (others + 1))


class Project:
    """Texts by the files' real paths, and `analyse`, which says what is known about one as the user asked. The
    budget bounds the layers of all networks that are analysed, changed texts included (a long text counts as the layers
    that it could hold); beyond it nothing more is tried."""

    def __init__(self, sources: Iterable[Source], analyse: Analyse, budget: Budget | None = None) -> None:
        self.sources = {resolve_path(source.name): source for source in sources}
        self.analyse = analyse
        self.budget = Budget(None) if budget is None else budget  # one for all copies
        self._analyses: dict[str, Analysis] = {}
        self._reads: dict[str, set[str]] = {}
        self._owners: dict[str, dict[Diagnostic, tuple[AnalysedNetwork, Diagnostic]]] = {}
        self._editors: dict[str, Editor | PythonEditor] = {}  # by the texts' names

    def analysis(self, path: str, judge: Judge | None = None) -> Analysis:
        """What is known about a file as its text is now. Refuted where the judge has seen enough of it."""
        if path not in self._analyses:
            met: set[str] = set()
            least = len(self.sources[path].text) // A_LAYERS_TEXT
            try:
                found = self.analyse(self.sources[path], self.reader(met), judge)
            except Refuted as refuted:
                self.budget.spend(max(refuted.layers, least))
                raise
            self.know(path, found)
            self._reads[path] = met
            self.budget.spend(max(sum([len(network.graph.nodes) for network in found.networks]), least))
        return self._analyses[path]

    def owner(self, path: str, found: Diagnostic) -> tuple[AnalysedNetwork | None, Diagnostic]:
        """The first network of a file that has a finding, and the finding with its layers there; None where none has."""
        if path not in self._owners:
            owners: dict[Diagnostic, tuple[AnalysedNetwork, Diagnostic]] = {}
            for network in self.analysis(path).networks:
                for own in network.diagnostics:
                    owners.setdefault(own, (network, own))
            self._owners[path] = owners
        return self._owners[path].get(found, (None, found))

    def know(self, path: str, analysis: Analysis) -> None:
        """Take over what is known about a file that uses no other; nothing is mended that rests on an assumption."""
        networks = tuple([network.certain() for network in analysis.networks])
        self._analyses[path], self._reads[path] = analysis.replace(networks=networks), set()

    def reader(self, met: set[str]) -> Read:
        """Reads used files, those of the project as they are now; `met` gets their paths."""

        def read_one(path: str) -> Source | Diagnostic:
            met.add(resolve_path(path))
            source = self.sources.get(resolve_path(path))
            return read(path) if source is None else source.replace(name=path)

        return read_one

    def editor(self, text: Source) -> Editor | PythonEditor:
        """What writes in a text as it is now: in a file of the project, or a cell of one. Inexpressible where nothing can."""
        path = resolve_path(text.file)
        current = self.sources.get(path)
        if current is None or not text.text or current.text != text.text and not text.cell:
            raise Inexpressible
        if text.name not in self._editors:
            self._editors[text.name] = self.analysis(path).make_editor(text if text.cell else current)
        return self._editors[text.name]

    def texts(self, path: str) -> list[Source]:
        """A file and those of the project that it uses."""
        self.analysis(path)
        return [self.sources[path], *[s for other, s in self.sources.items() if other in self._reads[path] - {path}]]

    def find_concerned(self, paths: set[str]) -> list[str]:
        """The files whose findings depend on some files."""
        for path in self.sources:
            self.analysis(path)
        return [path for path in self.sources if path in paths or self._reads[path] & paths]

    def with_edits(self, edits: Sequence[Edit]) -> Project | None:
        """The project with edits made; None where they overlap, change nothing, or stand in a file that is not of it."""
        if self.budget.spent:
            return None
        by_file: dict[str, list[Edit]] = {}
        for edit in dict.fromkeys(edits):
            by_file.setdefault(resolve_path(edit.span.source.name), []).append(edit)
        texts: dict[str, str] = {}
        for path, of_file in by_file.items():
            text = apply_edits(self.sources[path].text, of_file) if path in self.sources else None
            if text is None or text == self.sources[path].text:
                return None
            texts[path] = text
        return self.with_texts(texts) if texts else None

    def with_texts(self, texts: Mapping[str, str]) -> Project:
        """The project with other texts in some of its files."""
        made = Project((), self.analyse, self.budget)
        made.sources = {path: s.replace(text=texts.get(path, s.text)) for path, s in self.sources.items()}
        again = self.find_concerned(set(texts))
        made._analyses = {path: a for path, a in self._analyses.items() if path not in again}
        made._reads = {path: met for path, met in self._reads.items() if path not in again}
        return made

    def find_differing(self, other: Project) -> list[str]:
        """The files of which two projects have other texts, and those that use them."""
        return self.find_concerned({p for p, s in self.sources.items() if s.text != other.sources[p].text})


def resolve_path(path: str) -> str:
    return path if path == "<stdin>" else os.path.realpath(path)


def apply_edits(text: str, edits: Sequence[Edit]) -> str | None:
    """A text with edits made; None where two overlap."""
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    parts, at = [], 0
    for edit in ordered:
        if edit.span.start < at:
            return None
        parts += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*parts, text[at:]])
