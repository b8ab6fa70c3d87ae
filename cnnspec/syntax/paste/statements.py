"""Text → Python's statements: lines, joined where brackets, a backslash or a long text hold them together."""

from __future__ import annotations

import re

from cnnspec.base.record import Record

_PART = re.compile(
    r"""(?P<text>"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      |(?P<comment>\#[^\n]*)
      |(?P<joined>\\\n)
      |(?P<opening>[([{])|(?P<closing>[)\]}])
      |(?P<end>[\n;])
      |(?P<other>[^\s"'#\\()\[\]{};\ufeff]+|[^\s\ufeff])""",
    re.X | re.S,
)


class Statement(Record):
    """One statement. `indent` is its column, `comments` are the places of those inside it."""

    start: int
    end: int
    text: str
    indent: int
    comments: tuple[tuple[int, int], ...]


def statements(text: str) -> list[Statement]:
    """The statements of a text, in order. A bracket that is never closed joins no lines."""
    parts = [(part.lastgroup, part.start(), part.end()) for part in _PART.finditer(text)]
    unclosed = _unclosed(parts)
    found: list[Statement] = []
    comments: list[tuple[int, int]] = []
    start, end, depth = -1, -1, 0
    for kind, begin, stop in [*parts, ("end", len(text), len(text))]:
        if kind == "comment":
            comments.append((begin, stop))
        elif kind == "end" and (not depth or begin == len(text)):
            if start >= 0:
                inside = tuple([place for place in comments if start < place[0] < end])
                column = start - text.rfind("\n", 0, start) - 1
                found.append(Statement(start, end, text[start:end], column, inside))
            comments, start = [], -1
        elif kind not in ("end", "joined"):
            depth += (kind == "opening" and begin not in unclosed) - (kind == "closing" and depth > 0)
            start, end = begin if start < 0 else start, stop
    return found


def balanced(text: str) -> bool:
    """Whether every bracket of a text is closed, and none is closed that is not open."""
    depth = 0
    for part in _PART.finditer(text):
        depth += (part.lastgroup == "opening") - (part.lastgroup == "closing")
        if depth < 0:
            return False
    return not depth


def _unclosed(parts: list[tuple[str | None, int, int]]) -> set[int]:
    """Where brackets stand that are never closed."""
    opened: list[int] = []
    for kind, begin, _ in parts:
        if kind == "opening":
            opened.append(begin)
        elif kind == "closing" and opened:
            opened.pop()
    return set(opened)
