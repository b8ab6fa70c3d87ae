"""The Markdown of hovers as HTML: paragraphs, lists, line breaks, code, bold words, and marks that are escaped."""

from __future__ import annotations

import re

from cnnspec.tables.escape import xml

INLINE = re.compile(
    r"(?P<fence>`+) ?(?P<code>.+?) ?(?P=fence)(?!`)|\*\*(?P<bold>.+?)\*\*|\\(?P<mark>[^\w\s])|  (?P<end>\n)"
)


def write_html(text: str) -> str:
    """Every paragraph and every list of a text."""
    return "".join([write_part(part) for part in text.split("\n\n") if part])


def write_part(part: str) -> str:
    lines = part.split("\n")
    if all(line.startswith("- ") for line in lines):
        return f"<ul>{''.join([f'<li>{write_words(line[2:])}</li>' for line in lines])}</ul>"
    return f"<p>{write_words(part)}</p>"


def write_words(text: str) -> str:
    made, end = [], 0
    for found in INLINE.finditer(text):
        made += [xml(text[end : found.start()]), write_marked(found)]
        end = found.end()
    return "".join([*made, xml(text[end:])])


def write_marked(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return f"<code>{xml(found['code'])}</code>"
    if found["bold"] is not None:
        return f"<strong>{write_words(found['bold'])}</strong>"
    return xml(found["mark"]) if found["mark"] else "<br>"
