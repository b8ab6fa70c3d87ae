"""Paddings written otherwise: in numbers, as a layer of their own, in the pool, same, none."""

from __future__ import annotations

from cnnspec.lint.finding import several
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.proposals.waste import each
from cnnspec.lint.fix.proposals.windows import written
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.fix.spelling import Raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.repair_context import Desk

    Sides = tuple[tuple[int, int], ...]


def explicit(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """E111: padding=same in numbers. N601: as a layer of its own."""
    nodes = desk.nodes(found)
    own = found.code == "N601"

    def padded(some: Sequence[Node]) -> list[Edit]:
        sides = sides_of(desk, some[0], nodes)
        if not own:
            return desk.set(some, padding=Raw(written(sides)))
        return [*desk.before(some, f"pad({written(sides)})"), *desk.set(some, padding="valid")]

    edits, parts = each(nodes, desk, padded)
    what = "write a pad before {}" if own else "write the padding of {} in numbers"
    yield Proposal(what, edits, True, parts)
    yield Proposal(what, edits, False, parts)


def sides_of(desk: Desk, node: Node, nodes: Sequence[Node]) -> Sides:
    """The padding of all layers that one text makes. Inexpressible where it differs, or depends on the input."""
    start, end = node.site.node.start, node.site.node.end
    alike = [
        n
        for n in nodes
        if (n.site.source.name, n.site.node.start, n.site.node.end) == (node.site.source.name, start, end)
    ]
    found = {tuple([(w.before, w.after) for w in desk.context.facts.windows[n.index]]) for n in alike}
    sides = found.pop()
    if found or not all(isinstance(n, int) for pair in sides for n in pair):
        raise Inexpressible
    return sides  # type: ignore[return-value]


def unpadded(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """N602, L805: padding=valid; for a pool, also with windows that lie side by side."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, lambda some: desk.set(some, padding="valid"))
    yield Proposal("write padding=valid for {}", edits, False, parts)
    edits, parts = each(nodes, desk, lambda some: desk.set(some, kernel=2, stride=2, padding="valid"))
    yield Proposal("write kernel=2, stride=2, padding=valid for {}", edits, False, parts)


def same(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """L806: padding=same."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, lambda some: desk.set(some, padding="same"))
    yield Proposal("write padding=same", edits, False, parts)


def into_the_pool(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """N603: the padding of the pool behind, where it is minus infinity."""
    borders = {node.index for node in desk.nodes(found)}
    pools = [n for n in desk.graph.nodes if n.inputs and n.inputs[0] in borders]
    edits: list[Edit] = []
    for pool in desk.sites(pools):
        border = desk.graph.nodes[pool.inputs[0]]
        edits += [*desk.drop([border]), *desk.set([pool], padding=getattr(border.layer, "amount", 0))]
    yield Proposal(f"give the padding to {several(pools)}", tuple(edits))
