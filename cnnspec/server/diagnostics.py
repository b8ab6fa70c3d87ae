"""Findings as an editor shows them: where, how grave, what to do, and which other places explain them."""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.diagnostic import ERROR, INFO, WARNING
from cnnspec.server.places import Places
from cnnspec.server.uris import write_uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Span
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents

SEVERITIES = {
    ERROR: types.DiagnosticSeverity.Error,
    WARNING: types.DiagnosticSeverity.Warning,
    INFO: types.DiagnosticSeverity.Information,
}
IDLE = ("S710", "W204", "W205", "W206", "W213", "W215")  # what stands there has no effect: it is shown faded


def place_findings(
    found: Iterable[Diagnostic], document: Document, documents: Documents
) -> dict[str, list[types.Diagnostic]]:
    """The findings of an open file by the URIs of the texts that they lie in; its own are always among these."""
    placed: dict[str, list[types.Diagnostic]] = {text.uri: [] for text in document.texts}
    for one in found:
        place = find_location(one.span, document, documents)
        placed.setdefault(place.uri, []).append(write_diagnostic(one, place.range, document, documents))
    return placed


def write_diagnostic(
    found: Diagnostic, place: types.Range, document: Document, documents: Documents
) -> types.Diagnostic:
    related = [
        types.DiagnosticRelatedInformation(find_location(note.span, document, documents), note.message)
        for note in found.notes
        if note.span is not None
    ]
    return types.Diagnostic(
        range=place,
        message=write_message(found),
        severity=SEVERITIES[found.severity],
        code=found.code,
        source="cnnspec",
        tags=[types.DiagnosticTag.Unnecessary] if found.code in IDLE else None,
        related_information=related or None,
    )


def write_message(found: Diagnostic) -> str:
    """What is wrong, what explains it without a place, and what to do, each on a line."""
    notes = [f"note: {note.message}" for note in found.notes if note.span is None]
    return "\n".join([found.message, *notes, *[f"help: {found.help}"] * bool(found.help)])


def find_location(span: Span | None, document: Document, documents: Documents) -> types.Location:
    """Where a span lies: in the open file itself, in another that is open, or on the disk; at the top for no place."""
    whole = document.whole
    if span is None:
        return whole.locate(None)
    own = next((text for text in (*whole.texts, whole) if text.name == span.source.name), None)
    home = own or documents.find(span.source.name)
    if home is not None:
        return home.locate(span)
    return types.Location(write_uri(span.source.name), Places(span.source, documents.columns).find_span(span))
