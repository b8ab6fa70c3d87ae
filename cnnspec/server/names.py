"""Names of a text: where the one under the cursor is bound, and where else it is meant.

Names are looked up in the tree, outward from the innermost body, as the language looks them up when a network is built.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right

from lsprotocol import types

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Source, Span, brief, printable
from cnnspec.base.source_files import find_used_file
from cnnspec.lint.fix.project import apply_edits
from cnnspec.server.documents import write_uri
from cnnspec.server.places import TOP, Places
from cnnspec.syntax import tree
from cnnspec.syntax.grammar import KEYWORDS, TERMINALS
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from cnnspec.graph import Graph
    from cnnspec.pipeline import Analysis
    from cnnspec.server.documents import Document, Documents


# ---- requests ------------------------------------------------------------------------------------------------
def find_definition(document: Document, documents: Documents, position: types.Position) -> types.Location | None:
    """Where the name at a position is bound; of a block that is used from another file, where it stands there, and of the
    path of a `use` the file."""
    body = documents.know(document).analysis.tree.body
    at = document.places.find_offset(position)
    for item in body.items:
        if isinstance(item, tree.Use) and item.path.start <= at <= item.path.end:
            return find_in_file(item, None, document, documents)
    bound = Names(body).find_bound(at)
    if bound is None:
        return None
    for item in body.items:
        if isinstance(item, tree.Use) and any(name is bound for name in item.names):
            return find_in_file(item, bound.text, document, documents)
    return types.Location(document.uri, document.places.find_range(bound.start, bound.end))


def find_in_file(item: tree.Use, block: str | None, document: Document, documents: Documents) -> types.Location | None:
    """The place of a block in a file that is used, or that file's beginning; None where there is none."""
    path = find_used_file(document.name, item.path.value)[1]
    other = documents.find(path)
    source = documents.reader(document.path)(path)
    if not isinstance(source, Source):
        return None
    places, uri = (other.places, other.uri) if other else (Places(source, documents.columns), write_uri(path))
    if block is None:
        return types.Location(uri, types.Range(TOP, TOP))
    named = [one.name for one in parse(source).body.items if isinstance(one, tree.Block) and one.name.text == block]
    return types.Location(uri, places.find_range(named[0].start, named[0].end)) if named else None


def list_references(
    document: Document, documents: Documents, position: types.Position, binding: bool = True
) -> list[types.Range]:
    """Every place in an open file at which the name at a position is meant; with the `binding`, that where it is bound too."""
    names = Names(documents.know(document).analysis.tree.body)
    bound = names.find_bound(document.places.find_offset(position))
    if bound is None:
        return []
    places = {(name.start, name.end) for name, other in names.list_meanings({bound.text}) if other is bound}
    places = places | {(bound.start, bound.end)} if binding else places - {(bound.start, bound.end)}
    return [document.places.find_range(start, end) for start, end in sorted(places)]


# ---- renaming ------------------------------------------------------------------------------------------------
class NotRenamed(Exception):
    """A name that is not renamed; the message is a sentence that says why."""


def rename(document: Document, documents: Documents, position: types.Position, new: str) -> list[types.TextEdit]:
    """The edits that give the name at a position another, with which the networks stay as they are, and what is found too.
    Raises NotRenamed."""
    known = documents.know(document)
    parsed = known.analysis.tree
    bound = Names(parsed.body).find_bound(document.places.find_offset(position))
    if parsed.diagnostics:
        raise NotRenamed("this file has syntax errors: mend them first")
    if bound is None:
        raise NotRenamed("no name that this file binds stands here")
    if not re.fullmatch(TERMINALS["NAME"], new) or new in KEYWORDS:
        raise NotRenamed(f'"{brief(printable(new))}" is no name')
    if any(name is bound for item in parsed.body.items if isinstance(item, tree.Use) for name in item.names):
        raise NotRenamed(f"{bound.text} is a block of another file: rename it there, and here")
    if any(isinstance(item, tree.Block) and item.name is bound for item in parsed.body.items):
        readers = [
            other.name for other in documents if other is not document and document.path in documents.know(other).reads
        ]
        if readers or not known.analysis.networks:
            user = os.path.basename(readers[0]) if readers else "other files"
            raise NotRenamed(f"{bound.text} may be used by {user}, where it would keep its name")
    places = list_references(document, documents, position)
    spans = [(document.places.find_offset(place.start), document.places.find_offset(place.end)) for place in places]
    text = apply_edits(document.source.text, [Edit(Span(document.source, *span), new) for span in spans])
    assert text is not None
    after = documents.analyser(document)(document.source.replace(text=text), documents.reader(document.path))
    if not stays(known.analysis, after):
        raise NotRenamed(f"with the name {new} this would mean something else: choose another")
    return [types.TextEdit(place, new) for place in places]


def stays(before: Analysis, after: Analysis) -> bool:
    """Whether the networks are the same, and findings of the same codes are there."""
    if [one.code for one in before.diagnostics] != [one.code for one in after.diagnostics]:
        return False
    return len(before.networks) == len(after.networks) and all(
        [
            list_layers(old.graph) == list_layers(new.graph)
            for old, new in zip(before.networks, after.networks, strict=True)
        ]
    )


def list_layers(graph: Graph) -> list[tuple[object, ...]]:
    """The layers of a graph with their inputs, whatever they are called."""
    return [(node.layer, node.inputs, node.shape, node.shares) for node in graph.nodes]


# ---- looking up ----------------------------------------------------------------------------------------------
class Names:
    """The names of a text and what binds each; what a body binds is worked out once."""

    def __init__(self, body: tree.Body) -> None:
        self.body = body
        self.blocks = {id(item.name): item for item in body.items if isinstance(item, tree.Block)}
        self.models = {id(item.name) for item in body.items if isinstance(item, tree.Model)}  # names that nothing means
        self._bound: dict[int, dict[str, tree.Name]] = {}  # by the bodies' identities
        self._starts: dict[int, list[int]] = {}
        self._named: dict[int, set[int]] = {}  # the tensors that loops name

    def look_up(self, name: str, at: int, body: tree.Body | None = None) -> tree.Name | None:
        """The name that binds a word at an offset: in the innermost of the bodies around it that binds it."""
        body = self.body if body is None else body
        inner = self._find_item(body, at)
        for part in list_bodies(inner) if inner is not None and not isinstance(inner, tree.Train) else ():
            if part.start <= at <= part.end:
                found = self.look_up(name, at, part)
                if found is not None and found is self._list_bound(part).get(name) and self._passes(found, inner):
                    return self._list_bound(body)[name]  # what either side, or any turn, names is one thing behind it
                if found is not None:
                    return found
        own = list_own(inner, at)
        return next((one for one in own if one.text == name), None) or self._list_bound(body).get(name)

    def find_bound(self, at: int) -> tree.Name | None:
        """The name that binds what stands at an offset; None where no name does, or one that nothing in the text binds."""
        touched = {name.text for name in list_names(self.body) if name.start <= at <= name.end}
        meanings = self.list_meanings(touched)
        return next((bound for name, bound in meanings if name.start <= at <= name.end), None)

    def list_meanings(self, texts: Set[str]) -> Iterator[tuple[tree.Name, tree.Name]]:
        """Every name of these that something in the text binds, with the name that binds it; a binding name with itself."""
        labels: set[int] = set()
        for node in tree.walk(self.body):
            if isinstance(node, tree.Call):
                for argument in node.arguments:
                    if argument.name is not None:
                        labels.add(id(argument.name))
                        bound = (
                            self._find_parameter(node.function, argument.name) if argument.name.text in texts else None
                        )
                        if bound is not None:
                            yield argument.name, bound
            elif isinstance(node, tree.Attribute):
                labels.add(id(node.name))
            elif isinstance(node, tree.Limit):
                labels.add(id(node.quantity))
            elif isinstance(node, tree.Train):
                labels.update([id(item.name) for item in node.body.items if isinstance(item, tree.Assign)])
        for name in list_names(self.body):
            if name.text in texts and id(name) not in labels:
                bound = name if id(name) in self.models else self.look_up(name.text, name.start)
                if bound is not None:
                    yield name, bound

    def _find_parameter(self, function: tree.Node, name: tree.Name) -> tree.Name | None:
        """The parameter of a block of the text that an argument of its call is for."""
        bound = self.look_up(function.text, function.start) if isinstance(function, tree.Name) else None
        block = self.blocks.get(id(bound))
        own = [parameter.name for parameter in block.parameters] if block is not None else []
        return next((one for one in own if one.text == name.text), None)

    def _passes(self, name: tree.Name, item: tree.Node | None) -> bool:
        """Whether what a statement binds in its body holds behind it: by a side of a condition, or as a loop's tensor."""
        if isinstance(item, tree.Loop) and id(item) not in self._named:
            self._named[id(item)] = {id(one) for one in list_named(item)}
        return isinstance(item, tree.Branch) or id(name) in self._named.get(id(item), ())

    def _find_item(self, body: tree.Body, at: int) -> tree.Node | None:
        """The statement of a body that an offset is in, or at the end of."""
        if id(body) not in self._starts:
            self._starts[id(body)] = [item.start for item in body.items]
        number = bisect_right(self._starts[id(body)], at) - 1
        return body.items[number] if number >= 0 and at <= body.items[number].end else None

    def _list_bound(self, body: tree.Body) -> dict[str, tree.Name]:
        if id(body) not in self._bound:
            table: dict[str, tree.Name] = {}
            for name in list_bound(body):
                table.setdefault(name.text, name)
            self._bound[id(body)] = table
        return self._bound[id(body)]


def list_names(body: tree.Body) -> Iterator[tree.Name]:
    return (node for node in tree.walk(body) if isinstance(node, tree.Name))


def list_bodies(item: tree.Node) -> list[tree.Body]:
    """The outermost bodies inside a statement, in the order of the text."""
    found, queue = list[tree.Body](), list[object]([item])
    while queue:
        part = queue.pop()
        if isinstance(part, tree.Body):
            found.append(part)
        elif isinstance(part, tree.Node):
            queue += [getattr(part, name) for name in part._fields]
        elif isinstance(part, tuple):
            queue += part
    return sorted(found, key=lambda body: body.start)


def list_own(item: tree.Node | None, at: int) -> list[tree.Name]:
    """The parameters, or the loop's names, of a statement that hold at an offset in it: not yet where it is named, in a
    parameter's own default, or in what a loop runs over."""
    if isinstance(item, (tree.Block, tree.Model)):
        return [one.name for one in item.parameters if at == one.name.start or one.end <= at]
    if isinstance(item, tree.Loop) and not item.iterable.start <= at <= item.iterable.end:
        return [*item.targets]
    return []


def list_bound(body: tree.Body) -> Iterator[tree.Name]:
    """The names that the statements of a body bind in it; those of a condition's sides hold behind it too, and a
    loop's tensors."""
    for item in body.items:
        if isinstance(item, (tree.Block, tree.Assign, tree.Shared)):
            yield item.name
        if isinstance(item, tree.Use):
            yield from item.names
        elif isinstance(item, tree.Branch):
            for side in list_bodies(item):
                yield from list_bound(side)
        elif not isinstance(item, (tree.Block, tree.Model, tree.Train)):
            yield from list_named(item)


def list_named(item: tree.Node) -> Iterator[tree.Name]:
    """The tensors that a statement names, but for those in braces, which hold there."""
    queue: list[object] = [item]
    while queue:
        part = queue.pop()
        if isinstance(part, (tree.Naming, tree.Input)) and part.name is not None:
            yield part.name
        if isinstance(part, tree.Node) and not isinstance(part, tree.Braces):
            queue += [getattr(part, name) for name in part._fields]
        elif isinstance(part, tuple):
            queue += part
