"""Diagnostics as JSON, for scripts: rows and columns from 1, columns in code points; no location for no place. Rows are those
of the cell, from 1, where it stands in one of a notebook."""

from __future__ import annotations

from cnnspec.base.source import LayerPlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Note, Repair
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


def write_unknown(unknown: Note) -> dict[str, Any]:
    """What of a Python source could not be known, and where."""
    return {"unknown": unknown.message, **place_data(unknown.span, "")}


def fix_data(repair: Repair, filename: str) -> dict[str, Any]:
    """A repair: what becomes what, and where."""
    return {
        "message": repair.message,
        "applicability": "safe" if repair.safe else "unsafe",
        "cost": repair.cost,
        "edits": [{"content": edit.text, **place_data(edit.span, filename)} for edit in repair.edits],
    }


def place_data(span: Span | None, filename: str) -> dict[str, Any]:
    """Where something is: the file, and the first and the last position in it; of a model the layer, too."""
    data: dict[str, Any] = {"filename": filename, "location": None, "end_location": None}
    if span is not None:
        data["filename"] = span.source.file
        if span.source.cell:
            data["cell"] = span.source.cell
        if span.first and span.last:
            (row, column), (end_row, end_column) = span.first, span.last
            data |= {"location": {"row": row, "column": column}, "end_location": {"row": end_row, "column": end_column}}
    if isinstance(span, LayerPlace):
        data["layer"] = {"name": span.layer, "module": span.module or None, "called": span.called or None}
    return data
