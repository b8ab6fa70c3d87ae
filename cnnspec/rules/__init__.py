"""The rules, in the order in which they look at a network. One file each: its page, and `check(context)`.

A rule states its CODE and whether it runs by DEFAULT; TARGETS (it concerns these alone) and PROFILE (it belongs to that
one) where it has them. Every check imports those of `DEFAULTS`; those that ask for a loss or a batch are imported where
there is a train section, and all of them where rules are selected.
"""

from __future__ import annotations

from cnnspec.rules import broken_budget, illegal_stride, silent_broadcast, size_dependent_merge, unused_branch
from cnnspec.rules.context import Context
from cnnspec.rules.language import REFUSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from types import ModuleType

    from cnnspec.diagnostic import Diagnostic

DEFAULTS = (silent_broadcast, size_dependent_merge, illegal_stride, unused_branch, broken_budget)
ON_TRAINING: tuple[str, ...] = ("logits_mismatch",)
ON_REQUEST: tuple[str, ...] = ("fractional_output_size",)
OF_COMMENTS: tuple[str, ...] = ("bad_ignore", "unused_ignore")  # pages alone: these are found in a file's comments


def __getattr__(name: str) -> tuple[ModuleType, ...]:
    if name == "RULES":
        return (*DEFAULTS, *imported(ON_TRAINING), *imported(ON_REQUEST))
    if name == "ALL":
        return (*__getattr__("RULES"), *imported(OF_COMMENTS))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def imported(names: tuple[str, ...]) -> Iterator[ModuleType]:
    from importlib import import_module

    return map(import_module, [f"cnnspec.rules.{name}" for name in names])


def optional(code: str) -> bool:
    """Whether a code is one of a rule that can be switched off, and not of the language itself."""
    return code not in REFUSED and not code.startswith("E0")


def default_codes() -> frozenset[str]:
    """The codes of what runs when nothing is selected. Imports all rules."""
    return frozenset([rule.CODE for rule in __getattr__("ALL") if rule.DEFAULT])


def check(context: Context, codes: Set[str] | None = None) -> list[Diagnostic]:
    """All that the rules with these codes find in a network, and those that cannot be switched off; None: the default ones."""
    chosen: tuple[ModuleType, ...] = DEFAULTS
    if codes is not None:
        chosen = tuple([r for r in __getattr__("RULES") if r.CODE in codes or not optional(r.CODE)])
    elif context.train:
        chosen = (*DEFAULTS, *imported(ON_TRAINING))
    return [finding for rule in chosen for finding in rule.check(context)]
