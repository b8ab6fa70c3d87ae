"""What has no effect and can go: branches, layers, activations, biases, paddings of their own."""

from __future__ import annotations

from contextlib import suppress

from cnnspec.lint.finding import several
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.repair_context import Proposal
from cnnspec.lint.fix.spelling import Raw
from cnnspec.lint.rules.redundant_activation import changes_nothing
from cnnspec.syntax.tree import Body, Input, Node, Step, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnnspec import graph
    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.lint.fix.repair_context import Desk, Part


def unused_branch(desk: Desk, found: Diagnostic) -> Iterator[Proposal]:
    """W204: without the statements that make nothing but the branch."""
    branch = desk.nodes(found)
    message, safe = (
        f"drop {branch[-1].name}, which nothing uses",
        not any(isinstance(n.site.node, Input) for n in branch),
    )
    dead = {node.index for node in branch}
    sources = {site.source.name: site.source for node in branch for site in calls(node)}
    idle: dict[str, list[Node]] = {}
    for name, source in sources.items():
        with suppress(Inexpressible):  # a file that only is used stays as it is
            bodies = [body for body in walk(desk.pen(source).tree.body) if isinstance(body, Body)]
            items = [item for body in bodies for item in body.items if isinstance(item, (Step, Input))]
            idle[name] = [item for item in items if set() < made_by(item, name, desk.graph) <= dead]
    going: dict[str, dict[int, Node]] = {}
    for node in branch:
        for site in calls(node):  # a call goes, and the block that it calls stays as it is
            around = [item for item in idle.get(site.source.name, ()) if stands_in(site, item)]
            if around:
                widest = max(around, key=lambda item: item.end - item.start)
                going.setdefault(site.source.name, {})[widest.start] = widest
                break
    edits = [edit for name in going for edit in desk.pen(sources[name]).without_items(list(going[name].values()))]
    if edits:
        yield Proposal(message, tuple(edits), safe)
    # else a stage of a chain: what the chain goes on with does not read it
    yield Proposal(message, tuple(desk.drop(branch)), safe)


def calls(node: graph.Node) -> list[graph.Site]:
    """The calls that led to a layer, the outermost first, and where it stands itself."""
    found: list[graph.Site] = []
    site: graph.Site | None = node.site
    while site is not None:
        found.insert(0, site)
        site = site.caller
    return found


def stands_in(site: graph.Site, item: Node) -> bool:
    return item.start <= site.node.start and site.node.end <= item.end


def made_by(item: Node, file: str, graph: graph.Graph) -> set[int]:
    """The layers that a statement of a file makes, itself or by the blocks that it calls."""
    return {n.index for n in graph.nodes if any(s.source.name == file and stands_in(s, item) for s in calls(n))}


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
            amount = Raw(pen.written(pen.value(border.site.node, border.layer, "amount")))
            if len(desk.inputs(border)[0]) == 2 and isinstance(getattr(border.layer, "amount", 0), tuple):
                amount = Raw(f"({amount},)")  # one pair, of the one axis
            edits += [*desk.drop([border]), *desk.set([node], padding=amount)]
        return edits

    edits, parts = each(behind, desk, folded)
    of_borders = tuple([(desk.graph.nodes[node.inputs[0]], part) for node, part in parts])
    yield Proposal("give the padding of {} to the convolution behind", edits, True, of_borders)
