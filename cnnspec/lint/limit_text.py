"""Limits from texts: as `expect` has them, "params <= 5k, lossless", or a quantity with a maximum or a minimum, max_params=5000."""

from __future__ import annotations

from cnnspec.base.did_you_mean import write_question, write_suggestion
from cnnspec.base.source import Source
from cnnspec.base.source_files import read
from cnnspec.elaborate import elaborate
from cnnspec.lint.budget import BOUNDED, QUANTITIES, check_limit, find_meant
from cnnspec.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import BudgetLimit

BOUNDS = {"max_": "<=", "min_": ">="}


def write_limit(name: str, bound: object) -> str:
    """max_params=5000 as the language writes it: params <= 5000. TypeError for another name."""
    before, quantity = name[:4], name[4:]
    if before not in BOUNDS or quantity not in BOUNDED:
        near = write_suggestion(name, [f"{start}{known}" for start in BOUNDS for known in BOUNDED])
        raise TypeError(f'a budget has no bound "{name}"{near}; bounds are max_ or min_ before {", ".join(BOUNDED)}')
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
            near = write_question(find_meant(limit.quantity)) or f"known are {', '.join(QUANTITIES)}"
            raise ValueError(f'no quantity is called "{limit.quantity}"; {near}')
        check_limit(limit)
    return list(made[0].graph.budgets)
