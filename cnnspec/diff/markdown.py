"""The difference of two networks, or of all networks of files, in Markdown: a comment on a pull request.

Figures and budgets stand open, layers fold away. Where a comment would be longer than GitHub takes, what comes last is left
out, and that is said.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from cnnspec.base.count_nouns import count_nouns
from cnnspec.diff.budget_rows import BUDGET_HEADINGS, BUDGET_RIGHT, write_budget_rows, write_reasons
from cnnspec.diff.difference import ADDED, BROKEN, CHANGED, KEPT, REMOVED, SAME, SKIPPED, UNKNOWN, UNREAD
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
    write_total,
    write_totals,
)
from cnnspec.tables import escape
from cnnspec.tables.figures import show_field, show_short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cnnspec.diff.changes import FileChanges, NetworkChange
    from cnnspec.diff.difference import NetworkDifference, TotalDifference
    from cnnspec.diff.verdict import Verdict

MARKS = {KEPT: "✓ kept", BROKEN: "✗ **broken**", UNKNOWN: "✗ **unknown**", SKIPPED: "– skipped"}
STATUS_MARKS = {CHANGED: "changed", ADDED: "new", REMOVED: "gone", SAME: "the same", UNREAD: "✗ **has mistakes**"}
OVERVIEW = ("Network", "", "Params", "MACs", "Receptive field", "Budget")
OVERVIEW_RIGHT = {2, 3, 4}
MOST = 60_000  # characters of a comment
MOST_OVERVIEW = 40_000  # of them those of the table of all networks
TOO_LONG = "What there is no room for in a comment, `cnnspec diff` shows."


def write_markdown(difference: NetworkDifference, verdicts: Sequence[Verdict] = ()) -> str:
    """The report about two networks: the figures of both, the budget, and the layers that differ."""
    failed = sum([verdict.failed for verdict in verdicts])
    said = f": {failed:,} of {count_nouns(len(verdicts), 'limit')} not kept" if failed else ""
    title = [f"## {mark(failed, bool(verdicts))}{escape.markdown(write_side(difference.b))}{said}"]
    return join_blocks([title, [*write_difference(difference), *write_budget(verdicts)], fold_layers(difference)])


def write_changes(changes: FileChanges) -> str:
    """The report about all networks of files: a table of them, then each."""
    failed = sum([change.failed for change in changes.networks])
    title = [f"## {mark(failed, changes.limited)}Networks", escape.markdown(f"{write_outcome(changes)}.")]
    if not changes.networks:
        return join_blocks([title])
    parts = [title, write_overviews(changes.networks)]
    for change in [change for change in changes.networks if change.status != SAME]:
        parts.append(write_section(change))
        parts.append([] if change.difference is None else fold_layers(change.difference))
    return join_blocks(parts)


def write_overviews(networks: Sequence[NetworkChange]) -> list[str]:
    """The table of all networks; of very many the first, those that do not keep to a budget before the others."""
    rows = [(change.failed, write_overview(change)) for change in networks]
    lengths = list(accumulate([sum(map(len, row)) + 3 * len(row) for _, row in rows]))
    if lengths[-1] > MOST_OVERVIEW:
        rows.sort(key=lambda one: not one[0])
        lengths = list(accumulate([sum(map(len, row)) + 3 * len(row) for _, row in rows]))
    taken = bisect_right(lengths, MOST_OVERVIEW)
    table = write_lines(OVERVIEW, [row for _, row in rows[:taken]], OVERVIEW_RIGHT)
    return [table, *[f"And {count_nouns(len(rows) - taken, 'more network')}."] * (taken < len(rows))]


def join_blocks(parts: Sequence[Sequence[str]]) -> str:
    """Blocks with empty lines between; a part for which there is no room is left out, which is said once."""
    made: list[str] = []
    length = 0
    for part in parts:
        taken = sum(map(len, part)) + 2 * len(part)
        if length + taken > MOST:
            made += [TOO_LONG] * (TOO_LONG not in made)
        else:
            made += part
            length += taken
    return "\n\n".join(made) + "\n"


# ---- one network -------------------------------------------------------------------------------------------
def write_section(change: NetworkChange) -> list[str]:
    """One network of many, without its layers."""
    side = change.b or change.a
    title = [f"### {escape.markdown(change.name if side is None else write_side(side))}"]
    if change.difference is None:
        return [*title, escape.markdown(f"{write_lone(change)}."), *write_budget(change.verdicts)]
    return [*title, *write_difference(change.difference), *write_budget(change.verdicts)]


def write_difference(difference: NetworkDifference) -> list[str]:
    """What is compared, and the totals."""
    a, b = map(write_side, (difference.a, difference.b))
    if difference.same:
        total = write_figures(difference.a, difference.params.a, difference.macs.a)
        return [escape.markdown(f"{a} and {b} are the same network: {total}.")]
    notes = [*write_ends(difference), *write_expressions(difference)]
    return [
        f"A: {escape.code(a)}<br>B: {escape.code(b)}",
        write_table(*without_empty_end(TOTAL_HEADINGS, write_totals(difference)), TOTAL_RIGHT),
        *["\n".join([f"- {escape.markdown(note)}" for note in notes])] * bool(notes),
    ]


def write_budget(verdicts: Sequence[Verdict]) -> list[str]:
    """The table of a budget, and why limits are not kept; nothing without limits."""
    if not verdicts:
        return []
    rows = [
        (MARKS[verdict.status], *map(escape.markdown, row[1:]))
        for verdict, row in zip(verdicts, write_budget_rows(verdicts), strict=True)
    ]
    reasons = [f"- {escape.markdown(reason)}" for reason in write_reasons(verdicts)]
    return [write_lines(BUDGET_HEADINGS, rows, BUDGET_RIGHT), *["\n".join(reasons)] * bool(reasons)]


def fold_layers(difference: NetworkDifference) -> list[str]:
    """The layers that differ, folded away; nothing where there are none."""
    lines = group_layers(difference)
    if not lines:
        return []
    counts = {status: len(difference.of(status)) for status in (CHANGED, ADDED, REMOVED)}
    said = [f"{count_nouns(number, 'layer')} {status}" for status, number in counts.items() if number]
    title = ", ".join(said) or "Layers whose figures are others"
    table = write_table(*without_empty_end(HEADINGS, [write_row(line) for line in lines]), RIGHT)
    return [f"<details><summary>{title}</summary>", table, "</details>"]


# ---- all of them -------------------------------------------------------------------------------------------
def mark(failed: int, limited: bool) -> str:
    """Whether a budget is kept, before a title."""
    return "✗ " if failed else "✓ " if limited else ""


def write_overview(change: NetworkChange) -> tuple[str, ...]:
    """One network in a row: what happened to it, its figures and how much they changed."""
    side = change.b or change.a
    if side is None:
        return (escape.markdown(change.name), STATUS_MARKS[change.status], "", "", "", "")
    fields = dict.fromkeys(
        [show_field(s.receptive_field) if s.receptive_field else "-" for s in (change.a, change.b) if s]
    )
    failed = sum([verdict.failed for verdict in change.verdicts])
    kept = "✓ kept" if any([verdict.status == KEPT for verdict in change.verdicts]) else ""
    kept = f"✗ **{failed:,} of {len(change.verdicts):,} not kept**" if failed else kept
    return (
        escape.markdown(write_side(side)),
        STATUS_MARKS[change.status],
        *[escape.markdown(write_gain(total)) for total in (change.params, change.macs)],
        escape.markdown(" → ".join(fields)),
        kept,
    )


def write_gain(total: TotalDifference) -> str:
    """A figure as it is, and how much more that is than it was: 190 (+20, +11.8 %)."""
    if total.a is None or total.b is None:
        return show_short(total.b if total.a is None else total.a)
    _, now, gain = write_total(total)
    return now if gain == "0" else f"{now} ({gain.replace(' (', ', ').removesuffix(')')})"


# ---- tables ------------------------------------------------------------------------------------------------
def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int]) -> str:
    """A table of plain words."""
    return write_lines(headings, [[escape.markdown(cell) for cell in row] for row in rows], right)


def write_lines(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int]) -> str:
    """A table of Markdown."""
    made = [headings, ["---:" if i in right else "---" for i in range(len(headings))], *rows]
    return "\n".join([f"| {' | '.join(row)} |" for row in made])
