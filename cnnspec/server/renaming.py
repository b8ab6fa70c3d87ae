"""Giving a name another, in every file that means it: tried before it is answered, so that all stays as it is.

What each name means is looked up before and after, and the networks of the files that change are built and checked again.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections import Counter

from lsprotocol import types

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Span, brief, printable
from cnnspec.base.source_files import is_inside
from cnnspec.layers import find
from cnnspec.lint.fix.project import apply_edits, resolve_path
from cnnspec.lint.fix.unchanged import settings_of
from cnnspec.pipeline import analyse
from cnnspec.server.documents import UnusableSettings
from cnnspec.server.hole_names import list_same_holes, refuse_hole_name
from cnnspec.server.names import list_names
from cnnspec.server.specs import Specs
from cnnspec.syntax import tree
from cnnspec.syntax.grammar import KEYWORDS, TERMINALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Graph
    from cnnspec.pipeline import Analysis
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.specs import Spec

    NamesByFile = Mapping[Spec, Sequence[tree.Name]]


class NotRenamed(Exception):
    """A name that is not renamed; the message is a sentence that says why."""


# ---- requests ------------------------------------------------------------------------------------------------
def prepare_rename(
    document: Document, documents: Documents, position: types.Position
) -> types.PrepareRenamePlaceholder:
    """The name at a position that can be renamed. Raises NotRenamed."""
    specs = Specs(documents)
    spec, at = specs.of(document), document.places.find_offset(position)
    if holes := list_same_holes(spec, at):
        own = next(one for one in holes if one.start - 1 <= at <= one.end)
        return types.PrepareRenamePlaceholder(spec.find_range(own), own.text)
    _, name = find_renamed(specs, spec, at)
    here = next(one for one in list_names(spec.parsed.body) if one.start <= at <= one.end and one.text == name.text)
    return types.PrepareRenamePlaceholder(spec.find_range(here), name.text)


def rename(document: Document, documents: Documents, position: types.Position, new: str) -> types.WorkspaceEdit:
    """The edits, of all files, that give the name at a position another; with them the networks stay as they are, and what
    is found too. Raises NotRenamed."""
    specs = Specs(documents)
    spec, at = specs.of(document), document.places.find_offset(position)
    if holes := list_same_holes(spec, at):
        if why := refuse_hole_name(new, holes, spec):
            raise NotRenamed(why)
        return write_edit({spec: holes}, new, documents)
    home, name = find_renamed(specs, spec, at)
    refuse_word(new, home, name)
    places = specs.list_places(home, name)
    for spec in (*places, *(specs.list_users(home, name.text) if specs.is_offered(home, name) else ())):
        refuse_file(spec, spec in places, home, specs)
    trial = Trial(specs, home, name, places, new)
    trial.refuse_other_meanings()
    for spec in places:
        trial.refuse_other_networks(spec)
    return write_edit(places, new, documents)


# ---- what is renamed -----------------------------------------------------------------------------------------
def find_renamed(specs: Specs, spec: Spec, at: int) -> tuple[Spec, tree.Name]:
    """The name that binds what stands at an offset of a file, and its file. Raises NotRenamed."""
    if spec.parsed.diagnostics:
        raise NotRenamed("this file has syntax errors: mend them first")
    found = specs.find_bound(spec, at)
    if found is None:
        raise NotRenamed("no name that can be renamed stands here")
    home, name = found
    used = home.uses.get(id(name))
    if used is not None:
        raise NotRenamed(f'{name.text} is a block of "{brief(printable(used.path.value))}", where it is not found')
    return home, name


def refuse_word(new: str, home: Spec, name: tree.Name) -> None:
    """Raise NotRenamed for a word that the language would not take for this name."""
    shown = f'"{brief(printable(new))}"'
    if new in KEYWORDS:
        raise NotRenamed(f"{shown} is a word of the language: choose another")
    if not re.fullmatch(TERMINALS["NAME"], new):
        raise NotRenamed(f"{shown} is no name: letters, digits and _ make one, and no digit comes first")
    parameters = [p.name for p in tree.walk(home.parsed.body) if isinstance(p, tree.Parameter)]
    free = id(name) in home.names.models or any(name is one for one in parameters)  # which nobody takes for a layer
    if not free and find(new) is not None:
        raise NotRenamed(f"{shown} is what a layer is called: choose another")


def refuse_file(spec: Spec, changes: bool, home: Spec, specs: Specs) -> None:
    """Raise NotRenamed where a file cannot be changed, or where nobody can say what a word in it means."""
    named = os.path.basename(spec.path)
    if spec.parsed.diagnostics and (changes or may_use(spec, home)):
        raise NotRenamed(f"{named} has syntax errors: mend them first")
    if not changes:
        return
    if os.path.exists(spec.path) and not os.access(spec.path, os.W_OK):
        raise NotRenamed(f"{named} would have to change, and cannot be written")
    inside = any(is_inside(spec.path, folder) for folder in specs.documents.folders)
    if spec.document is None and inside and spec.path not in specs.list_workspace(home):
        raise NotRenamed(f"{named} would have to change, and is left out of the files that are checked")


def may_use(spec: Spec, home: Spec) -> bool:
    """Whether a file that cannot be read whole may use another: it says its name, or the file's tree does."""
    return os.path.basename(home.path) in spec.source.text or any(
        isinstance(item, tree.Use) for item in spec.parsed.body.items
    )


# ---- trying --------------------------------------------------------------------------------------------------
class Trial:
    """A renaming as it would be: the files that mean a name, and the same with the other name."""

    def __init__(self, specs: Specs, home: Spec, name: tree.Name, places: NamesByFile, new: str) -> None:
        self.before, self.home, self.name, self.places, self.new = specs, home, name, places, new
        self._starts = {spec.path: [one.start for one in names] for spec, names in places.items()}
        texts = {spec.path: self._write(spec) for spec in places}
        self.after = Specs(specs.documents, texts)

    def _write(self, spec: Spec) -> str:
        edits = [Edit(Span(spec.source, one.start, one.end), self.new) for one in self.places[spec]]
        text = apply_edits(spec.source.text, edits)
        assert text is not None
        return text

    def _find_changed(self, spec: Spec) -> Spec:
        """A file as it would be."""
        found = self.after.find(spec.path) if spec.document is None else self.after.of(spec.document)
        assert found is not None
        return found

    def shift(self, path: str, offset: int) -> int:
        """Where what stands at an offset of a file would stand."""
        starts = self._starts.get(path, ())
        return offset + (len(self.new) - len(self.name.text)) * bisect_left(starts, offset)

    # ---- what names mean -----------------------------------------------------------------------------------
    def refuse_other_meanings(self) -> None:
        """Raise NotRenamed where a name in a file that changes would mean another."""
        for spec in self.places:
            changed = self._find_changed(spec)
            old = {
                self.shift(spec.path, at): (path, self.shift(path, bound))
                for at, (path, bound) in list_meanings(self.before, spec).items()
            }
            new = list_meanings(self.after, changed)
            differing = [at for at in (*old, *new) if old.get(at) != new.get(at)]
            if differing:
                raise NotRenamed(self._explain(changed, min(differing)))

    def _explain(self, changed: Spec, at: int) -> str:
        """Why another name in a file would mean something else than before."""
        for spec, names in self.places.items():
            for one in names:
                taken = spec.names.look_up(self.new, one.start)
                if taken is not None:
                    return f"{self.new} is taken{self._place(spec, taken.start)}: choose another"
        return f"{self.new} would mean something else{self._place(changed, at)}: choose another"

    def _place(self, spec: Spec, at: int) -> str:
        where = "" if spec.path == self.home.path else f" of {os.path.basename(spec.path)}"
        return f" in line {spec.source.position(at)[0]}{where}"

    # ---- what is built -------------------------------------------------------------------------------------
    def refuse_other_networks(self, spec: Spec) -> None:
        """Raise NotRenamed where a file would have another network, or other findings."""
        changed = self._find_changed(spec)
        old, new = look_at(self.before, spec), look_at(self.after, changed)
        was, comes = self._place_findings(old, self.shift), self._place_findings(new, lambda path, at: at)
        for found in new.diagnostics:
            if comes[place_finding(found)] > was[place_finding(found)]:
                raise NotRenamed(f"with the name {self.new} there would be a mistake{self._tell(found, self.after)}")
        for found in old.diagnostics:
            code, path, at = place_finding(found)
            if was[code, path, self.shift(path, at)] > comes[code, path, self.shift(path, at)]:
                raise NotRenamed(f"with the name {self.new} this would not be found{self._tell(found, self.before)}")
        if any(network.graph.assumptions for network in old.networks) and not self._keeps(old, new):
            raise NotRenamed(f"{self.name.text} may be what a misspelt word means: mend that first")
        if not self._keeps(old, new):
            raise NotRenamed(f"with the name {self.new} the networks of {os.path.basename(spec.path)} would be others")

    def _tell(self, found: Diagnostic, specs: Specs) -> str:
        """A finding as the end of a sentence: where it stands, and what it says."""
        _, path, at = place_finding(found)
        spec = specs.find(path) if path else None
        return f"{'' if spec is None else self._place(spec, at)}: {found.message}"

    def _place_findings(self, analysis: Analysis, shift: Callable[[str, int], int]) -> Counter[tuple[str, str, int]]:
        found = [place_finding(one) for one in analysis.diagnostics]
        return Counter([(code, path, shift(path, at)) for code, path, at in found])

    def _keeps(self, old: Analysis, new: Analysis) -> bool:
        """Whether networks are the same but for names, and texts in the train sections fit the same layers."""
        if len(old.networks) != len(new.networks):
            return False
        words = list_layer_words(old.tree)
        return all(
            self._rename_model(one.name) == other.name
            and describe_graph(one.graph) == describe_graph(other.graph)
            and settings_of(one.train) == settings_of(other.train)
            and all(
                [word in node.name for node in one.graph.nodes] == [word in node.name for node in other.graph.nodes]
                for word in words
            )
            for one, other in zip(old.networks, new.networks, strict=True)
        )

    def _rename_model(self, name: str) -> str:
        return self.new if id(self.name) in self.home.names.models and name == self.name.text else name


def list_meanings(specs: Specs, spec: Spec) -> dict[int, tuple[str, int]]:
    """Of every name of a file that something binds: where it begins, and the path and the place of what it means."""
    texts = {name.text for name in list_names(spec.parsed.body)}
    found = {}
    for name, bound in spec.names.list_meanings(texts):
        home, meant = specs.trace(spec, bound)
        found[name.start] = home.path, meant.start
    return found


def look_at(specs: Specs, spec: Spec) -> Analysis:
    """What is known about a file: its networks, and what is found."""
    documents, document = specs.documents, spec.document
    if document is not None and spec.source is document.source:
        return documents.know(document).analysis
    try:
        codes = documents.new_settings().codes(spec.source.name)
    except UnusableSettings:
        codes = None
    return analyse(spec.source, codes=codes, read=specs.read(spec))


def list_layer_words(parsed: tree.Tree) -> set[str]:
    """The words in lists of a file's train section, by which an optimizer may tell layers apart."""
    sections = [item for item in parsed.body.items if isinstance(item, tree.Train)]
    lists = [node for section in sections for node in tree.walk(section) if isinstance(node, tree.List)]
    nodes = [node for found in lists for node in tree.walk(found)]
    return {
        node.text if isinstance(node, tree.Name) else node.value
        for node in nodes
        if isinstance(node, (tree.Name, tree.Text))
    }


def place_finding(found: Diagnostic) -> tuple[str, str, int]:
    """The code of a finding, and where it stands: a file's path and an offset."""
    return (
        (found.code, "", 0)
        if found.span is None
        else (found.code, resolve_path(found.span.source.name), found.span.start)
    )


def describe_graph(graph: Graph) -> object:
    """The layers of a graph with their inputs, whatever they are called."""
    nodes = [(node.layer, node.inputs, node.shape, node.shares) for node in graph.nodes]
    return nodes, graph.inputs, graph.outputs


# ---- the answer ----------------------------------------------------------------------------------------------
def write_edit(places: NamesByFile, new: str, documents: Documents) -> types.WorkspaceEdit:
    """The edits for an editor, by file; with the versions of the open ones where it takes these."""
    made = {spec: [types.TextEdit(spec.find_range(one), new) for one in names] for spec, names in places.items()}
    if not documents.numbers_edits:
        return types.WorkspaceEdit(changes={spec.uri: edits for spec, edits in made.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(
                    spec.uri, spec.document.version if spec.document is not None else None
                ),
                [*edits],
            )
            for spec, edits in made.items()
        ]
    )
