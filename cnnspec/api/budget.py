"""A budget in Python: limits written as `expect` has them, or as max_params=…, held against a network by the rule that `check`
runs, or against a change as `cnnspec diff` does."""

from __future__ import annotations

from copy import copy

from cnnspec.api.argument_checks import take_text
from cnnspec.api.errors import SpecError
from cnnspec.base.diagnostic import Diagnostic
from cnnspec.lint.context import Context
from cnnspec.lint.limit_text import read_limits, write_limit
from cnnspec.lint.rules import broken_budget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.diff.verdict import Verdict
    from cnnspec.network import AnalysedNetwork


def find_broken_limits(
    network: AnalysedNetwork, texts: Sequence[str], bounds: Mapping[str, object]
) -> list[Diagnostic]:
    """A finding for each limit that the network breaks, or whose figure cannot be known.

    Raises TypeError for a bound that there is not, ValueError for a text that is no limit, SpecError for a network with mistakes.
    """
    limits = [limit for text in (*texts, *map(write_limit, bounds, bounds.values())) for limit in read_limits(text)]
    if network.broken:
        raise SpecError(f"{network.name} has mistakes: its figures are not held against a budget", network.diagnostics)
    graph = copy(network.graph)
    graph.budgets = limits
    return list(broken_budget.check(Context(graph, network.train)))


def find_broken_changes(
    a: AnalysedNetwork, b: AnalysedNetwork, texts: Sequence[str], bounds: Mapping[str, object]
) -> list[Diagnostic]:
    """A finding for each limit that a change breaks, or that cannot be held against a figure. Raises as `find_broken_limits`."""
    from cnnspec.diff.difference import BROKEN

    limits = ", ".join([*[take_text(text, "a limit") for text in texts], *map(write_limit, bounds, bounds.values())])
    found = [verdict for verdict in hold_change(a, b, limits) if verdict.failed]
    return [Diagnostic(broken_budget.CODE if v.status == BROKEN else "E017", v.message, None) for v in found]


def hold_change(a: AnalysedNetwork, b: AnalysedNetwork, limits: str) -> tuple[Verdict, ...]:
    """What comes of each limit of a text, "" for none. ValueError for what is no limit."""
    if not take_text(limits, "limits"):
        return ()
    from cnnspec.diff.limits import read_change_limits
    from cnnspec.diff.verdict import find_verdicts

    return find_verdicts(read_change_limits(limits), a.facts, b.facts)
