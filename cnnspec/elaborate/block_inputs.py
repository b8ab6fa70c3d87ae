"""Shapes of tensors that a block is called on, read from texts as those of an `input` line."""

from __future__ import annotations

from cnnspec.base.source import Source
from cnnspec.elaborate import elaborate
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape


class NoShape(ValueError):
    """A text that is no shape: the text, and why; "" where it is something else altogether."""


def read_shapes(texts: Mapping[str, str]) -> dict[str, Shape]:
    """Shapes by the names of their tensors, in which ? and H are sizes that are not known. NoShape for a text that is none."""
    for text in texts.values():
        graph = read_inputs([text])
        if graph is None or len(graph.nodes) != 1:
            raise NoShape(text, "")
    graph = read_inputs([*texts.values()])  # together, since each ? is a size of its own
    assert graph is not None
    return {name: node.shape for name, node in zip(texts, graph.nodes, strict=True) if node.shape is not None}


def read_inputs(texts: list[str]) -> Graph | None:
    """The graph of some inputs alone; None where a text is more, or less, than a shape. NoShape for a shape that cannot be."""
    parsed = parse(Source("--input", "\n".join([f"input {text.strip()}" for text in texts])))
    items = parsed.body.items
    if parsed.diagnostics or not all(isinstance(i, tree.Input) and i.shape and not (i.name or i.stages) for i in items):
        return None
    (made,) = elaborate(parsed, lambda path: Source(path, ""))
    if made.errors:
        found = made.errors[0]
        raise NoShape(texts[0], "; ".join(filter(None, (found.message, found.help))))
    return made.graph
