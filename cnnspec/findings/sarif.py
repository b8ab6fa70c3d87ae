"""Findings as SARIF 2.1.0, with every property that GitHub's code scanning asks for.

Sources: OASIS, Static Analysis Results Interchange Format 2.1.0; GitHub, "SARIF support for code scanning". Run it in the
repository's root, since paths are relative to the working folder.
"""

from __future__ import annotations

from cnnspec import __version__
from cnnspec.base.diagnostic import ERROR, INFO, WARNING
from cnnspec.base.source import LayerPlace, printable
from cnnspec.findings.locations import fingerprints, region, uri
from cnnspec.findings.sentence import name_place
from cnnspec.lint.pages import pages
from cnnspec.tables.escape import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic, Edit, Note, Repair
    from cnnspec.base.source import Span
    from cnnspec.findings.locations import Finding
    from cnnspec.lint.pages import Page

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}
PROBLEMS = {ERROR: "error", WARNING: "warning", INFO: "recommendation"}
MOST = 1024  # characters of a description


def write_sarif(found: Sequence[Finding], files: Sequence[str]) -> str:
    """The text of a SARIF file."""
    known = pages()  # all, found or not: what a run reports must not change its rules
    index = {page.code: number for number, page in enumerate(known)}
    marks = fingerprints(found)
    run = {
        "tool": {
            "driver": {
                "name": "cnnspec",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [rule_data(page) for page in known],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            result_data(place, diagnostic, index[diagnostic.code], mark)
            for (place, diagnostic), mark in zip(found, marks, strict=True)
        ],
    }
    return json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def rule_data(page: Page) -> dict[str, Any]:
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": (page.why or page.title)[:MOST]},
        "help": {"text": page.text, "markdown": page.markdown()},
        "defaultConfiguration": {"level": LEVELS[page.severity]},
        "properties": {"tags": ["convolutional-network"], "problem.severity": PROBLEMS[page.severity]},
    }


def result_data(place: str, found: Diagnostic, index: int, mark: str) -> dict[str, Any]:
    text = name_place(found) + printable(found.message) + (f" Help: {printable(found.help)}" if found.help else "")
    return {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": LEVELS[found.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": place_data(place, found.span), **layer_data(found.span)}],
        "relatedLocations": [related_data(n, note, note.span) for n, note in enumerate(found.notes) if note.span],
        "partialFingerprints": {"primaryLocationLineHash": mark},
    } | ({"fixes": [fix_data(place, repair) for repair in found.repairs]} if found.repairs else {})


def fix_data(place: str, repair: Repair) -> dict[str, Any]:
    """A repair, file by file."""
    by_file: dict[str, list[Edit]] = {}
    for edit in repair.edits:
        by_file.setdefault(edit.span.source.file or place, []).append(edit)
    changes = []
    for name, edits in by_file.items():
        replacements = [
            {"deletedRegion": place_data(name, edit.span)["region"], "insertedContent": {"text": edit.text}}
            for edit in edits
        ]
        changes.append({"artifactLocation": place_data(name, None)["artifactLocation"], "replacements": replacements})
    kind = "safe" if repair.safe else "unsafe"
    return {"description": {"text": f"{repair.message} ({kind}; {repair.cost})"}, "artifactChanges": changes}


def related_data(number: int, note: Note, span: Span) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": printable(note.message)},
        "physicalLocation": place_data(span.source.file, span),
    }


def layer_data(span: Span | None) -> dict[str, Any]:
    """The layer of a model that a finding is about, as a logical location; nothing where a text shows it."""
    if not isinstance(span, LayerPlace):
        return {}
    layer, path = printable(span.layer), printable(span.module or span.layer)
    return {"logicalLocations": [{"name": layer, "fullyQualifiedName": path, "kind": "object"}]}


def place_data(place: str, span: Span | None) -> dict[str, Any]:
    row, column, end_row, end_column = region(span)
    found = uri(place)
    return {
        "artifactLocation": {"uri": found} | ({} if found.startswith("file:") else {"uriBaseId": "%SRCROOT%"}),
        "region": {"startLine": row, "startColumn": column, "endLine": end_row, "endColumn": end_column},
    }
