"""Findings as GitLab's code quality report. Paths are relative to the working folder.

Source: GitLab, "Code Quality", report format.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, WARNING
from cnnspec.base.source_files import relative
from cnnspec.findings.locations import fingerprints, region
from cnnspec.findings.sentence import write_sentence
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.findings.locations import Finding

SEVERITIES = {ERROR: "critical", WARNING: "major", INFO: "info"}


def write_gitlab(found: Sequence[Finding], files: Sequence[str]) -> str:
    """A code quality report."""
    return escape.json(
        [
            {
                "description": write_sentence(diagnostic),
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
