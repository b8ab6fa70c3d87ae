"""E108 bad-output-padding: an output padding is one that no input size gives back."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E108"
SEVERITY = ERROR
FIX = UNSAFE
OFFER = "what fits: {}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The largest that is legal, or none."""
    from cnnspec.lint.fix.arguments import find_refused, propose_remedies

    node, problem = find_refused(repair, found)
    yield from propose_remedies(repair, node, problem.remedies)
