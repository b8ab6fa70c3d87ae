"""Paddings written otherwise: in numbers, or not at all."""

from __future__ import annotations

from cnnspec.lint.fix.edits import Inexpressible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.graph import Node
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

    Sides = tuple[tuple[int, int], ...]


def write_sides(sides: Sequence[tuple[int, int]]) -> str:
    """Padding of each side of each axis, as an argument."""
    return "(" + ", ".join([f"({before}, {after})" for before, after in sides]) + ("," if len(sides) == 1 else "") + ")"


def find_sides(repair: RepairContext, node: Node, nodes: Sequence[Node]) -> Sides:
    """The padding of all layers that one text makes. Inexpressible where it differs, or depends on the input."""
    start, end = node.site.node.start, node.site.node.end
    alike = [
        n
        for n in nodes
        if (n.site.source.name, n.site.node.start, n.site.node.end) == (node.site.source.name, start, end)
    ]
    found = {tuple([(w.before, w.after) for w in repair.context.facts.windows[n.index]]) for n in alike}
    sides = found.pop()
    if found or not all(isinstance(n, int) for pair in sides for n in pair):
        raise Inexpressible
    return sides  # type: ignore[return-value]


def drop_padding(repair: RepairContext, nodes: Sequence[Node]) -> Iterator[Proposal]:
    """padding=valid; for a pool, also with windows that lie side by side."""
    for values in ({"padding": "valid"}, {"kernel": 2, "stride": 2, "padding": "valid"}):
        words = ", ".join([f"{name}={value}" for name, value in values.items()])
        yield repair.propose_each(f"write {words} for {{}}", nodes, lambda some, v=values: repair.set(some, **v))  # type: ignore[misc]
