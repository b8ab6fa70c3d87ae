"""W204 unused-branch: a layer, or an input, that no output depends on.

Keras leaves such layers out of the model without a word; elsewhere they cost time and memory for nothing. Usually a
name was meant to be used further down, or an `output` is missing.

Bad:

    input 8x8x3
    conv(4, 3x3) as stem
    stem -> conv(64, 3x3) as forgotten
    stem -> gap

Good:

    input 8x8x3
    conv(4, 3x3) as stem
    concat(stem -> gap, stem -> conv(64, 3x3) -> gap)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic
from cnnspec.elaborate.report import trail
from cnnspec.lint.finding import SAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph, Node, Site
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.syntax import tree

CODE = "W204"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("an unused layer",)
FIX = SAFE
ADVICE = "use it, name it in an output, or drop it"


def check(context: Context) -> Iterator[Diagnostic]:
    graph = context.graph
    if context.broken:  # what could not be understood may be what uses it
        return
    used = graph.used()
    readers = graph.consumers()
    for node in graph.nodes:
        if used[node.index] or readers[node.index]:  # told of the end of an unused branch alone
            continue
        branch, queue = {node.index}, [node.index]
        while queue:
            for index in graph.nodes[queue.pop()].inputs:
                if not used[index] and index not in branch:
                    branch.add(index)
                    queue.append(index)
        parameters = sum([sum(context.facts.parameters[i] or ()) for i in branch])
        what = "this input feeds" if node.index in graph.inputs else f"{node.name} feeds"
        cost = (
            f", with {len(branch)} layer{'s' * (len(branch) > 1)} and {parameters:,} parameter{'s' * (parameters != 1)}"
            if parameters
            else ""
        )
        message = f"{what} no output{cost}"
        yield Diagnostic(CODE, message, node.site.span, ADVICE, trail(node.site), SEVERITY, tuple(sorted(branch)))


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The text without the statements that make nothing but the branch."""
    from contextlib import suppress

    from cnnspec.lint.fix.edits import Inexpressible
    from cnnspec.syntax.tree import Body, Input, Step, walk

    branch = repair.nodes(found)
    message = f"drop {branch[-1].name}, which nothing uses"
    safe = not any(isinstance(node.site.node, Input) for node in branch)
    dead = {node.index for node in branch}
    sources = {site.source.name: site.source for node in branch for site in calls_to(node)}
    idle: dict[str, list[tree.Node]] = {}
    for name, source in sources.items():
        with suppress(Inexpressible):  # a file that only is used stays as it is
            bodies = [body for body in walk(repair.editor(source).tree.body) if isinstance(body, Body)]
            items = [item for body in bodies for item in body.items if isinstance(item, (Step, Input))]
            idle[name] = [item for item in items if set() < made_by(item, name, repair.graph) <= dead]
    going: dict[str, dict[int, tree.Node]] = {}
    for node in branch:
        for site in calls_to(node):  # a call goes, and the block that it calls stays as it is
            around = [item for item in idle.get(site.source.name, ()) if stands_in(site, item)]
            if around:
                widest = max(around, key=lambda item: item.end - item.start)
                going.setdefault(site.source.name, {})[widest.start] = widest
                break
    edits = [edit for name in going for edit in repair.editor(sources[name]).without_items([*going[name].values()])]
    if edits:
        yield repair.propose(message, edits, safe)
    # else a stage of a chain: what the chain goes on with does not read it
    yield repair.propose(message, repair.drop(branch), safe)


def calls_to(node: Node) -> list[Site]:
    """The calls that led to a layer, the outermost first, and where it stands itself."""
    found: list[Site] = []
    site: Site | None = node.site
    while site is not None:
        found.insert(0, site)
        site = site.caller
    return found


def stands_in(site: Site, item: tree.Node) -> bool:
    return item.start <= site.node.start and site.node.end <= item.end


def made_by(item: tree.Node, file: str, graph: Graph) -> set[int]:
    """The layers that a statement of a file makes, itself or by the blocks that it calls."""
    return {n.index for n in graph.nodes if any(s.source.name == file and stands_in(s, item) for s in calls_to(n))}
