"""The rules, in the order in which they look at a network. One file each: its page, and `check(context)`.

A rule states its CODE and whether it runs by DEFAULT; TARGETS (it concerns these alone) and PROFILE (it belongs to that
one) where it has them. E0 codes are errors of the language itself: they always run.
"""

from __future__ import annotations

from cnnspec.rules import (
    bad_ignore,
    broken_budget,
    fractional_output_size,
    illegal_stride,
    logits_mismatch,
    silent_broadcast,
    unused_branch,
    unused_ignore,
)
from cnnspec.rules.context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set
    from types import ModuleType

    from cnnspec.diagnostic import Diagnostic

RULES = (
    silent_broadcast,
    fractional_output_size,
    illegal_stride,
    unused_branch,
    logits_mismatch,
    broken_budget,
)
OF_COMMENTS = (bad_ignore, unused_ignore)  # these look at a file's comments, not at its networks
ALL = (*RULES, *OF_COMMENTS)


def always(rule: ModuleType) -> bool:
    """Whether a rule cannot be switched off."""
    code: str = rule.CODE
    return code.startswith("E0")


DEFAULTS = frozenset([rule.CODE for rule in ALL if getattr(rule, "DEFAULT", True)])
CHOICE = frozenset([rule.CODE for rule in ALL if not always(rule)])  # the codes that can be selected and ignored


def check(context: Context, codes: Set[str] = DEFAULTS) -> list[Diagnostic]:
    """All that the rules with these codes, and those that always run, find in a network."""
    return [finding for rule in RULES if rule.CODE in codes or always(rule) for finding in rule.check(context)]
