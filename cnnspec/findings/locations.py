"""Findings as services want them placed: paths from the working folder, regions that always exist, fingerprints.

A fingerprint stays when lines move: it is made of the path, the code, the text of the line (of a model, which has no
text, the layer), and which of several equal ones it is.
"""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import LayerPlace, Span
from cnnspec.base.source_files import relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

Finding = tuple[str, Diagnostic]  # the file that it is in, and what is found


def uri(path: str) -> str:
    """A path as an URI reference: relative inside the working folder, else file:///…"""
    from urllib.parse import quote_from_bytes as quote

    found = relative(path)
    if os.path.isabs(found) or found.startswith(".."):
        return "file://" + quote(os.fsencode(os.path.abspath(found).replace(os.sep, "/")), safe="/:")
    return quote(os.fsencode(found), safe="/")


def region(span: Span | None) -> tuple[int, int, int, int]:
    """Row, column, last row and the column behind the last: from 1, in code points. A file's beginning for no place."""
    first, last = (None, None) if span is None else (span.first, span.last)
    return (*(first or (1, 1)), *(last or (1, 1)))


def fingerprints(found: Iterable[Finding]) -> list[str]:
    """The fingerprints of findings, in their order."""
    from hashlib import sha256

    seen: dict[tuple[str, str, str], int] = {}
    made = []
    for place, diagnostic in found:
        key = (relative(place), diagnostic.code, find_lasting_text(diagnostic.span))
        seen[key] = seen.get(key, 0) + 1
        text = "\0".join([*key, str(seen[key])])
        made.append(sha256(text.encode("utf-8", "backslashreplace")).hexdigest())
    return made


def find_lasting_text(span: Span | None) -> str:
    """What tells a place and stays when lines move: the text of its line; a layer's path in its model."""
    if isinstance(span, LayerPlace):
        return span.module or span.layer
    return span.source.line(span.source.position(span.start)[0]).strip() if span else ""
