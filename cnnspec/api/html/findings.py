"""Findings as HTML, each as `check` prints it, the place underlined in its line; and as a table."""

from __future__ import annotations

from cnnspec.base.source import LayerPlace, brief
from cnnspec.findings.excerpt import find_excerpt, locate_layer
from cnnspec.findings.text import says_place, write_totals
from cnnspec.tables.escape import xml
from cnnspec.tables.html import HtmlTable, write_frame, write_lines
from cnnspec.tables.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic, Repair
    from cnnspec.base.source import Span


def make_report(found: Sequence[Diagnostic]) -> Report:
    """A row for each finding, and how many there are."""
    rows = [(one.span.origin if one.span else "", one.severity, f"{one.code} {one.name}", one.message) for one in found]
    return Report("", [HtmlTable(("Place", "Severity", "Rule", "Message"), rows)], [write_totals(found, 1)])


def write_html(found: Sequence[Diagnostic]) -> str:
    """Every finding, and how many there are."""
    return write_frame("", "".join(map(write_finding, found)) + write_lines([write_totals(found, 1)]))


def write_finding(found: Diagnostic) -> str:
    """What is wrong, where, what led there, and what to do: the help and the best repair."""
    label = f"{found.severity}[{found.code} {found.name}]"
    parts = [f"<p class='what'><b class='{found.severity}'>{xml(label)}</b>: {xml(found.message)}</p>"]
    parts.append(write_excerpt(found.span, found.severity))
    for note in found.notes:
        parts.append(write_sentence("note", note.message))
        if not says_place(note):
            parts.append(write_excerpt(note.span, "info"))
    parts += [write_sentence("help", found.help)] * bool(found.help)
    parts += [write_repair(repair) for repair in found.repairs[:1]]
    return f"<div class='finding'>{''.join(parts)}</div>"


def write_sentence(label: str, words: str) -> str:
    return f"<p><b>{label}</b>: {xml(words)}</p>"


def write_repair(repair: Repair) -> str:
    return write_sentence("fix" if repair.safe else "unsafe fix", f"{repair.message} ({repair.cost})")


def write_excerpt(span: Span | None, severity: str) -> str:
    """Where it is, and the line with the span marked; of a layer of a model, which has no text, where it is; "" for no place."""
    if span is None:
        return ""
    if isinstance(span, LayerPlace):
        return f"<pre>{xml(brief(locate_layer(span)))}</pre>"
    found = find_excerpt(span, None)
    marked = f"<mark class='{severity}'>{xml(found.under or ' ')}</mark>"
    return f"<pre>{xml(found.place)}\n{found.row} | {xml(found.before)}{marked}{xml(found.behind)}</pre>"
