"""A name that nothing has, but a block of another file: what makes a file `use` it."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Edit
from cnnspec.base.source import Span
from cnnspec.base.source_files import find_used_file, is_inside
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.server.document import Document
    from cnnspec.server.specs import Spec, Specs

MOST_PROPOSED = 3  # files


def list_imports(found: Diagnostic, span: Span, document: Document, specs: Specs) -> list[tuple[str, Edit]]:
    """The paths of files that have a block of the name which a finding says nothing has, each with what makes the file `use` it:
    one more name where it uses that file, else a line."""
    if found.code != "E010" or not span.text.isidentifier():
        return []
    spec = specs.of(document)
    uses: dict[str, tree.Use] = {}
    for item in spec.parsed.body.items:
        if isinstance(item, tree.Use) and (used := specs.find_used(spec, item)) is not None:
            uses[used.path] = item
    others = [other for other in specs.list_offering(spec, span.text) if not leads_to(other, spec.path, specs, set())]
    others.sort(key=lambda other: (other.path not in uses, other.path))
    return [*write_imports(span, spec, others[:MOST_PROPOSED], uses)]


def write_imports(span: Span, spec: Spec, others: list[Spec], uses: dict[str, tree.Use]) -> Iterator[tuple[str, Edit]]:
    """The edits that have a file use a name of others, by their paths as it writes them."""
    for other in others:
        item = uses.get(other.path)
        if item is not None:
            end = item.names[-1].end
            yield item.path.value, Edit(Span(span.source, end, end), f", {span.text}")
        else:
            path = os.path.relpath(other.path, os.path.dirname(spec.path)).replace(os.sep, "/")
            root, real = find_used_file(spec.source.name, path)
            at = spec.parsed.body.items[0].start if spec.parsed.body.items else 0
            if real == other.path and is_inside(real, root):
                yield path, Edit(Span(span.source, at, at), f'use "{path}" ({span.text})\n')


def leads_to(spec: Spec, path: str, specs: Specs, met: set[str]) -> bool:
    """Whether a file uses the one at a path, itself or through others."""
    if spec.path == path or spec.path in met:
        return spec.path == path
    met.add(spec.path)
    used = [specs.find_used(spec, item) for item in spec.parsed.body.items if isinstance(item, tree.Use)]
    return any(leads_to(one, path, specs, met) for one in used if one is not None)
