"""Where the name under the cursor is bound, and where else it is meant, in this file and in others."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.server.hole_names import list_same_holes
from cnnspec.server.places import TOP
from cnnspec.server.specs import Specs
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

READ, WRITE = types.DocumentHighlightKind.Read, types.DocumentHighlightKind.Write


def find_definition(document: Document, documents: Documents, position: types.Position) -> types.Location | None:
    """Where the name at a position is bound, in whichever file; of the path of a `use` the file."""
    specs = Specs(documents)
    spec, at = specs.of(document), document.places.find_offset(position)
    for item in spec.parsed.body.items:
        if isinstance(item, tree.Use) and item.path.start <= at <= item.path.end:
            used = specs.find_used(spec, item)
            return None if used is None else types.Location(used.uri, types.Range(TOP, TOP))
    found = specs.find_bound(spec, at)
    if found is None or id(found[1]) in found[0].uses:  # the other file has no such block
        return None
    home, name = found
    return types.Location(home.uri, home.find_range(name))


def list_references(
    document: Document, documents: Documents, position: types.Position, binding: bool = True
) -> list[types.Location]:
    """Every place at which the name at a position is meant, in this file and in those that can mean it; with the `binding`,
    that where it is bound too."""
    specs = Specs(documents)
    own, at = specs.of(document), document.places.find_offset(position)
    if holes := list_same_holes(own, at):
        return [types.Location(own.uri, own.find_range(name)) for name in holes]
    found = specs.find_bound(own, at)
    if found is None:
        return []
    return [
        types.Location(spec.uri, spec.find_range(name))
        for spec, names in specs.list_places(*found).items()
        for name in names
        if binding or name is not found[1]
    ]


def list_highlights(
    document: Document, documents: Documents, position: types.Position
) -> list[types.DocumentHighlight]:
    """Every place in an open file at which the name at a position is meant; that where it is bound is written."""
    specs = Specs(documents)
    spec, at = specs.of(document), document.places.find_offset(position)
    if holes := list_same_holes(spec, at):
        return [types.DocumentHighlight(spec.find_range(name), READ) for name in holes]
    found = specs.find_bound(spec, at)
    if found is None:
        return []
    places = sorted(specs.list_in(spec, found[1]), key=lambda name: name.start)
    return [types.DocumentHighlight(spec.find_range(one), WRITE if one is found[1] else READ) for one in places]
