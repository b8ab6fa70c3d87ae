"""A sweep as text: how many candidates are legal and why others are not, what is kept, the best and the front."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words
from cnnspec.base.percent import percent
from cnnspec.base.wrapping import count_columns
from cnnspec.sweep.bars import write_bars, write_title
from cnnspec.sweep.structure import Parameter
from cnnspec.sweep.table import read_rows, show_option, show_values
from cnnspec.tables.page import GAP, Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cnnspec.sweep.histogram import Histogram
    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.sweep import Found

MOST_REASONS = 8
SHORTEST_BAR, LONGEST_BAR = 4, 40  # signs
COUNTS = ("Candidates", "Number", "Share", "")
WHY = "Illegal, because for example"


def write_text(found: Found, name: str, width: int | None = None) -> str:
    """What was found in the network of that name."""
    page = Page(width)
    page.add_texts([write_head(found, name), ""])
    page.add_table(Table(COUNTS, write_counts(found), {1, 2}))
    if found.reasons:
        page.add_texts(["", WHY])
        page.add_texts([f"  {line}" for line in write_reasons(found)], 4)
    for title, kept in list_tables(found):
        page.add_texts(["", title])
        headings, rows = write_candidates(kept, found)
        page.add_table(Table(headings, rows, set(range(len(headings))), ("Number",)))
    for histogram in found.histograms:
        if found.kept:
            page.add_texts(["", write_title(histogram)])
            page.add_table(fit_bars(width, histogram))
    notes = write_notes(found)
    page.add_texts([""] * bool(notes) + notes)
    return page.write(also="as does --format json")


def fit_bars(width: int | None, histogram: Histogram) -> Table:
    """The table of a histogram, with bars as long as there is room for."""
    headings, rows = write_bars(histogram, 0)
    bare = Table(headings, rows, set(range(len(headings))))
    page = Page()
    page.add_table(bare)
    longest = LONGEST_BAR if width is None else min(width - max(map(count_columns, page.lines)) - GAP, LONGEST_BAR)
    if longest < SHORTEST_BAR:
        return bare
    headings, rows = write_bars(histogram, longest)
    return Table(headings, rows, set(range(len(headings) - 1)))


def write_head(found: Found, name: str) -> str:
    """What was gone over."""
    space = found.request.space
    axes = f"{len(space.axes)} {'axes' if len(space.axes) > 1 else 'axis'}"
    which = f"{count_nouns(space.count, 'candidate')} on {axes}"
    if found.asked < space.count:
        which = f"{found.asked:,} of {which}, drawn with seed {found.request.seed}"
    return f'Candidates of "{name}": {which}'


def write_counts(found: Found) -> list[tuple[str, str, str, str]]:
    """How many are legal, and how many are kept."""
    illegal = found.done - found.legal
    rows = [
        ("legal", f"{found.legal:,}", share(found.legal, found.done), ""),
        ("illegal", f"{illegal:,}", share(illegal, found.done), ""),
    ]
    if found.done < found.asked:
        rows.insert(0, ("done", f"{found.done:,}", share(found.done, found.asked), "stopped before its end"))
    left = found.legal
    for condition, unmet in zip(found.request.conditions, found.unmet, strict=True):
        left -= unmet
        rows.append(("of these", f"{left:,}", share(left, found.done), f"with {condition.text}"))
    return rows


def share(count: int, of: int) -> str:
    return percent(count / of) if of else "-"


def write_reasons(found: Found) -> list[str]:
    """Why candidates are illegal, the most frequent reason first."""
    lines = []
    for reason, count in found.reasons[:MOST_REASONS]:
        place = f"{reason.error.span.origin}: " if reason.error.span else ""
        lines.append(f"{count:,}: {place}{reason.error.message}; with {write_example(reason.example, found)}")
    left = found.reasons[MOST_REASONS:]
    if left:
        lines.append(f"{sum([count for _, count in left]):,}: {count_nouns(len(left), 'other reason')}")
    return lines


def write_example(example: Mapping[str, Any], found: Found) -> str:
    """The options of a candidate: size=8, w[0]=16."""
    parts = []
    for axis in found.request.space.axes:
        value = example[axis.parameter]
        value = value if axis.element is None else value[axis.element]
        parts.append(f"{axis.name}={show_option(axis.parameter, value)}")
    return ", ".join(parts)


def list_tables(found: Found) -> Iterator[tuple[str, Kept]]:
    """The tables of candidates with their titles."""
    request = found.request
    if request.top and found.best.count:
        order = ", ".join(map(str, request.by))
        some = found.best.count < found.kept
        first = "The first" if found.best.count == 1 else f"The first {found.best.count:,}"
        yield (f"{first} by {order}" if some else f"By {order}"), found.best
    if request.front and found.front.count:
        yield f"Beaten by no other in {join_words([*map(str, request.front)])}: {found.front.count:,}", found.front


def write_candidates(kept: Kept, found: Found) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows of a table of candidates."""
    request, axes = found.request, found.request.space.axes
    shown = {n: q for n, q in enumerate(request.question.quantities) if not isinstance(q, Parameter)}
    rows = [
        (
            f"{row.number:,}",
            *[show_option(axis.parameter, option) for axis, option in zip(axes, row.options, strict=True)],
            *[show_values(quantity, row.figures[place]) for place, quantity in shown.items()],
        )
        for row in read_rows(kept, request)
    ]
    return ("Number", *[axis.name for axis in axes], *map(str, shown.values())), rows


def write_notes(found: Found) -> list[str]:
    """What else is to be said."""
    notes = []
    if found.divided:
        notes.append(
            f"{found.divided:,} candidates would divide by zero, or take the logarithm of zero, in a condition, and are left out"
        )
    if found.singly:
        why = f"as one could not be followed ({found.trouble})"
        notes.append(f"{found.singly:,} candidates were computed one by one, {why}")
    return notes
