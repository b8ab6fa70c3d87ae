"""A budget on a change as the rows of a table, whichever form has it, and the reasons why limits are not kept."""

from __future__ import annotations

from cnnspec.base.size import Size
from cnnspec.diff.difference import KEPT
from cnnspec.diff.verdict import write_bounds, write_change
from cnnspec.lint.budget import ALONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.diff.verdict import Verdict
    from cnnspec.lint.budget import Figure

BUDGET_HEADINGS = ("Budget", "Limit", "A", "B", "Difference", "Allowed")
BUDGET_RIGHT = {2, 3, 4, 5}  # columns of figures
BUDGET_SPARE = ("A", "Allowed", "Difference", "B")
LONGEST = 40  # characters of an expression in a table


def write_budget_rows(verdicts: Sequence[Verdict]) -> list[tuple[str, ...]]:
    """One row for each limit."""
    return [write_budget_row(verdict) for verdict in verdicts]


def write_budget_row(verdict: Verdict) -> tuple[str, ...]:
    asked, allowed = verdict.limit, write_bounds(verdict)
    change = write_change(verdict)
    return (
        verdict.status,
        asked.text,
        *[
            "-" if name in verdict.without else show_figure(figure, asked.limit.quantity)
            for name, figure in (("a", verdict.a), ("b", verdict.b))
        ],
        change if len(change) <= LONGEST else "",
        f"{asked.limit.operator} {allowed}" if allowed else "",
    )


def show_figure(figure: Figure | None, quantity: str) -> str:
    """A figure in a table: of a long expression what it depends on, ? for unknown (- is for what there is not)."""
    if figure is None:
        return "?"
    if quantity in ALONE:
        return "yes" if all(figure.values) else "no"
    names = sorted({name for value in figure.values if isinstance(value, Size) for name in value.names()})
    return f"depends on {', '.join(names)}" if names and len(figure.text) > LONGEST else figure.text


def write_reasons(verdicts: Sequence[Verdict]) -> list[str]:
    """Why limits are not kept, or not asked: a sentence each, the same one once."""
    return list(dict.fromkeys([f"{v.status}: {v.message}" for v in verdicts if v.status != KEPT]))
