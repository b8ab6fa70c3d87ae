"""E109 pool-window-in-padding: a pool's window could hold padding alone."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E109"
SEVERITY = ERROR
FIX = UNSAFE


FEWER = 4  # smaller paddings that are tried


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The most padding that the pool takes, or less."""
    from cnnspec.lint.fix.arguments import find_refused, propose_setting

    for node in find_refused(repair, found)[:1]:
        kernel = node.layer.argument_values().get("kernel", 1) if node.layer else 1
        most = min(kernel) // 2 if isinstance(kernel, tuple) else kernel // 2
        for amount in range(most, max(-1, most - FEWER), -1):
            yield propose_setting(repair, [node], padding=amount or "valid")
