"""The rules, one file each: its page, `check(context)`, and `fix(repair, found)` where one is known.

`lint/index.py`, which is generated from the files, lists them. Importing this package imports no rule; a check imports
those that are asked for and whose features (lint/features.py) the network has.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR, INFO, WARNING, Diagnostic
from cnnspec.base.limits import MAX_WORK, TooLong
from cnnspec.lint.index import FIXES, NAMES, ON_REQUEST, REFUSALS, RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set
    from types import ModuleType

    from cnnspec.lint.context import Context


def optional(code: str) -> bool:
    """Whether a code is one of a rule that can be switched off, and not of the language itself."""
    return code not in REFUSALS and not code.startswith("E0")


def prevents(found: Diagnostic) -> bool:
    """Whether a finding keeps its network from being built; what a rule finds never does."""
    from cnnspec.elaborate import PROMISES

    return found.severity == ERROR and found.code not in PROMISES and not optional(found.code)


def keeps_from_looking(found: Diagnostic) -> bool:
    """Whether a finding keeps rules from looking at what depends on it."""
    return not optional(found.code) and found.severity != INFO


def default_codes() -> frozenset[str]:
    """The codes of what runs when nothing is selected."""
    return frozenset(RULES.keys() - ON_REQUEST)


def fix_of(code: str) -> str:
    """Of which kind the fix of a finding is at best: safe, unsafe, shown alone, or none."""
    return FIXES.get(code, "none")


def module_of(code: str) -> ModuleType:
    """The file of a finding."""
    from importlib import import_module

    folder = "refusals" if code in REFUSALS else "rules"
    return import_module(f"cnnspec.lint.{folder}.{NAMES[code].replace('-', '_')}")


def check(
    context: Context, codes: Set[str] | None = None, watch: Callable[[list[Diagnostic]], None] | None = None
) -> list[Diagnostic]:
    """All that the rules with these codes find in a network, and those that cannot be switched off; None: the default ones.

    `watch` gets the findings of each rule as they are made, those of errors first, and may end the check by raising.
    """
    chosen = [module_of(code) for code in choose(context, codes)]
    if watch is None:
        return [finding for rule in chosen for finding in run_rule(rule, context)]
    found: dict[ModuleType, list[Diagnostic]] = {}
    for rule in sorted(chosen, key=lambda rule: not rule.CODE.startswith("E")):
        found[rule] = [*run_rule(rule, context)]
        watch(found[rule])
    return [finding for rule in chosen for finding in found[rule]]


def choose(context: Context, codes: Set[str] | None) -> Iterator[str]:
    """The rules that are asked about a network: those of some codes for which it has what they look at."""
    from cnnspec.lint.features import FEATURES

    features: dict[str, bool] = {}
    for code, needed in RULES.items():
        if code not in ON_REQUEST if codes is None else code in codes or not optional(code):
            for feature in needed:
                if feature not in features:
                    features[feature] = FEATURES[feature](context)
                if not features[feature]:
                    break
            else:
                yield code


def run_rule(rule: ModuleType, context: Context) -> Iterator[Diagnostic]:
    """What a rule finds; where it would have to look too long, that."""
    try:
        yield from rule.check(context)
    except TooLong:
        node = context.graph.nodes[0]
        message = f"this was not checked to its end: it would take more than {MAX_WORK:,} steps"
        yield Diagnostic(rule.CODE, message, node.site.span, "", (), WARNING)
