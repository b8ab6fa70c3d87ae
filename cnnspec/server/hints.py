"""What is shown between the words of a text: the shape behind each step, its parameters, or its receptive field.

Where a mistake leaves a figure unknown, that which the same step had before it is shown, as "was 26x26x16".
"""

from __future__ import annotations

from lsprotocol import types

from cnnspec.syntax import tree
from cnnspec.tables.figures import show_field, show_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.kept_text import Place
    from cnnspec.server.uses import Use

SHAPES, PARAMETERS, FIELD, OFF = KINDS = ("shapes", "parameters", "rf", "off")
UNKNOWN = "?"


def list_hints(document: Document, documents: Documents, place: types.Range) -> list[types.InlayHint]:
    """The hints in a range of an open file, of the kind that the editor wants."""
    kind = documents.hints
    if kind == OFF:
        return []
    source, places = document.source, document.places
    first, last = places.find_offset(place.start), places.find_offset(place.end)
    lines = source.text.rfind("\n", 0, first) + 1, (source.text + "\n").index("\n", last)
    labels = label_steps(document, documents, kind, lines)
    shown = [
        (end, label)
        for number, (end, label) in enumerate(labels)
        if number + 1 == len(labels)
        or labels[number + 1][1] != label
        or "\n" in source.text[end : labels[number + 1][0]]
    ]  # of steps in a line that come to the same only the last
    return [
        types.InlayHint(places.find_position(end), label, kind=types.InlayHintKind.Type, padding_left=True)
        for end, label in shown
        if first <= end <= last and label
    ]


def label_steps(document: Document, documents: Documents, kind: str, lines: Place) -> list[tuple[int, str]]:
    """Where each step that ends in some lines ends, and its label, in the order of the text; of several that end together
    the longest counts."""
    now, past = documents.find_uses(document), documents.find_uses(document, past=True)
    found: dict[int, tuple[int, str]] = {}
    bare = find_bare_steps(document, documents, lines) | find_bare_inputs(document, {**past, **now})
    for start, end in sorted([place for place in {*now, *past} if lines[0] <= place[1] <= lines[1]]):
        if (start, end) in bare or end in found:
            continue
        label = write_label(now.get((start, end), []), kind)
        if UNKNOWN in label:
            old = write_label(past.get((start, end), []), kind)
            known = [use for use in now.get((start, end), []) if UNKNOWN not in write_label([use], kind)]
            label = write_label(known, kind) if UNKNOWN in old else f"was {old}" if old else ""
        found[end] = start, label.replace(UNKNOWN, "")
    return [(end, found[end][1]) for end in sorted(found)]


def find_bare_steps(document: Document, documents: Documents, lines: Place) -> set[Place]:
    """The places of steps without hints: inputs, whose shape is written, and what is repeated, which ends in its repeats."""
    found = set()
    for node in tree.walk_around(documents.know(document).analysis.tree.body, *lines):
        if isinstance(node, tree.Input):
            found.add((node.start, node.end))
        elif isinstance(node, tree.Arithmetic):
            found.add((node.first.start, node.first.end))
    return found


def find_bare_inputs(document: Document, uses: Mapping[Place, Sequence[Use]]) -> set[Place]:
    """The places of the inputs of a Python source, whose shape is written."""
    if not document.is_python:
        return set()
    return {place for place, ran in uses.items() if all(use.result in use.network.graph.inputs for use in ran)}


def write_label(uses: Sequence[Use], kind: str) -> str:
    """The figure of a step, the first and the last where it runs several times with different ones, and how often; UNKNOWN
    where one of them is."""
    if kind == SHAPES:
        values = [use.shape_text for use in uses]
    elif kind == PARAMETERS:
        values = [show_figure(use.parameters) for use in uses]
    else:
        values = [show_field(use.field) for use in uses]
    distinct = [*dict.fromkeys(values)]
    if UNKNOWN in distinct or not distinct:
        return UNKNOWN
    if kind == PARAMETERS and distinct == ["0"]:
        return ""
    name = {SHAPES: "", PARAMETERS: " parameters", FIELD: ""}[kind]
    before = "RF " if kind == FIELD else ""
    figures = distinct[0] if len(distinct) == 1 else f"{values[0]} … {values[-1]}"
    return f"{before}{figures}{name}" + (f" ×{len(uses)}" if len(uses) > 1 else "")
