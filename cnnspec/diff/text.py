"""The difference of two networks as text: a table of layers, a table of totals, one of a budget; and that of all networks of files."""

from __future__ import annotations

from cnnspec.diff.difference import BROKEN, KEPT, UNKNOWN
from cnnspec.diff.rows import (
    HEADINGS,
    RIGHT,
    TOTAL_HEADINGS,
    TOTAL_RIGHT,
    group_layers,
    without_empty_end,
    write_ends,
    write_expressions,
    write_figures,
    write_lone,
    write_outcome,
    write_row,
    write_side,
    write_totals,
)
from cnnspec.tables.page import GREEN, MAGENTA, RED, Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.diff.changes import FileChanges
    from cnnspec.diff.difference import NetworkDifference
    from cnnspec.diff.verdict import Verdict

COLORS = {"+": GREEN, "-": RED, "~": MAGENTA, "": ""}
SPARE = ("RF", "MACs", "Params")
ALSO = "as does --format json"
VERDICT_COLORS = {KEPT: GREEN, BROKEN: RED, UNKNOWN: RED}


def write_text(
    difference: NetworkDifference, width: int | None = None, color: bool = False, verdicts: Sequence[Verdict] = ()
) -> str:
    """The report: which networks, what is different in their layers, what that does in total, and what comes of a budget."""
    page = Page(width, color)
    add_difference(page, difference)
    add_verdicts(page, verdicts)
    return page.write(also=ALSO)


def add_difference(page: Page, difference: NetworkDifference) -> None:
    """Add the report without its budget."""
    a, b = difference.a, difference.b
    if difference.same:
        total = write_figures(a, difference.params.a, difference.macs.a)
        page.add_text(f"{write_side(a)} and {write_side(b)} are the same network: {total}", hanging=4)
        return
    lines = group_layers(difference)
    page.add_texts([f"A: {write_side(a)}", f"B: {write_side(b)}", ""], hanging=3)
    if lines:
        rows, styles = [write_row(line) for line in lines], [COLORS[line.sign] for line in lines]
        page.add_table(Table(*without_empty_end(HEADINGS, rows), RIGHT, SPARE, styles))
    ends = write_ends(difference)
    page.add_texts(ends, hanging=4)
    page.add_texts([""] * bool(lines or ends))
    page.add_table(Table(*without_empty_end(TOTAL_HEADINGS, write_totals(difference)), TOTAL_RIGHT))
    page.add_texts(write_expressions(difference), hanging=4)


def add_verdicts(page: Page, verdicts: Sequence[Verdict]) -> None:
    """Add the table of a budget, and why limits are not kept."""
    if not verdicts:
        return
    from cnnspec.diff.budget_rows import BUDGET_HEADINGS, BUDGET_RIGHT, BUDGET_SPARE, write_budget_rows, write_reasons

    styles = [VERDICT_COLORS.get(verdict.status, "") for verdict in verdicts]
    page.add_text()
    page.add_table(Table(BUDGET_HEADINGS, write_budget_rows(verdicts), BUDGET_RIGHT, BUDGET_SPARE, styles))
    page.add_texts([""] * bool(reasons := write_reasons(verdicts)))
    page.add_texts(reasons, hanging=4)


def write_changes(changes: FileChanges, width: int | None = None, color: bool = False) -> str:
    """What comes of every network that two states of files do not both have as it is; last, how many of each there are."""
    page = Page(width, color)
    for change in changes.networks:
        if change.difference is None:
            page.add_text(write_lone(change), hanging=4)
        else:
            add_difference(page, change.difference)
        add_verdicts(page, change.verdicts)
        page.add_texts(["", ""])
    page.add_text(write_outcome(changes), hanging=4)
    return page.write(also=ALSO)
