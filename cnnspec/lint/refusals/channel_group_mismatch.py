"""E103 channel-group-mismatch: channels cannot be divided into so many groups."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR
from cnnspec.lint.finding import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext

CODE = "E103"
SEVERITY = ERROR
FIX = UNSAFE


TRIED = 4096  # divisors; with what they leave, that is all of them up to its square


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The nearest number of filters, and of groups, that go up."""
    from math import gcd

    from cnnspec.lint.fix.arguments import find_refused, propose_setting

    for node in find_refused(repair, found)[:1]:
        values = node.layer.argument_values() if node.layer else {}
        entering, given, filters = repair.inputs(node)[0][-1], values.get("groups"), values.get("filters")
        if not isinstance(entering, int) or not isinstance(given, int) or given < 1:
            return
        if isinstance(filters, int) and entering % given == 0:
            for number in (filters // given * given, (filters // given + 1) * given):
                if number:
                    yield propose_setting(repair, [node], filters=number)
        common = gcd(entering, filters) if isinstance(filters, int) else entering
        small = [g for g in range(1, min(common, TRIED) + 1) if common % g == 0]
        divisors = sorted({*small, *[common // g for g in small]}, key=lambda g: (abs(g - given), g))
        for number in divisors[:2]:
            yield propose_setting(repair, [node], groups=number)
