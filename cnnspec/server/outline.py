"""The outline of a file, and which stretches of it can be folded, from its tree."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.server.names import list_bodies
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.places import Places

FOLDED = (
    tree.Block, tree.Model, tree.Loop, tree.Branch, tree.Train, tree.Budget, tree.Braces, tree.Call, tree.List, tree.Mapping,
)  # fmt: skip


# ---- symbols -------------------------------------------------------------------------------------------------
def list_symbols(
    document: Document, documents: Documents
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """What a file names: blocks, models and the train section with what stands in them, constants, layers, tensors; in one
    list for an editor that knows of nothing inside another."""
    found = list(find_symbols(documents.know(document).analysis.tree.body, document.places))
    return found if documents.nests_symbols else list(flatten_symbols(found, document.uri))


def flatten_symbols(
    symbols: Iterable[types.DocumentSymbol], uri: str, container: str | None = None
) -> Iterator[types.SymbolInformation]:
    """Symbols, each before those in it, which know its name."""
    for symbol in symbols:
        place = types.Location(uri, symbol.range)
        yield types.SymbolInformation(place, symbol.name, symbol.kind, container_name=container)
        yield from flatten_symbols(symbol.children or (), uri, symbol.name)


def find_symbols(body: tree.Body, places: Places) -> Iterator[types.DocumentSymbol]:
    for item in body.items:
        if isinstance(item, (tree.Block, tree.Model)):
            kind = types.SymbolKind.Function if isinstance(item, tree.Block) else types.SymbolKind.Class
            yield write_symbol(item, item.name, kind, places, list(find_symbols(item.body, places)))
        elif isinstance(item, tree.Train):
            name = tree.Name(item.start, item.start + len("train"), "train")
            yield write_symbol(item, name, types.SymbolKind.Namespace, places, list(find_symbols(item.body, places)))
        elif isinstance(item, (tree.Loop, tree.Branch)):
            for inner in list_bodies(item):
                yield from find_symbols(inner, places)
        elif isinstance(item, tree.Assign):
            yield write_symbol(item, item.name, types.SymbolKind.Constant, places)
        elif isinstance(item, tree.Shared):
            yield write_symbol(item, item.name, types.SymbolKind.Function, places)
        else:
            yield from find_tensors(item, places)


def find_tensors(item: tree.Node, places: Places) -> Iterator[types.DocumentSymbol]:
    """The tensors that a statement names, in the order of the text."""
    named = [part for part in tree.walk(item) if isinstance(part, (tree.Naming, tree.Input)) and part.name is not None]
    for part in sorted(named, key=lambda part: part.name.start if part.name else 0):
        if part.name is not None:
            yield write_symbol(part, part.name, types.SymbolKind.Variable, places)


def write_symbol(
    item: tree.Node, name: tree.Name, kind: types.SymbolKind, places: Places,
    inside: list[types.DocumentSymbol] | None = None,
) -> types.DocumentSymbol:  # fmt: skip
    return types.DocumentSymbol(
        name=name.text,
        kind=kind,
        range=places.find_range(item.start, item.end),
        selection_range=places.find_range(name.start, name.end),
        children=inside,
    )


# ---- folding -------------------------------------------------------------------------------------------------
def list_folds(document: Document, documents: Documents) -> list[types.FoldingRange]:
    """The stretches that can be folded: what stands in braces or over several lines in brackets, and comments of several
    lines. The line of a closing bracket stays."""
    parsed = documents.know(document).analysis.tree
    found: dict[tuple[int, int], types.FoldingRange] = {}
    for node in tree.walk(parsed.body):
        if isinstance(node, FOLDED):
            first, last = find_lines(node.start, node.end, document)
            if parsed.source.text[node.end - 1 : node.end] in ("}", ")", "]"):
                last -= 1
            if last > first:
                found.setdefault((first, last), types.FoldingRange(first, last))
    for first, last in find_comments(parsed, document):
        found[first, last] = types.FoldingRange(first, last, kind=types.FoldingRangeKind.Comment)
    return [found[lines] for lines in sorted(found)]


def find_lines(start: int, end: int, document: Document) -> tuple[int, int]:
    """The first and the last line of a stretch, from 0."""
    return document.source.position(start)[0] - 1, document.source.position(end)[0] - 1


def find_comments(parsed: tree.Tree, document: Document) -> Iterator[tuple[int, int]]:
    """The first and the last line of comments that stand on several lines of their own."""
    first = last = -2
    for start, end in parsed.comments:
        line, _ = find_lines(start, end, document)
        alone = not document.source.line(line + 1)[: start - document.source.offset(line + 1)].strip()
        if alone and line == last + 1:
            last = line
            continue
        if last > first:
            yield first, last
        first = last = line if alone else -2
    if last > first:
        yield first, last
