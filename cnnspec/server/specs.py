"""Names across files: what a name of one file means in another, by the blocks that files `use` of each other.

Files are read as they are now: an open one as it is in the editor. What is read and worked out holds for one request.
"""

from __future__ import annotations

import os
import re

from cnnspec.base.source import Source
from cnnspec.base.source_files import find_project_root, find_used_file, is_inside
from cnnspec.elaborate import elaborate
from cnnspec.elaborate.observer import Observer
from cnnspec.lint.fix.project import resolve_path
from cnnspec.server.names import Names
from cnnspec.server.places import Places
from cnnspec.server.uris import is_file, write_uri
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lsprotocol import types

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.elaborate.files import Read
    from cnnspec.elaborate.values import BlockFunction, Scope, Tensor
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents


class Spec:
    """A file, its tree, and the names in it; `document` is None where it is not open."""

    def __init__(
        self, parsed: tree.Tree, places: Places, document: Document | None,
        find_used: Callable[[Spec, tree.Name], tree.Block | None],
    ) -> None:  # fmt: skip
        self.parsed, self.source, self.places, self.document = parsed, parsed.source, places, document
        self.path = resolve_path(self.source.name)
        self.uri = document.uri if document is not None else write_uri(self.path)
        self.uses = {
            id(name): item for item in parsed.body.items if isinstance(item, tree.Use) for name in item.names
        }  # which brings a name
        self.names = Names(parsed.body, lambda bound: find_used(self, bound))

    def find_offered(self, text: str) -> tree.Name | None:
        """The name by which another file can use a block of this one, or one that this uses itself."""
        for item in self.parsed.body.items:
            names = [item.name] if isinstance(item, tree.Block) else item.names if isinstance(item, tree.Use) else ()
            for name in names:
                if name.text == text:
                    return name
        return None

    def list_offered(self) -> list[str]:
        """The names that another file can use."""
        found: dict[str, None] = {}
        for item in self.parsed.body.items:
            if isinstance(item, tree.Block):
                found[item.name.text] = None
            elif isinstance(item, tree.Use):
                found |= dict.fromkeys([name.text for name in item.names])
        return [*found]

    def find_range(self, name: tree.Name) -> types.Range:
        return self.places.find_range(name.start, name.end)


class Specs:
    """The files that names lead to, each read once; `texts` stand for those of the files with these real paths."""

    def __init__(self, documents: Documents, texts: Mapping[str, str] | None = None) -> None:
        self.documents, self._texts = documents, texts or {}
        self._known: dict[str, Spec | None] = {}
        self._sources: dict[str, Source | Diagnostic] = {}
        self._listed: list[str] | None = None  # the files of the workspace
        self._homes: dict[int, Spec] = {}  # of the parameters that arguments in other files are for

    # ---- files ---------------------------------------------------------------------------------------------
    def of(self, document: Document) -> Spec:
        """An open file, or an older text of one that is shown beside it."""
        found = self.find(document.path) if self.documents.find(document.path) is document else None
        return self._make(document.source, document) if found is None else found

    def find(self, path: str) -> Spec | None:
        """The file at a real path; None where it cannot be read."""
        if path not in self._known:
            document, source = self.documents.find(path), self._read(path)
            self._known[path] = self._make(source, document) if isinstance(source, Source) else None
        return self._known[path]

    def _read(self, path: str) -> Source | Diagnostic:
        """The source of a file as it is now."""
        if path not in self._sources:
            document = self.documents.find(path)
            self._sources[path] = self.documents.reader("")(path) if document is None else document.source
        return self._sources[path]

    def find_used(self, spec: Spec, item: tree.Use) -> Spec | None:
        """The file that is meant by a `use`; None outside the project, as where it cannot be read."""
        root, path = find_used_file(spec.source.name, item.path.value)
        return self.find(path) if is_inside(path, root) else None

    def list_users(self, home: Spec, text: str) -> list[Spec]:
        """The files in which a name that a file offers may be meant, that file first: the open ones, those that these
        use, and those of the workspace; of a file outside of that, those of its project."""
        opened = [one for one in self.documents if not one.is_python]
        paths = [one.path for one in opened if is_file(one.uri)]
        paths += sorted(path for one in opened for path in self.documents.know(one).reads)
        paths += self.list_workspace(home)
        others = [self.find(path) for path in dict.fromkeys(paths) if path != home.path and self._may_mean(path, text)]
        return [home, *[one for one in others if one is not None]]

    def list_offering(self, spec: Spec, text: str) -> list[Spec]:
        """The files that have a block of a name, of those that a file uses and of the workspace."""
        used = [self.find_used(spec, item) for item in spec.parsed.body.items if isinstance(item, tree.Use)]
        paths = [*[one.path for one in used if one is not None], *self.list_workspace(spec)]
        found = []
        for path in dict.fromkeys(paths):
            source = self._read(path) if path != spec.path else None
            if isinstance(source, Source) and re.search(rf"\bblock\s+{re.escape(text)}\b", source.text):
                found.append(self.find(path))
        return [one for one in found if one is not None and id(one.find_offered(text)) in one.names.blocks]

    def list_workspace(self, home: Spec) -> list[str]:
        """The real paths of the files of the workspace, and of the project of a file outside of that, but for those that are
        left out."""
        if self._listed is None:
            folder = os.path.dirname(home.path)
            inside = any(is_inside(folder, one) for one in self.documents.folders)
            self._listed = self.documents.list_specs([] if inside else [find_project_root(folder) or folder])
        return self._listed

    def _may_mean(self, path: str, text: str) -> bool:
        """Whether a word stands in a file that uses another, so that it may mean a name of that."""
        source = self._read(path)
        return isinstance(source, Source) and all(
            [re.search(rf"\b{re.escape(word)}\b", source.text) for word in (text, "use")]
        )

    def read(self, own: Spec) -> Read:
        """Reads what a file uses, with the texts that stand for others."""
        read_one = self.documents.reader(own.path)

        def read_current(path: str) -> Any:
            found, text = read_one(path), self._texts.get(resolve_path(path))
            return found.replace(text=text) if text is not None and isinstance(found, Source) else found

        return read_current

    def _make(self, source: Source, document: Document | None) -> Spec:
        text = self._texts.get(resolve_path(source.name))
        if document is None or text is not None:
            parsed = parse(source if text is None else source.replace(text=text))
            return Spec(parsed, Places(parsed.source, self.documents.columns), document, self._find_block)
        return Spec(self.documents.know(document).analysis.tree, document.places, document, self._find_block)

    # ---- meanings ------------------------------------------------------------------------------------------
    def find_bound(self, spec: Spec, at: int) -> tuple[Spec, tree.Name] | None:
        """The name that binds what stands at an offset of a file, and the file that it stands in."""
        bound = spec.names.find_bound(at)
        return self._find_called(spec, at) if bound is None else self.trace(spec, bound)

    def trace(self, spec: Spec, bound: tree.Name) -> tuple[Spec, tree.Name]:
        """What a name means that a file binds: of one that it uses from another that there; itself where there is none."""
        home, name, met = self._homes.get(id(bound), spec), bound, set[int]()
        while (item := home.uses.get(id(name))) is not None and id(name) not in met:
            met.add(id(name))
            used = self.find_used(home, item)
            offered = used.find_offered(name.text) if used is not None else None
            if used is None or offered is None:
                return spec, bound
            home, name = used, offered
        return home, name

    def list_places(self, home: Spec, name: tree.Name) -> dict[Spec, list[tree.Name]]:
        """Every place at which a name is meant, by the files, that which binds it included."""
        found = {spec: self.list_in(spec, name) for spec in self._list_concerned(home, name)}
        if name is not home.find_offered(name.text) and self.is_offered(home, name):  # a parameter
            for spec, more in self._list_called(home, name, found).items():
                found[spec] += more
        return {spec: sorted(names, key=lambda one: one.start) for spec, names in found.items() if names}

    def list_in(self, spec: Spec, name: tree.Name) -> list[tree.Name]:
        """The places in one file at which a name is meant."""
        meanings = spec.names.list_meanings({name.text})
        return [one for one, bound in meanings if bound is name or self.trace(spec, bound)[1] is name]

    def is_offered(self, home: Spec, name: tree.Name) -> bool:
        """Whether other files may mean a name: that of a block, or of a parameter of one."""
        blocks = [item for item in home.parsed.body.items if isinstance(item, tree.Block)]
        return any(name is one for block in blocks for one in (block.name, *list_parameters(block)))

    def _list_concerned(self, home: Spec, name: tree.Name) -> list[Spec]:
        return self.list_users(home, name.text) if self.is_offered(home, name) else [home]

    def _find_block(self, spec: Spec, bound: tree.Name) -> tree.Block | None:
        """The block that a name brings which a file uses from another."""
        home, name = self.trace(spec, bound)
        block = home.names.blocks.get(id(name))
        if block is not None:
            self._homes |= dict.fromkeys([id(one) for one in list_parameters(block)], home)
        return block

    # ---- calls of what is no block by its name -------------------------------------------------------------
    def _find_called(self, spec: Spec, at: int) -> tuple[Spec, tree.Name] | None:
        """The parameter that an argument at an offset is for, where a block is called by another name, as of a parameter that
        is the block."""
        label = next((one for one in list_labels(spec) if one.start <= at <= one.end), None)
        if label is None:
            return None
        watcher = self._watch_calls(self.list_users(spec, label.text))
        for path, start in watcher.found.get((spec.path, label.start), ()):
            home = self.find(path)
            for block in home.names.blocks.values() if home is not None else ():
                for name in list_parameters(block):
                    if home is not None and name.start == start:
                        return home, name
        return None

    def _list_called(
        self, home: Spec, name: tree.Name, found: Mapping[Spec, list[tree.Name]]
    ) -> dict[Spec, list[tree.Name]]:
        """More arguments for a block's parameter than were found: of such calls."""
        known = {id(one) for names in found.values() for one in names}
        labels = {
            spec: [one for one in list_labels(spec) if one.text == name.text and id(one) not in known] for spec in found
        }
        if not any(labels.values()):
            return {}
        called, meant = self._watch_calls([*found]).found, (home.path, name.start)
        return {
            spec: [one for one in own if meant in called.get((spec.path, one.start), ())]
            for spec, own in labels.items()
        }

    def _watch_calls(self, specs: list[Spec]) -> CallWatcher:
        watcher = CallWatcher()
        for spec in specs:
            elaborate(spec.parsed, self.read(spec), observer=watcher)
        return watcher


class CallWatcher(Observer):
    """Notes, while networks are built, for which parameters the named arguments of blocks' calls are: all by the files' real
    paths and offsets."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, int], dict[tuple[str, int], None]] = {}
        self._scopes: list[Scope] = []

    def enter(self, node: tree.Node, scope: Scope, current: Tensor | None, value: Any = None) -> None:
        self._scopes.append(scope)

    def leave(self, result: Tensor | None) -> None:
        self._scopes.pop()

    def built(self, graph: Graph) -> None:
        self._scopes.clear()

    def block_called(self, function: BlockFunction, arguments: tuple[tree.Argument, ...], shape: Shape | None) -> None:
        for argument in arguments if self._scopes else ():
            for name in list_parameters(function.block):
                if argument.name is not None and argument.name.text == name.text:
                    place = resolve_path(self._scopes[-1].source.name), argument.name.start
                    meant = resolve_path(function.scope.source.name), name.start
                    self.found.setdefault(place, {})[meant] = None


def list_parameters(block: tree.Block) -> list[tree.Name]:
    return [parameter.name for parameter in block.parameters]


def list_labels(spec: Spec) -> list[tree.Name]:
    """The names of arguments, in calls of what some name or expression stands for: of no layer."""
    found = []
    for node in tree.walk(spec.parsed.body):
        if isinstance(node, tree.Call) and not is_layer(node.function, spec):
            found += [argument.name for argument in node.arguments if argument.name is not None]
    return found


def is_layer(function: tree.Node, spec: Spec) -> bool:
    """Whether what is called is a word that nothing in a file binds."""
    return isinstance(function, tree.Name) and spec.names.look_up(function.text, function.start) is None
