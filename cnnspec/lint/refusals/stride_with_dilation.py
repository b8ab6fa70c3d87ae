"""E104 stride-with-dilation: stride and dilation above 1 stand in one convolution, which Keras refuses."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E104"
SEVERITY = ERROR
FIX = UNSAFE
OFFER = "what fits: {}"


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The stride, or the dilation, by another layer; or one of the two alone."""
    from cnnspec.lint.fix.arguments import find_refused, propose_remedies

    node, problem = find_refused(repair, found)
    yield from propose_remedies(repair, node, problem.remedies)
