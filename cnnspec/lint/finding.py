"""How a rule puts a finding: at the smallest place, and one finding for the many layers that share it."""

from __future__ import annotations

from cnnspec.base.diagnostic import Diagnostic, Note, Remedy
from cnnspec.base.percent import percent
from cnnspec.elaborate.report import trail
from cnnspec.layers.shape import write_remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from cnnspec.base.source import Span
    from cnnspec.graph import Node
    from cnnspec.layers.base import Layer

SAFE, UNSAFE, SHOWN, NONE = "safe", "unsafe", "shown", "none"  # kinds of fix; shown: it is never made, only shown
MAX_PLACES = 4  # others than the first


def find_place(node: Node, *names: str) -> Span:
    """Where one of a layer's arguments stands, if it is written by name; else the layer."""
    span, arguments = node.site.span, getattr(node.written.node, "arguments", ())
    if isinstance(arguments, dict):  # of a call in a Python source
        stretch = next((arguments[name] for name in names if name in arguments), None)
        return span if stretch is None else node.written.span.replace(start=stretch[0], end=stretch[1])
    for argument in arguments:
        if argument.name is not None and argument.name.text in names:
            return span.replace(start=argument.start, end=argument.end)
    return span


def merge_findings(
    code: str, nodes: Sequence[Node], message: str, help: str, severity: str, argument: tuple[str, ...] = ()
) -> Diagnostic:
    """One finding for all of its layers, at the first of them; the places of others are notes."""
    first = nodes[0]
    spans = {find_place(node, *argument): node.name for node in reversed(nodes)}
    first_span = find_place(first, *argument)
    others = [(span, name) for span, name in reversed(spans.items()) if span != first_span]
    notes = [Note(f"also {name}", span) for span, name in others[:MAX_PLACES]]
    return Diagnostic(
        code, message, first_span, help, (*notes, *trail(*[node.site for node in nodes])), severity, indices(nodes)
    )


def indices(nodes: Sequence[Node]) -> tuple[int, ...]:
    """The layers that a finding is about, as it keeps them."""
    return tuple([node.index for node in nodes])


def list_other_places(nodes: Sequence[Node]) -> tuple[Note, ...]:
    """The calls that led to the first node, and the other places in the text."""
    first = nodes[0].site.span
    others = {(n.site.source.name, n.site.node.start): n for n in nodes[1:] if n.site.span != first}
    notes = [Note(f"also {node.name}", node.site.span) for node in others.values()][:MAX_PLACES]
    return (*trail(*[node.site for node in nodes]), *notes)


def name_layers(nodes: Sequence[Node], noun: str = "layers") -> str:
    """ "conv1", "conv1 and conv2", "53 layers, the first conv1,"."""
    if len(nodes) < 3:
        return " and ".join([node.name for node in nodes])
    return f"{len(nodes)} {noun} (first {nodes[0].name})"


def find_changes(layer: Layer, before: Layer | None) -> dict[str, Any]:
    """The arguments of a layer that another of its kind has otherwise."""
    others = before.argument_values() if before is not None else {}
    return {name: value for name, value in layer.argument_values().items() if value != others.get(name)}


def write_setting(layer: Layer | None, values: Mapping[str, Any]) -> str:
    """Arguments of a layer with their values: "kernel=3x3, stride=2"."""
    return write_remedy(Remedy(tuple(values.items())), "", layer.arguments if layer is not None else {})


def write_for_each(nodes: Iterable[Node], write: Callable[[Node], str], joint: str = " for ") -> str:
    """What to write for which layers: "padding=1 for conv1 and conv2, and padding=2 for conv3"."""
    texts: dict[str, list[Node]] = {}
    for node in nodes:
        texts.setdefault(write(node), []).append(node)
    return ", and ".join([f"{text}{joint}{name_layers(same)}" for text, same in texts.items()])


def share(part: int, total: int | None) -> str:
    """A part of a total: " (25 %)"; nothing where the total is unknown."""
    return f" ({percent(part / total)})" if total else ""
