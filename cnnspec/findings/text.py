"""Diagnostics for people: the sentence, the place, the line with a caret, what led there, what to do."""

from __future__ import annotations

from cnnspec.base.source import LayerPlace, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.diagnostic import Diagnostic, Note

HANGING = 4  # how much further in than its label a sentence goes on
COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;35m", "info": "\x1b[1;94m", "": "\x1b[1m", "mark": "\x1b[1;94m"}
RESET = "\x1b[0m"


def show_diagnostic(found: Diagnostic, color: bool = False, unsafe: bool = False, width: int | None = None) -> str:
    """One diagnostic, over several lines, with its safe repair; `unsafe`: with all of them, the first the best.

    `width`: of the terminal; None: a pipe.
    """
    from cnnspec.base.wrapping import wrap_text
    from cnnspec.findings.excerpt import show_excerpt

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
        if note.span is not None and not says_place(note):
            lines += show_excerpt(note.span, "mark", paint, width)
    if found.help:
        lines += write("help", "mark", found.help)
    for repair in found.repairs if unsafe else found.repairs[:1]:
        if repair.safe or unsafe:
            lines += write("fix" if repair.safe else "unsafe fix", "mark", f"{repair.message} ({repair.cost})")
    return "\n".join(lines)


def says_place(note: Note) -> bool:
    """Whether a note names its layer in a model, of which no more is to be shown."""
    place = note.span
    return isinstance(place, LayerPlace) and not place.line and place.title in note.message


def show_in_a_line(place: str, found: Diagnostic) -> str:
    """One diagnostic in a line, its place first."""
    from cnnspec.findings.sentence import name_place

    told = name_place(found) if isinstance(found.span, LayerPlace) else ""  # the name of a cell is in its text's
    at = printable(found.span.source.name if found.span else place)
    at = f"./{at}" if at.startswith("::") else at  # a line that begins so is a command to a runner of workflows
    if isinstance(found.span, LayerPlace):
        at += f":{found.span.line}" if found.span.line else ""
    elif found.position:
        at += f":{found.position[0]}:{found.position[1]}"
    return f"{at}: {found.severity}[{found.code} {found.name}]: {told}{printable(found.message)}"


def write_totals(found: Iterable[Diagnostic], files: int) -> str:
    """ "2 errors and 1 warning in 3 files"."""
    counts: dict[str, int] = {}
    for diagnostic in found:
        counts[diagnostic.severity] = counts.get(diagnostic.severity, 0) + 1
    words = {"error": "error", "warning": "warning", "info": "note"}
    parts = [f"{counts[s]} {w}{'s' * (counts[s] > 1)}" for s, w in words.items() if s in counts]
    where = f"{files} file{'s' * (files != 1)}"
    return f"{' and '.join(parts)} in {where}" if parts else f"{where}: no mistakes found"
