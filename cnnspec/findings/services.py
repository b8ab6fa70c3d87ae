"""Findings for the services that show them: GitHub's annotations, GitLab's code quality report, JUnit's XML.

Sources: GitHub, "Workflow commands for GitHub Actions" (what is escaped how: actions/toolkit, command.ts); GitLab, "Code
Quality", report format; the JUnit schema of Jenkins' xUnit plugin. Paths are relative to the working folder.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, WARNING
from cnnspec.base.source import printable
from cnnspec.findings.locations import fingerprints, region, relative
from cnnspec.tables import escape as media

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.findings.locations import Finding

COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}
SEVERITIES = {ERROR: "critical", WARNING: "major", INFO: "info"}


def sentence(found: Diagnostic) -> str:
    return printable(found.message) + (f" ({printable(found.help)})" if found.help else "")


def github(found: Sequence[Finding], files: Sequence[str]) -> str:
    """One workflow command a finding."""
    lines = []
    for place, diagnostic in found:
        row, column, end_row, end_column = region(diagnostic.span)
        properties = {"file": relative(place), "line": row, "endLine": end_row}
        if row == end_row:  # columns are only taken within one line
            properties |= {"col": column, "endColumn": end_column}
        properties["title"] = f"{diagnostic.code} {diagnostic.name}"
        listed = ",".join(f"{name}={media.github_property(str(value))}" for name, value in properties.items())
        lines.append(f"::{COMMANDS[diagnostic.severity]} {listed}::{media.github(sentence(diagnostic))}")
    return "\n".join(lines)


def gitlab(found: Sequence[Finding], files: Sequence[str]) -> str:
    """A code quality report."""
    return media.json(
        [
            {
                "description": sentence(diagnostic),
                "check_name": f"{diagnostic.code} {diagnostic.name}",
                "fingerprint": mark,
                "severity": SEVERITIES[diagnostic.severity],
                "location": {
                    "path": relative(place),
                    "lines": {"begin": region(diagnostic.span)[0], "end": region(diagnostic.span)[2]},
                },
            }
            for (place, diagnostic), mark in zip(found, fingerprints(found), strict=True)
        ]
    )


def junit(found: Sequence[Finding], files: Sequence[str]) -> str:
    """One suite a file; a case that fails for each finding, one that passes for a file without any."""
    by_file: dict[str, list[Diagnostic]] = {name: [] for name in files}
    for place, diagnostic in found:
        by_file.setdefault(place, []).append(diagnostic)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    cases = sum(max(1, len(own)) for own in by_file.values())
    lines.append(f'<testsuites name="cnnspec" tests="{cases}" failures="{len(found)}" errors="0">')
    for name, own in by_file.items():
        file = media.xml(relative(name))
        lines.append(
            f'  <testsuite name="{file}" tests="{max(1, len(own))}" failures="{len(own)}" errors="0" skipped="0">'
        )
        if not own:
            lines.append(f'    <testcase name="cnnspec" classname="{file}" file="{file}"/>')
        for diagnostic in own:
            row, column, _, _ = region(diagnostic.span)
            title = f"{diagnostic.code} {diagnostic.name}"
            lines += [
                f'    <testcase name="{title} {row}:{column}" classname="{file}" file="{file}" line="{row}">',
                f'      <failure type="{diagnostic.severity}" message="{media.xml(diagnostic.message)}">'
                f"{media.xml(f'{relative(name)}:{row}:{column}: {title}: {sentence(diagnostic)}')}</failure>",
                "    </testcase>",
            ]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"])
