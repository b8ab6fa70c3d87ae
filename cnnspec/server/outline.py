"""The outline of a file, and which stretches of it can be folded, from its tree."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.server.documents import Document, Documents

FOLDED = (tree.Block, tree.Model, tree.Loop, tree.Branch, tree.Train, tree.Budget, tree.Braces, tree.Call, tree.List)


# ---- symbols -------------------------------------------------------------------------------------------------
def list_symbols(document: Document, documents: Documents) -> list[types.DocumentSymbol]:
    """What a file names: blocks, models and the train section with what stands in them, constants, layers, tensors."""
    return list(find_symbols(documents.know(document).analysis.tree.body, document))


def find_symbols(body: tree.Body, document: Document) -> Iterator[types.DocumentSymbol]:
    for item in body.items:
        if isinstance(item, (tree.Block, tree.Model)):
            kind = types.SymbolKind.Function if isinstance(item, tree.Block) else types.SymbolKind.Class
            yield write_symbol(item, item.name, kind, document, list(find_symbols(item.body, document)))
        elif isinstance(item, tree.Train):
            name = tree.Name(item.start, item.start + len("train"), "train")
            yield write_symbol(
                item, name, types.SymbolKind.Namespace, document, list(find_symbols(item.body, document))
            )
        elif isinstance(item, tree.Loop):
            yield from find_symbols(item.body, document)
        elif isinstance(item, tree.Branch):
            yield from find_symbols(item.body, document)
            if item.otherwise is not None:
                rest = item.otherwise
                yield from find_symbols(
                    rest if isinstance(rest, tree.Body) else tree.Body(rest.start, rest.end, (rest,)), document
                )
        elif isinstance(item, tree.Assign):
            yield write_symbol(item, item.name, types.SymbolKind.Constant, document)
        elif isinstance(item, tree.Shared):
            yield write_symbol(item, item.name, types.SymbolKind.Function, document)
        else:
            yield from find_tensors(item, document)


def find_tensors(item: tree.Node, document: Document) -> Iterator[types.DocumentSymbol]:
    """The tensors that a statement names, in the order of the text."""
    named = [part for part in tree.walk(item) if isinstance(part, (tree.Naming, tree.Input)) and part.name is not None]
    for part in sorted(named, key=lambda part: part.name.start if part.name else 0):
        if part.name is not None:
            yield write_symbol(part, part.name, types.SymbolKind.Variable, document)


def write_symbol(
    item: tree.Node, name: tree.Name, kind: types.SymbolKind, document: Document,
    inside: list[types.DocumentSymbol] | None = None,
) -> types.DocumentSymbol:  # fmt: skip
    return types.DocumentSymbol(
        name=name.text,
        kind=kind,
        range=document.places.find_range(item.start, item.end),
        selection_range=document.places.find_range(name.start, name.end),
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
