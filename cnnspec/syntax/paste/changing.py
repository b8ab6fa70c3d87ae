"""A tree with some of its parts replaced."""

from __future__ import annotations

from cnnspec.syntax.tree import Argument, Attribute, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def changed(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """An expression with each part replaced that `change` gives something for; names of arguments stay."""
    made = change(node)
    if made is not None:
        return made
    fields = {}
    for name in node._fields:
        value = getattr(node, name)
        if isinstance(value, Node) and (name != "name" or not isinstance(node, (Argument, Attribute))):
            fields[name] = changed(value, change)
        elif isinstance(value, tuple) and value:
            fields[name] = tuple(_parts(value, change))  # type: ignore[assignment]
    return node.replace(**fields) if fields else node


def _parts(values: tuple[object, ...], change: Callable[[Node], Node | None]) -> Iterator[object]:
    for value in values:
        if isinstance(value, Node):
            yield changed(value, change)
        else:  # ("+", term)
            yield (
                tuple([changed(v, change) if isinstance(v, Node) else v for v in value])
                if isinstance(value, tuple)
                else value
            )
