"""What the specs of the workspace name, for an editor's search: blocks, models, constants and train sections.

An open file counts as it is in the editor. One on the disk is read again when its size or its time of change is another;
what one answer has no time for, the next one has.
"""

from __future__ import annotations

import os
import time

from lsprotocol import types

from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.server.outline import find_symbols
from cnnspec.server.places import Places
from cnnspec.server.uris import write_uri
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.server.documents import Documents
    from cnnspec.syntax import tree

KINDS = types.SymbolKind
FOUND = (KINDS.Class, KINDS.Function, KINDS.Constant, KINDS.Namespace)  # of an outline; tensors are not
LONGEST_LIST = 5_000  # files that are read
LARGEST = 2**20  # bytes of a file that is read
MOST_FOUND = 1_000  # symbols of one answer
SECONDS = 1.0  # that one answer may take to read files
LISTED_FOR = 5.0  # seconds for which the list of files is taken as it was


class Named(Record):
    """A symbol with the name of what it stands in, "" at the top."""

    symbol: types.DocumentSymbol
    container: str


class WorkspaceSymbols:
    """The symbols of the workspace's specs; those of files on the disk are kept."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._files: dict[str, tuple[tuple[int, int], list[Named]]] = {}  # by path: of which state, and what it names
        self._listed: tuple[float, list[str]] | None = None  # when, and which

    def forget_files(self) -> None:
        """List the files anew for the next answer: some have come or gone."""
        self._listed = None

    def find(self, query: str) -> list[types.SymbolInformation]:
        """The symbols whose names have the letters of a query in its order, in any case; the best first."""
        found = [
            types.SymbolInformation(
                types.Location(uri, named.symbol.selection_range), named.symbol.name, named.symbol.kind,
                container_name=named.container or None,
            )
            for uri, one in self._list_files() for named in one if is_subsequence(query, named.symbol.name)
        ]  # fmt: skip
        return sorted(found, key=lambda one: (rank(query, one.name), one.name, one.location.uri))[:MOST_FOUND]

    def _list_files(self) -> Iterator[tuple[str, list[Named]]]:
        """The URI of each file and what it names: open ones first."""
        opened = set[str]()
        for document in self.documents:
            opened.add(document.path)
            body = self.documents.know(document).analysis.tree.body
            yield document.uri, list_searched(body, document.places)
        end = time.monotonic() + SECONDS
        for path in self._list_paths():
            if path not in opened:
                yield write_uri(path), self._read(path, time.monotonic() < end)

    def _list_paths(self) -> list[str]:
        now = time.monotonic()
        if self._listed is None or now - self._listed[0] > LISTED_FOR:
            self._listed = now, self.documents.list_specs()[:LONGEST_LIST]
            there = {*self._listed[1]}
            self._files = {path: known for path, known in self._files.items() if path in there}
        return self._listed[1]

    def _read(self, path: str, in_time: bool) -> list[Named]:
        """What a file on the disk names, if it is known already or there is time to read it; nothing of one that is gone."""
        try:
            status = os.stat(path)
        except OSError:
            return []
        state = status.st_mtime_ns, status.st_size
        known = self._files.get(path)
        if known is not None and (known[0] == state or not in_time):
            return known[1]
        if not in_time or status.st_size > LARGEST:
            return []
        source = read(path)
        named = []
        if isinstance(source, Source):
            named = list_searched(parse(source).body, Places(source, self.documents.columns))
        self._files[path] = state, named
        return named


def list_searched(body: tree.Body, places: Places) -> list[Named]:
    """What a file names, in the order of the text."""
    return [*flatten([*find_symbols(body, places)], "")]


def flatten(symbols: Sequence[types.DocumentSymbol], container: str) -> Iterator[Named]:
    """The symbols that are searched for, each before those in it; of a train section its settings are not."""
    for symbol in symbols:
        if symbol.kind in FOUND:
            yield Named(symbol, container)
            if symbol.kind is not KINDS.Namespace:
                yield from flatten(symbol.children or (), symbol.name)


def is_subsequence(query: str, name: str) -> bool:
    """Whether the letters of a query stand in a name in their order, in any case."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in query.casefold())


def rank(query: str, name: str) -> int:
    """How well a name meets a query: 0 where it is the name, 1 where it begins it, 2 where it stands in it, else 3."""
    query, name = query.casefold(), name.casefold()
    return 0 if name == query else 1 if name.startswith(query) else 2 if query in name else 3
