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


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """gap in the place of flatten."""
    from cnnspec.lint.fix.flattening import pool_instead

    return pool_instead(repair, repair.nodes(found)[:1])
