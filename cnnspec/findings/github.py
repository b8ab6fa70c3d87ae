"""Findings as GitHub's annotations: one workflow command each. Paths are relative to the working folder.

Sources: GitHub, "Workflow commands for GitHub Actions"; what is escaped how: actions/toolkit, command.ts.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, WARNING
from cnnspec.base.source_files import relative
from cnnspec.findings.locations import region
from cnnspec.findings.sentence import write_sentence
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.findings.locations import Finding

COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def write_github(found: Sequence[Finding], files: Sequence[str]) -> str:
    """One workflow command a finding."""
    lines = []
    for place, diagnostic in found:
        row, column, end_row, end_column = region(diagnostic.span)
        properties = {"file": relative(place), "line": row, "endLine": end_row}
        if row == end_row:  # columns are only taken within one line
            properties |= {"col": column, "endColumn": end_column}
        properties["title"] = f"{diagnostic.code} {diagnostic.name}"
        listed = ",".join(f"{name}={escape.github_property(str(value))}" for name, value in properties.items())
        lines.append(f"::{COMMANDS[diagnostic.severity]} {listed}::{escape.github(write_sentence(diagnostic))}")
    return "\n".join(lines)
