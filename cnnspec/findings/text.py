"""Diagnostics for people: the sentence, the place, the line with a caret, what led there, what to do."""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.base.wrapping import count_columns, wrap_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Span

PIPE = 100  # columns of an excerpt in a pipe
HANGING = 4  # how much further in than its label a sentence goes on
COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m", "": "\x1b[1m", "mark": "\x1b[1;34m"}
RESET = "\x1b[0m"


def show_diagnostic(found: Diagnostic, color: bool = False, unsafe: bool = False, width: int | None = None) -> str:
    """One diagnostic, over several lines, with its safe repair; `unsafe`: with all of them, the first the best.

    `width`: of the terminal; None: a pipe.
    """

    def paint(text: str, kind: str) -> str:
        return f"{COLORS[kind]}{text}{RESET}" if color else text

    def write(label: str, kind: str, text: str, indent: str = "  ") -> list[str]:
        """A sentence behind its label, which is never broken."""
        lines = wrap_text(f"{indent}{'_' * len(label)}: {printable(text)}", width, len(indent) + HANGING)
        lines[0] = lines[0][len(indent) + len(label) :]
        if not indent:
            lines = [paint(line, "") for line in lines]
        return [indent + paint(label, kind) + lines[0], *lines[1:]]

    lines = write(f"{found.severity}[{found.code} {found.name}]", found.severity, found.message, indent="")
    if found.span is not None:
        lines += show_excerpt(found.span, found.severity, paint, width)
    for note in found.notes:
        lines += write("note", "mark", note.message)
        if note.span is not None:
            lines += show_excerpt(note.span, "mark", paint, width)
    if found.help:
        lines += write("help", "mark", found.help)
    for repair in found.repairs if unsafe else found.repairs[:1]:
        if repair.safe or unsafe:
            lines += write("fix" if repair.safe else "unsafe fix", "mark", f"{repair.message} ({repair.cost})")
    return "\n".join(lines)


def show_excerpt(span: Span, kind: str, paint: Any, width: int | None) -> list[str]:
    """Where it is, and the line with the span underlined; of a long line the part around the mark."""
    row, column = span.source.position(span.start)
    line = span.source.line(row)
    end = min(column - 1 + max(1, span.end - span.start), max(len(line), column))
    start = column - 1
    gutter = " " * len(str(row))
    left, right = find_window(line, start, width - len(gutter) - 3 if width else PIPE)
    before = printable(line[left:start])
    under = printable(line[start : min(end, right)]) or " "
    prefix, suffix = "…" if left else "", "…" if right < len(line) else ""
    caret = " " * (count_columns(before) + len(prefix)) + paint("^" * count_columns(under), kind)
    bar = paint("|", "mark")
    return [
        f"{gutter} {paint('-->', 'mark')} {printable(span.source.name)}:{row}:{column}",
        f"{gutter} {bar}",
        f"{paint(str(row), 'mark')} {bar} {prefix}{printable(line[left:right])}{suffix}",
        f"{gutter} {bar} {caret}",
    ]


def find_window(line: str, start: int, room: int) -> tuple[int, int]:
    """The part of a line that there is room for: a third before the mark, the rest behind it, an … at an end that is cut."""
    if len(line) + (start == len(line)) <= room and count_columns(printable(line)) <= room:
        return 0, len(line)
    left = right = start
    used, most = int(start == len(line)), max(room - 2, 1)
    for limit in (most // 3, most):
        while left and used + (needed := count_columns(printable(line[left - 1]))) <= limit:
            left, used = left - 1, used + needed
        while right < len(line) and used + (needed := count_columns(printable(line[right]))) <= most:
            right, used = right + 1, used + needed
    return left, right
