"""A budget in Python: limits written as `expect` has them, or as max_params=…, held against a network by the rule that `check` runs."""

from __future__ import annotations

from copy import copy

from cnnspec.api.errors import SpecError
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.lint.budget import ALONE, QUANTITIES, check_limit
from cnnspec.lint.context import Context
from cnnspec.lint.rules import broken_budget
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import BudgetLimit
    from cnnspec.network import AnalysedNetwork

BOUNDS = {"max_": "<=", "min_": ">="}


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


def write_limit(name: str, bound: object) -> str:
    """max_params=5000 as the language writes it: params <= 5000. TypeError for another name."""
    before, quantity = name[:4], name[4:]
    bounded = [known for known in QUANTITIES if known not in (*ALONE, "output")]
    if before not in BOUNDS or quantity not in bounded:
        near = write_suggestion(name, [f"{start}{known}" for start in BOUNDS for known in bounded])
        raise TypeError(f'a budget has no bound "{name}"{near}; bounds are max_ or min_ before {", ".join(bounded)}')
    return f"{quantity} {BOUNDS[before]} {bound}"


def read_limits(text: str) -> list[BudgetLimit]:
    """The limits of a text, as behind `expect`: "params <= 5k, lossless". ValueError for what is none."""
    parsed = parse(Source("<budget>", f"expect {text}\ninput 1"))
    made = [] if parsed.diagnostics or "\n" in text else list(elaborate(parsed, read))
    if len(made) != 1 or made[0].errors or len(made[0].graph.nodes) != 1 or not made[0].graph.budgets:
        why = [*parsed.diagnostics, *[error for one in made for error in one.errors]]
        raise ValueError(f'"{text}" is no limit, such as params <= 5k' + (f": {why[0].message}" if why else ""))
    for limit in made[0].graph.budgets:
        if limit.quantity not in QUANTITIES:
            near = write_suggestion(limit.quantity, QUANTITIES)
            raise ValueError(f'no quantity is called "{limit.quantity}"{near}; known are {", ".join(QUANTITIES)}')
        check_limit(limit)
    return list(made[0].graph.budgets)
