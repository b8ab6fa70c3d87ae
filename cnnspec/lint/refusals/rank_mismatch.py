"""E106 rank-mismatch: a layer is given a tensor with more or fewer axes than it works on."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E106"
SEVERITY = ERROR
FIX = UNSAFE
OFFER = "{}, or reshape first"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """As many values as there are axes, a layer that takes a volume, or the text without what made a vector of the map;
    the sizes that were meant by an input."""
    from cnnspec.lint.fix.arguments import find_refused, propose_remedies
    from cnnspec.lint.fix.flattening import find_flattening
    from cnnspec.lint.fix.input_sizes import propose_likely, resize

    for node in repair.nodes(found)[:1]:
        if node.layer is None:
            yield from propose_likely(repair, node)
            return
    node, problem = find_refused(repair, found)
    source = repair.graph.nodes[node.inputs[0]]
    if source.layer is None and len(shape := source.shape or ()) == 1:  # positions whose one channel was left out
        longer = resize(repair, [n for n in (*shape, 1) if isinstance(n, int)], repair.graph.inputs.index(source.index))
        yield longer.replace(message=f"write {longer.message}")
    yield from propose_remedies(repair, node, problem.remedies)
    flat = find_flattening(repair, node)
    if flat is not None:
        yield repair.propose(f"drop {flat.name}, which makes a vector of the map", repair.drop([flat]))
