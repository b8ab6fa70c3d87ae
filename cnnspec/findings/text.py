"""Diagnostics for people: the sentence, the place, the line with a caret, what led there, what to do."""

from __future__ import annotations

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Span

WIDTH = 100  # of an excerpt; a longer line is cut around the caret
COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m", "": "\x1b[1m", "mark": "\x1b[1;34m"}
RESET = "\x1b[0m"


def show_diagnostic(found: Diagnostic, color: bool = False, unsafe: bool = False) -> str:
    """One diagnostic, over several lines, with its safe repair; `unsafe`: with all of them, the first the best."""

    def paint(text: str, kind: str) -> str:
        return f"{COLORS[kind]}{text}{RESET}" if color else text

    head = paint(f"{found.severity}[{found.code} {found.name}]", found.severity)
    lines = [f"{head}{paint(': ' + printable(found.message), '')}"]
    if found.span is not None:
        lines += show_excerpt(found.span, found.severity, paint)
    for note in found.notes:
        lines.append(f"  {paint('note', 'mark')}: {printable(note.message)}")
        if note.span is not None:
            lines += show_excerpt(note.span, "mark", paint)
    if found.help:
        lines.append(f"  {paint('help', 'mark')}: {printable(found.help)}")
    for repair in found.repairs if unsafe else found.repairs[:1]:
        if repair.safe or unsafe:
            kind = "fix" if repair.safe else "unsafe fix"
            lines.append(f"  {paint(kind, 'mark')}: {printable(repair.message)} ({repair.cost})")
    return "\n".join(lines)


def show_excerpt(span: Span, kind: str, paint: Any) -> list[str]:
    """Where it is, and the line with the span underlined."""
    row, column = span.source.position(span.start)
    line = span.source.line(row)
    end = min(column - 1 + max(1, span.end - span.start), max(len(line), column))
    start = column - 1
    left = 0 if len(line) <= WIDTH else max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    shown = line[left : left + WIDTH]
    before = printable(line[left:start])
    under = printable(line[start : min(end, left + WIDTH)]) or " "
    prefix, suffix = "…" if left else "", "…" if left + WIDTH < len(line) else ""
    gutter = " " * len(str(row))
    caret = " " * (_count_columns(before) + len(prefix)) + paint("^" * _count_columns(under), kind)
    bar = paint("|", "mark")
    return [
        f"{gutter} {paint('-->', 'mark')} {printable(span.source.name)}:{row}:{column}",
        f"{gutter} {bar}",
        f"{paint(str(row), 'mark')} {bar} {prefix}{printable(shown)}{suffix}",
        f"{gutter} {bar} {caret}",
    ]


def _count_columns(text: str) -> int:
    """Columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def show_in_a_line(place: str, found: Diagnostic) -> str:
    """One diagnostic in a line, its place first."""
    at = printable(found.span.source.name if found.span else place)
    at = f"./{at}" if at.startswith("::") else at  # a line that begins so is a command to a runner of workflows
    if found.position:
        at += f":{found.position[0]}:{found.position[1]}"
    return f"{at}: {found.severity}[{found.code} {found.name}]: {printable(found.message)}"


def count_findings(found: Iterable[Diagnostic], files: int) -> str:
    """ "2 errors and 1 warning in 3 files"."""
    counts: dict[str, int] = {}
    for diagnostic in found:
        counts[diagnostic.severity] = counts.get(diagnostic.severity, 0) + 1
    words = {"error": "error", "warning": "warning", "info": "note"}
    parts = [f"{counts[s]} {w}{'s' * (counts[s] > 1)}" for s, w in words.items() if s in counts]
    where = f"{files} file{'s' * (files != 1)}"
    return f"{' and '.join(parts)} in {where}" if parts else f"{where}: no mistakes found"
