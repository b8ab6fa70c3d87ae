"""Diagnostics as JSON, for scripts: rows and columns from 1, columns in code points; no location for no place."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Repair
    from cnnspec.base.source import Span


def write_data(found: Diagnostic, filename: str) -> dict[str, Any]:
    """One diagnostic of a file."""
    return {
        "code": found.code,
        "name": found.name,
        "severity": found.severity,
        "message": found.message,
        **place_data(found.span, filename),
        "help": found.help,
        "notes": [{"message": note.message, **place_data(note.span, filename)} for note in found.notes],
        "fixes": [fix_data(repair, filename) for repair in found.repairs],
    }


def fix_data(repair: Repair, filename: str) -> dict[str, Any]:
    """A repair: what becomes what, and where."""
    return {
        "message": repair.message,
        "applicability": "safe" if repair.safe else "unsafe",
        "cost": repair.cost,
        "edits": [{"content": edit.text, **place_data(edit.span, filename)} for edit in repair.edits],
    }


def place_data(span: Span | None, filename: str) -> dict[str, Any]:
    """Where something is: the file, and the first and the last position in it."""
    location = end = None
    if span is not None:
        filename = span.source.name
        row, column = span.source.position(span.start)
        end_row, end_column = span.source.position(span.end)
        location, end = {"row": row, "column": column}, {"row": end_row, "column": end_column}
    return {"filename": filename, "location": location, "end_location": end}
