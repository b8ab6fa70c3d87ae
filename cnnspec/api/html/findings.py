"""Findings as an HTML table."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.findings.sentence import name_layer
from cnnspec.findings.text import write_totals
from cnnspec.tables.html import HtmlTable, write_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic

HEADINGS = ("Line", "Severity", "Rule", "What", "What to do")


def write_html(found: Sequence[Diagnostic], file: str) -> str:
    """A row for each finding, errors in red; how many there are."""
    rows = [show_finding(diagnostic, file) for diagnostic in found]
    errors = [i for i, diagnostic in enumerate(found) if diagnostic.severity == ERROR]
    return write_page(file, [HtmlTable(HEADINGS, rows, {0}, errors)], [write_totals(found, 1)])


def show_finding(found: Diagnostic, file: str) -> tuple[str, ...]:
    """Its line, and the file where that is another; what is wrong; the help and the best repair."""
    line = str(found.position[0]) if found.position else ""
    other = f"{found.span.source.name}:" if found.span and found.span.source.name != file else ""
    fixes = [f"{'fix' if repair.safe else 'unsafe fix'}: {repair.message}" for repair in found.repairs[:1]]
    help = "; ".join([*[found.help] * bool(found.help), *fixes])
    return other + line, found.severity, f"{found.code} {found.name}", name_layer(found) + found.message, help
