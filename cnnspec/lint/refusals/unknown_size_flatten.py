"""E107 unknown-size-flatten: a layer's weights would depend on a size that is not known."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E107"
SEVERITY = ERROR
FIX = UNSAFE
OFFER = "{}, or give the input a size"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """Weights along the channels alone; gap in the place of flatten."""
    from cnnspec.layers.unknown_size import find_known_axes
    from cnnspec.lint.fix.arguments import propose_remedies
    from cnnspec.lint.fix.flattening import pool_instead

    for node in repair.nodes(found)[:1]:
        if node.layer is not None:
            yield from propose_remedies(repair, node, find_known_axes(node.layer, repair.inputs(node)))
    yield from pool_instead(repair, repair.nodes(found)[:1])
