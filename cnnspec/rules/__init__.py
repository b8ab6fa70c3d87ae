"""The rules, in the order in which they look at a network. One file each: its page, and `check(context)`."""

from __future__ import annotations

from cnnspec.rules import (
    broken_budget,
    illegal_stride,
    logits_mismatch,
    silent_broadcast,
    size_dependent_merge,
    unused_branch,
)
from cnnspec.rules.context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.diagnostic import Diagnostic

RULES = (silent_broadcast, size_dependent_merge, illegal_stride, unused_branch, logits_mismatch, broken_budget)


def check(context: Context) -> list[Diagnostic]:
    """All that the rules find in a network."""
    return [finding for rule in RULES for finding in rule.check(context)]
