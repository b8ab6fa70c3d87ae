"""The repairs of a finding: proposed by the fix in its own file, tried on a copy, the best first."""

from __future__ import annotations

from cnnspec.base.diagnostic import Repair
from cnnspec.base.record import Record
from cnnspec.lint import rules
from cnnspec.lint.finding import NONE
from cnnspec.lint.fix.edits import Inexpressible
from cnnspec.lint.fix.judge import clears, uncovers
from cnnspec.lint.fix.price import describe_cost
from cnnspec.lint.fix.repair_context import RepairContext
from cnnspec.lint.fix.spelling import spell_as_keras
from cnnspec.lint.fix.unchanged import always_behaves, behaves, is_certain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.base.diagnostic import Diagnostic, Edit
    from cnnspec.graph import Node
    from cnnspec.lint.fix.project import Project
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.network import AnalysedNetwork

MOST_TRIED = 24  # proposals of one finding
MOST_APART = 64  # parts of a proposal that are tried one by one
MOST_SHOWN = 6  # repairs of one finding


class Tried(Record):
    """A proposal that holds, and the project with it."""

    repair: Repair
    project: Project


class Search:
    """Looks for repairs of a project's findings. What fixes work out about a network is kept for all of its findings."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._contexts: dict[int, RepairContext] = {}  # by the networks' ids

    def find_repairs(self, path: str, found: Diagnostic, unsafe: bool, one: bool = False) -> list[Tried]:
        """The repairs of a finding of a file, safe ones first; unsafe ones only where they are asked for, those that cost
        least first. `one`: whichever is found first will do. None in a file with syntax errors."""
        project = self.project
        if rules.fix_of(found.code) == NONE or project.budget.spent or project.analysis(path).tree.diagnostics:
            return []
        network, own = project.owner(path, found)
        made: list[tuple[tuple[bool, bool], tuple[float, float], int, Tried]] = []
        uncovering: set[int] = set()  # the numbers of those behind which rules find what was hidden till now
        for number, proposal in enumerate(propose_fixes(self.context(network), own)):
            if number >= MOST_TRIED or proposal.safe and any(tried.repair.safe for *_, tried in made):
                break
            tried = try_proposal(project, path, own, proposal, network, unsafe)
            if tried is None or tried.repair.message in [other.repair.message for *_, other in made]:
                continue
            cost = measure_change(tried, path, network)
            made.append(((not tried.repair.safe, not proposal.meant), cost, number, tried))
            if not proposal.meant and uncovers(project.analysis(path), tried.project.analysis(path)):
                uncovering.add(number)
            if one or tried.repair.safe and not unsafe:
                break
        made = [one for one in made if one[2] not in uncovering] or made
        return [tried for *_, tried in sorted(made, key=lambda one: one[:3])][:MOST_SHOWN]

    def context(self, network: AnalysedNetwork | None) -> RepairContext:
        """What the fixes of a network's findings are written with."""
        if id(network) not in self._contexts:
            self._contexts[id(network)] = RepairContext(self.project, network)
        return self._contexts[id(network)]


def propose_fixes(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """What might clear a finding, the gentlest first."""
    made = rules.module_of(found.code).fix(repair, found)
    while True:
        try:
            proposal = next(made, None)
        except Inexpressible:
            return
        if proposal is None:
            return
        yield proposal


def try_proposal(
    project: Project, path: str, found: Diagnostic, proposal: Proposal, network: AnalysedNetwork | None, unsafe: bool
) -> Tried | None:
    """A proposal, tried as a whole, else the parts of it that hold; one that is meant to be safe and is so with the
    parameters' defaults alone is unsafe."""
    safe, after, edits = proposal.safe, None, proposal.edits
    nodes = [node for node, _ in proposal.apart]
    for demanding in (True, False) if safe else (False,):
        if not demanding and not unsafe:
            return None
        safe, edits, nodes = demanding, proposal.edits, [node for node, _ in proposal.apart]
        after = make_if_it_holds(project, found, edits, proposal, safe)
        if after is None and 1 < len(proposal.apart) <= MOST_APART:
            after, edits, nodes = try_parts(project, found, proposal, safe)
        if after is not None:
            break
    if after is None:
        return None
    now = next((n for n in after.analysis(path).networks if network is not None and n.name == network.name), None)
    if network is not None and now is not None and is_still_found(found, network, now):
        return None
    price = (
        describe_cost(network.facts, now.facts)
        if network is not None and now is not None
        else "the network is unchanged"
    )
    layers = nodes
    if network is not None and {node.index for node in nodes} <= {*found.nodes}:
        places = {node.site.span for node in nodes}
        named = [network.graph.nodes[i] for i in found.nodes]
        layers = [node for node in named if node.site.span in places]  # of a block's layer each use
    message = proposal.describe(layers)
    if project.sources[path].is_python and network is not None:
        about = RepairContext(project, network).nodes(found)
        message = spell_as_keras(message, [node.layer for node in about if node.layer is not None])
    return Tried(Repair(message, tuple(dict.fromkeys(edits)), safe, price), after)


def is_still_found(found: Diagnostic, before: AnalysedNetwork, after: AnalysedNetwork) -> bool:
    """Whether all layers that a finding is about have it still, and another finding went in its place. Not asked where
    layers have come or gone."""
    if not found.nodes or len(before.graph.nodes) != len(after.graph.nodes):
        return False
    return {*found.nodes} <= {i for other in after.diagnostics if other.code == found.code for i in other.nodes}


def make_if_it_holds(
    project: Project, found: Diagnostic, edits: Sequence[Edit], proposal: Proposal, always: bool
) -> Project | None:
    """The project with edits of a proposal made, when they clear a finding, bring no other, and keep what they have to."""
    after = project.with_edits(edits)
    if after is None or not clears(found.code, project, after, proposal.meant):
        return None
    if proposal.safe and not behaves(project, after):
        return None
    return after if not always or is_certain(project, after) and always_behaves(project, after) else None


def try_parts(
    project: Project, found: Diagnostic, proposal: Proposal, always: bool
) -> tuple[Project | None, tuple[Edit, ...], list[Node]]:
    """The project with those parts of a proposal that hold together, their edits, and the layers that they are about."""
    kept: tuple[Edit, ...] = ()
    nodes: list[Node] = []
    best: Project | None = None
    for node, part in proposal.apart:
        after = make_if_it_holds(project, found, (*kept, *part), proposal, always)
        if after is not None:
            kept, nodes, best = (*kept, *part), [*nodes, node], after
    return best, kept, nodes


def measure_change(tried: Tried, path: str, network: AnalysedNetwork | None) -> tuple[float, float]:
    """How much a repair changes, for the order: parameters, then multiply-accumulates."""
    after = next((n for n in tried.project.analysis(path).networks if network and n.name == network.name), None)
    if network is None or after is None:
        return 0, 0
    return (
        distance(network.facts.total.parameters, after.facts.total.parameters),
        distance(network.facts.total.macs, after.facts.total.macs),
    )


def distance(one: object, other: object) -> float:
    """How far two figures are apart; 0 where there is nothing to compare."""
    return abs(one - other) if isinstance(one, int) and isinstance(other, int) else 0
