"""What is shown of the word under the cursor: a layer with its figures and how they come about, a block's totals, a value."""

from __future__ import annotations

import re

from lsprotocol import types

from cnnspec.base.count_nouns import count_nouns
from cnnspec.explain import find_explanation
from cnnspec.explain.markdown import write_items
from cnnspec.layers import first_line
from cnnspec.layers.base import show_shape
from cnnspec.server.choices import describe_choices
from cnnspec.server.losses import write_lost
from cnnspec.server.totals import write_figures
from cnnspec.server.uses import find_around
from cnnspec.syntax import tree
from cnnspec.tables import escape
from cnnspec.tables.figures import show_field, show_figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.uses import Use

MOST_USES = 4  # of which the figures are told
UNKNOWN = "what it comes to is not known until the mistakes are mended"
NOT_KNOWN = "what it comes to is not known: `cnnspec check --explain-unknown` says why"  # of a Python source
WAS = "was, when it was last known:\n\n"
MADE = re.compile(r"[\w.]+(?:: *[\w.]+)? *= *$")  # what stands before the call that makes a model: its name
CALLED = re.compile(r"[\w.\s]*")


def find_hover(document: Document, documents: Documents, position: types.Position) -> types.Hover | None:
    """What is known about the innermost part of an open file at a position."""
    at = document.places.find_offset(position)
    return (
        find_choices(document, documents, at)
        or find_value(document, documents, at)
        or find_whole(document, documents, at)
        or find_step(document, documents, at)
    )


def find_choices(document: Document, documents: Documents, at: int) -> types.Hover | None:
    """The values that make sense for the parameter or the hole at an offset, and which it has."""
    found = None if document.is_python else describe_choices(document, documents, at)
    if found is None:
        return None
    value = find_value(document, documents, at)
    said, start, end = found
    has = value.contents.value if value is not None and isinstance(value.contents, types.MarkupContent) else ""
    return write_hover("  \n".join(filter(None, (has, said))), start, end, document)


def find_value(document: Document, documents: Documents, at: int) -> types.Hover | None:
    """The values of the name at an offset, or those that it had."""
    for past in (False, True):
        values = documents.find_values(document, past)
        for place in find_around(values, at)[:1]:
            found = ", ".join(map(escape.code, values[place]))
            text = f"{escape.code(document.source.text[slice(*place)])} {'was' if past else '='} {found}"
            return write_hover(text, *place, document)
    return None


def find_step(document: Document, documents: Documents, at: int) -> types.Hover | None:
    """The figures of the step at an offset, or those that it had; of the innermost for which these are known."""
    now, past = documents.find_uses(document), documents.find_uses(document, past=True)
    places = find_around({**now, **past}, at)
    if not places:
        return None
    chosen = {place: choose_known(now.get(place), past.get(place)) for place in places}
    place = next((place for place in places if is_known(chosen[place][0])), places[0])
    uses, before = chosen[place]
    return write_hover(before + write_uses([focus(use, *place) for use in uses]), *place, document)


def choose_known(now: list[Use] | None, past: list[Use] | None) -> tuple[list[Use], str]:
    """The uses as they are or, where a shape among these is not known, as they were, and what is said before them."""
    if past and not (now and is_known(now)):
        return past, WAS
    return now or [], ""


def is_known(uses: list[Use]) -> bool:
    return all(use.node.shape is not None for use in uses)


def focus(use: Use, start: int, end: int) -> Use:
    """The use of a layer alone that is written at a place, without what is made for its arguments, as the branches of add."""
    place = use.node.site.node
    alone = use.network.in_spec and (place.start, place.end) == (start, end)
    return use.replace(first=use.result, end=use.result + 1) if alone else use


def find_whole(document: Document, documents: Documents, at: int) -> types.Hover | None:
    """The totals of the block whose name, or of the loop whose head, stands at an offset."""
    whole: tree.Node
    if document.is_python:
        return find_model(document, documents, at)
    for node in tree.walk_around(documents.know(document).analysis.tree.body, at, at):
        if isinstance(node, tree.Block):
            what, whole, start, end = f"block {escape.code(node.name.text)}", node.body, node.name.start, node.name.end
        elif isinstance(node, tree.Loop):
            what, whole, start, end = "loop", node, node.start, node.iterable.end
        else:
            continue
        if start <= at <= end:
            now, past = [
                documents.find_uses(document, wholes=True, past=past).get((whole.start, whole.end))
                for past in (False, True)
            ]
            uses, before = choose_known(now, past)
            totals = before + write_totals(uses) if uses else "it never runs"
            return write_hover(f"{what}: {totals}", start, end, document)
    return None


def find_model(document: Document, documents: Documents, at: int) -> types.Hover | None:
    """The totals of the model of a Python source at an offset: of what is called to make it, or the name that it gets."""
    text = document.source.text
    for past in (False, True):
        for (start, end), uses in documents.find_uses(document, wholes=True, past=past).items():
            before = MADE.search(text[text.rfind("\n", 0, start) + 1 : start])
            first = start if before is None else start - len(before[0])
            if first <= at <= start + len(CALLED.match(text[start:end])[0]):  # type: ignore[index]
                totals = [f"{escape.code(use.network.name)}: {write_figures(use.network, document)}" for use in uses]
                return write_hover((WAS if past else "") + "  \n".join(totals), first, end, document)
    return None


def write_hover(text: str, start: int, end: int, document: Document) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), document.places.find_range(start, end))


def write_uses(uses: Sequence[Use]) -> str:
    """A layer with its derivation; of several layers the totals."""
    use = uses[0]
    if use.end - use.first > 1:
        return write_totals(uses)
    node = use.network.graph.nodes[use.first]
    page = [write_kind(node, node.layer)] if node.layer is not None else []
    derived = [] if node.layer is None or node.shape is None else [write_derivation(use, node.name)]
    lost = write_lost(use.network, use.first)
    return "\n\n".join([*page, write_lines(uses, write_use, "use"), *derived, *[lost] * bool(lost)])


def write_kind(node: Node, layer: Layer) -> str:
    """What kind of layer it is: the first line of its page, behind its class where the language has no word for it."""
    named = f"{escape.code(node.class_name)}: " if layer.stated and node.class_name else ""
    return named + escape.markdown(first_line(type(layer)))


def write_totals(uses: Sequence[Use]) -> str:
    """The totals of what makes several layers, for each time that it runs."""
    return (f"runs {len(uses)} times:  \n" if len(uses) > 1 else "") + write_lines(uses, write_total, "time")


def write_lines(uses: Sequence[Use], write: Callable[[Use], str], noun: str) -> str:
    """A line for each use as far as these are told; one for all where nothing is known of any."""
    if not any([use.node.shape is not None for use in uses]):
        taken, unknown = write_inputs(uses[0]), UNKNOWN if uses[0].network.in_spec else NOT_KNOWN
        return f"takes {taken}; {unknown}" if taken else unknown
    lines = [write(use) for use in uses[:MOST_USES]]
    more = len(uses) - len(lines)
    return "  \n".join([*lines, *[f"… and {count_nouns(more, f'more {noun}')}"] * bool(more)])


def write_use(use: Use) -> str:
    """A line of figures, behind the layer's path: `block(16) → conv1`: 28x28x1 → **26x26x16**, 160 parameters, …"""
    assumed = ["as assumed"] * use.node.assumed
    figures = [write_shapes(use), *list_figures(use), *list_field(use, "receptive field"), *assumed]
    return f"{escape.code(use.node.path)}: {', '.join(figures)}"


def write_total(use: Use) -> str:
    layers = count_nouns(use.end - use.first, "layer")
    return ", ".join([write_shapes(use), layers, *list_figures(use), *list_field(use, "receptive field behind it")])


def write_shapes(use: Use) -> str:
    """The shapes that a use takes, and the one that it comes to: 28x28x1 → **26x26x16**."""
    taken = write_inputs(use)
    return (f"{taken} → " if taken else "") + ("not known" if use.node.shape is None else f"**{use.shape_text}**")


def write_inputs(use: Use) -> str:
    """The shapes that a use takes, where all are known."""
    known = [show_shape(shape) for shape in use.inputs if shape is not None]
    return ", ".join(known) if len(known) == len(use.inputs) else ""


def list_figures(use: Use) -> list[str]:
    """The parameters and MACs of a use, as far as they are known."""
    figures = ((use.parameters, "parameters"), (use.macs, "MACs"))
    return [f"{show_figure(value)} {name}" for value, name in figures if value is not None]


def list_field(use: Use, name: str) -> list[str]:
    return [] if use.field is None else [f"{name} {show_field(use.field)}"]


def write_derivation(use: Use, name: str) -> str:
    """How the figures of a layer come about, with the numbers put in."""
    (layer,) = find_explanation(use.network, name).layers
    return "\n\n".join([f"**{section.title}**\n\n{write_items(section)}" for section in layer.sections])
