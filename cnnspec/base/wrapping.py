"""Wrapping a sentence to the width of a terminal, at words: what is longer than a line stands on one of its own, whole."""

from __future__ import annotations

import re

PIPE = 80  # columns of a sentence that goes into a pipe or a file
UNITS = r"(?:%|[KMGT]i?B|B|bytes?|[mµn]?s|h|min|(?:TFLOP|GB)/s)"
BREAK = re.compile(rf"(?<!\d) | (?!{UNITS}(?!\w))")  # a space, but for that between a figure and its unit: 13.8 %


def count_columns(text: str) -> int:
    """The columns that a text takes on a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum([0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text])


def pad(text: str, width: int, right: bool = False) -> str:
    """A text with spaces up to a width; `right`: they stand before it."""
    space = " " * (width - count_columns(text))
    return space + text if right else text + space


def split_words(text: str) -> list[str]:
    """The words of a text, a figure and its unit together; between two spaces stands an empty one."""
    return BREAK.split(text)


def wrap_text(text: str, width: int | None, hanging: int = 0) -> list[str]:
    """The lines of a text, at most `width` columns wide (None: those of a pipe); all but the first are indented.

    A word that is longer than a line stands on a line of its own, with as much of the indent as there is room for.
    """
    width = width or PIPE
    if count_columns(text) <= width:
        return [text]
    hanging = min(hanging, width // 2)
    start = len(text) - len(text.lstrip(" "))
    lines, used, empty = [text[:start]], start, True
    for word in split_words(text[start:]):
        needed = count_columns(word)
        if not empty and used + 1 + needed > width:
            indent = min(hanging, max(0, width - needed))
            lines.append(" " * indent)
            used, empty = indent, True
        if empty and not word:
            continue  # spaces at which a line is broken
        lines[-1] += word if empty else f" {word}"
        used += needed + (not empty)
        empty = False
    return [line.rstrip(" ") for line in lines]


def wrap_paragraphs(text: str, width: int | None) -> list[str]:
    """The lines of a text of several paragraphs; indented ones are code, which stays as it is."""
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        code = paragraph.startswith("    ")
        lines += ["", *(paragraph.split("\n") if code else wrap_text(" ".join(paragraph.split()), width))]
    return lines[1:]
