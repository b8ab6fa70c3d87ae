"""Findings as JUnit's XML. Paths are relative to the working folder.

Source: the JUnit schema of Jenkins' xUnit plugin.
"""

from __future__ import annotations

from cnnspec.base.source import LayerPlace, brief
from cnnspec.base.source_files import relative
from cnnspec.findings.locations import region
from cnnspec.findings.sentence import write_sentence
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.findings.locations import Finding


def write_junit(found: Sequence[Finding], files: Sequence[str], fails: Callable[[Finding], bool]) -> str:
    """One suite a file; a case for each finding, which fails where the finding fails the run and else has it as its output;
    a case that passes for a file without any."""
    by_file: dict[str, list[Diagnostic]] = {name: [] for name in files}
    for place, diagnostic in found:
        by_file.setdefault(place, []).append(diagnostic)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    cases = sum(max(1, len(own)) for own in by_file.values())
    failures = sum(map(fails, found))
    lines.append(f'<testsuites name="cnnspec" tests="{cases}" failures="{failures}" errors="0">')
    for name, own in by_file.items():
        file = xml(relative(name))
        failures = sum([fails((name, diagnostic)) for diagnostic in own])
        lines.append(
            f'  <testsuite name="{file}" tests="{max(1, len(own))}" failures="{failures}" errors="0" skipped="0">'
        )
        if not own:
            lines.append(f'    <testcase name="cnnspec" classname="{file}" file="{file}"/>')
        for diagnostic in own:
            row, column, _, _ = region(diagnostic.span)
            title = f"{diagnostic.code} {diagnostic.name}"
            at = (
                xml(f" in {brief(span.title)}")
                if isinstance(span := diagnostic.span, LayerPlace)
                else f" {row}:{column}"
            )
            said = xml(f"{relative(name)}:{row}:{column}: {title}: {write_sentence(diagnostic)}")
            failure = f'<failure type="{diagnostic.severity}" message="{xml(diagnostic.message)}">{said}</failure>'
            lines += [
                f'    <testcase name="{title}{at}" classname="{file}" file="{file}" line="{row}">',
                f"      {failure if fails((name, diagnostic)) else f'<system-out>{said}</system-out>'}",
                "    </testcase>",
            ]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"])
