"""Findings as services want them placed: paths from the working folder, regions that always exist, fingerprints.

A fingerprint stays when lines move: it is made of the path, the code, the text of the line, and which of several equal
ones it is.
"""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

Finding = tuple[str, Diagnostic]  # the file that it is in, and what is found


def relative(path: str) -> str:
    """A path relative to the working folder, with slashes; a path outside of the folder stays as it is."""
    try:
        found = os.path.relpath(path)
    except ValueError:  # another drive
        found = path
    return (path if found.startswith("..") else found).replace(os.sep, "/")


def uri(path: str) -> str:
    """A path as an URI reference: relative inside the working folder, else file:///…"""
    from urllib.parse import quote_from_bytes as quote

    found = relative(path)
    if os.path.isabs(found) or found.startswith(".."):
        return "file://" + quote(os.fsencode(os.path.abspath(found).replace(os.sep, "/")), safe="/:")
    return quote(os.fsencode(found), safe="/")


def region(span: Span | None) -> tuple[int, int, int, int]:
    """Row, column, last row and the column behind the last: from 1, in code points. A file's beginning for no place."""
    if span is None:
        return 1, 1, 1, 1
    return (*span.source.position(span.start), *span.source.position(span.end))


def fingerprints(found: Iterable[Finding]) -> list[str]:
    """The fingerprints of findings, in their order."""
    from hashlib import sha256

    seen: dict[tuple[str, str, str], int] = {}
    made = []
    for place, diagnostic in found:
        span = diagnostic.span
        line = span.source.line(span.source.position(span.start)[0]).strip() if span else ""
        key = (relative(place), diagnostic.code, line)
        seen[key] = seen.get(key, 0) + 1
        text = "\0".join([*key, str(seen[key])])
        made.append(sha256(text.encode("utf-8", "backslashreplace")).hexdigest())
    return made
