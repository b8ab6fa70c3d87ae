"""Diagnostics in a line: one in a line of its own, its place first, for tools that read lines; and how many there are."""

from __future__ import annotations

from cnnspec.base.source import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.diagnostic import Diagnostic


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
