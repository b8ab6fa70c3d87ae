"""What can be followed from a text: the files that it uses, and the addresses in its comments."""

from __future__ import annotations

import os
import re

from lsprotocol import types

from cnnspec.base.source_files import find_used_file, is_inside
from cnnspec.server.uris import write_uri
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\x00-\x1f]+")
CLOSING = {")": "(", "]": "["}


def list_links(document: Document, documents: Documents) -> list[types.DocumentLink]:
    """The links of an open file, in the order of the text."""
    parsed = documents.know(document).analysis.tree
    links = [
        link
        for item in parsed.body.items
        if isinstance(item, tree.Use)
        for link in link_file(item, document, documents)
    ]
    for start, end in parsed.comments:
        for found in ADDRESS.finditer(document.source.text, start, end):
            address = trim(found[0])
            place = document.places.find_range(found.start(), found.start() + len(address))
            links.append(types.DocumentLink(place, address))
    return sorted(links, key=lambda link: (link.range.start.line, link.range.start.character))


def link_file(item: tree.Use, document: Document, documents: Documents) -> Iterator[types.DocumentLink]:
    """The link of the path of a `use`, between its quotes; none where there is no such file, or it is another project's."""
    root, path = find_used_file(document.name, item.path.value)
    other = documents.find(path)
    if (other is not None or os.path.isfile(path)) and is_inside(path, root):
        place = document.places.find_range(item.path.start + 1, item.path.end - 1)
        yield types.DocumentLink(place, other.uri if other else write_uri(path), tooltip=f"Open {path}")


def trim(address: str) -> str:
    """An address without the signs of the sentence that it stands in."""
    while address:
        last = address[-1]
        if last in CLOSING and address.count(last) <= address.count(CLOSING[last]):
            break
        if last not in CLOSING and last not in ".,;:!?…*":
            break
        address = address[:-1]
    return address
