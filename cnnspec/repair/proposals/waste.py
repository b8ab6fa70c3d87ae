"""What has no effect and can go: branches, layers, activations, biases, paddings of their own."""

from __future__ import annotations

from cnnspec.repair.desk import Proposal
from cnnspec.repair.pen import Inexpressible
from cnnspec.repair.spelling import Raw
from cnnspec.rules.finding import several
from cnnspec.rules.redundant_activation import changes_nothing
from cnnspec.syntax.tree import Body, Input, Node, Step, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnnspec.diagnostic import Diagnostic, Edit
    from cnnspec.elaborate import graph
    from cnnspec.repair.desk import Desk, Part


def unused_branch(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W204: without the statements that make nothing but the branch."""
    branch = desk.nodes(found)
    inputs = [node for node in branch if isinstance(node.site.node, Input)]
    end = branch[-1].name
    dead = {node.index for node in branch}
    edits: list[Edit] = []
    for source in {node.site.source.name: node.site.source for node in branch}.values():
        pen = desk.pen(source)
        items = [item for body in walk(pen.tree.body) if isinstance(body, Body) for item in body.items]
        going = []
        for item in items:
            made = {n.index for n in desk.graph.nodes if stands_in(n, item, source.name)}
            if made and made <= dead and isinstance(item, (Step, Input)):
                going.append(item)
        edits += pen.without_items([i for i in going if not any(a.start < i.start and i.end < a.end for a in going)])
    if edits:
        yield Proposal(f"drop {end}, which nothing uses", tuple(edits), not inputs)
    # else a stage of a chain: what the chain goes on with does not read it
    yield Proposal(f"drop {end}, which nothing uses", tuple(desk.drop(branch)), not inputs)


def stands_in(node: graph.Node, item: Node, file: str) -> bool:
    """Whether a layer was made by a statement, itself or by a block that it calls."""
    site: graph.Site | None = node.site
    while site is not None:
        if site.source.name == file and item.start <= site.node.start and site.node.end <= item.end:
            return True
        site = site.caller
    return False


def each(
    nodes: Sequence[graph.Node], desk: Desk, write: Callable[[Sequence[graph.Node]], list[Edit]]
) -> tuple[tuple[Edit, ...], tuple[Part, ...]]:
    """The edits of all places of some layers, and of each alone; places that cannot be edited are left out."""
    parts: list[Part] = []
    for node in desk.sites(nodes):
        try:
            parts.append((node, tuple(write([node]))))
        except Inexpressible:
            continue
    if not parts:
        raise Inexpressible
    return tuple([edit for _, edits in parts for edit in edits]), tuple(parts)


def no_op(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W205: without the layers."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, desk.drop)
    yield Proposal("drop {}", edits, True, parts)


def redundant_activation(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W206: without the second; where that has an effect, without the one or the other."""
    nodes, before = desk.nodes(found), desk.graph.nodes
    idle = all(changes_nothing(node, before[node.inputs[0]]) for node in nodes)
    edits, parts = each(nodes, desk, desk.drop)
    yield Proposal("drop {}", edits, idle, parts)
    if not idle:
        firsts = [before[node.inputs[0]] for node in nodes]
        yield without_function(desk, firsts)


def without_function(desk: Desk, nodes: Sequence[graph.Node]) -> Proposal:
    """Layers without the function that they end in: their activation=, or themselves."""
    edits: list[Edit] = []
    for node in desk.sites(nodes):
        own = node.layer is not None and "activation" in node.layer.arguments and not node.layer.in_place
        edits += desk.set([node], activation="linear") if own else desk.drop([node])
    function = nodes[0].layer.ends_in() if nodes[0].layer else ""
    return Proposal(f"drop the {function} of {several(nodes)}", tuple(edits))


def bias(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """T407: bias=false."""
    nodes = desk.nodes(found)
    edits, parts = each(nodes, desk, lambda some: desk.set(some, bias=False))
    yield Proposal("write bias=false for {}", edits, True, parts)


def foldable_pad(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """S704: the padding of a pad in the convolution behind it."""
    borders = {node.index for node in desk.nodes(found)}
    behind = [n for n in desk.graph.nodes if n.inputs and n.inputs[0] in borders]

    def folded(some: Sequence[graph.Node]) -> list[Edit]:
        edits: list[Edit] = []
        for node in some:
            border = desk.graph.nodes[node.inputs[0]]
            pen = desk.pen(border.site.source)
            amount = Raw(pen.written(pen.positional(border.site.node, 0)))
            if len(desk.inputs(border)[0]) == 2 and isinstance(getattr(border.layer, "amount", 0), tuple):
                amount = Raw(f"({amount},)")  # one pair, of the one axis
            edits += [*desk.drop([border]), *desk.set([node], padding=amount)]
        return edits

    edits, parts = each(behind, desk, folded)
    of_borders = tuple([(desk.graph.nodes[node.inputs[0]], part) for node, part in parts])
    yield Proposal("give the padding of {} to the convolution behind", edits, True, of_borders)
