"""A sweep as text: how many candidates are legal and why others are not, what is kept, the best and the front."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.join_words import join_words
from cnnspec.base.percent import percent
from cnnspec.sweep.structure import Parameter
from cnnspec.sweep.table import read_rows, show_option, show_values
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.sweep import Found

MOST_REASONS = 8


def write_text(found: Found, name: str, width: int | None = None) -> str:
    """What was found in the network of that name."""
    page = Page(width)
    page.add_text(write_head(found, name))
    page.add_text()
    add_counts(page, found)
    add_reasons(page, found)
    request = found.request
    if request.top and found.best.count:
        order = ", ".join(map(str, request.by))
        page.add_texts(
            ["", f"The first {found.best.count:,} by {order}" if found.best.count < found.kept else f"By {order}"]
        )
        add_candidates(page, found.best, found)
    if request.front and found.front.count:
        page.add_texts(
            ["", f"Beaten by no other in {join_words(tuple(map(str, request.front)))}: {found.front.count:,}"]
        )
        add_candidates(page, found.front, found)
    page.add_texts(write_notes(found))
    return page.write(also="as does --format json")


def write_head(found: Found, name: str) -> str:
    space = found.request.space
    axes = f"{len(space.axes)} {'axes' if len(space.axes) > 1 else 'axis'}"
    which = f"{count_nouns(space.count, 'candidate')} on {axes}"
    if found.asked < space.count:
        which = f"{found.asked:,} of {which}, drawn with seed {found.request.seed}"
    return f'Candidates of "{name}": {which}'


def add_counts(page: Page, found: Found) -> None:
    """How many are legal, and how many are kept."""
    rows = (
        [("done", f"{found.done:,}", percent(found.done / found.asked), "stopped before its end")]
        if found.done < found.asked
        else []
    )
    rows.append(("legal", f"{found.legal:,}", share(found.legal, found.done), ""))
    rows.append(("illegal", f"{found.done - found.legal:,}", share(found.done - found.legal, found.done), ""))
    left = found.legal
    for condition, unmet in zip(found.request.conditions, found.unmet, strict=True):
        left -= unmet
        rows.append(("of these", f"{left:,}", share(left, found.done), f"with {condition.text}"))
    page.add_table(Table(("Candidates", "Number", "Share", ""), rows, {1, 2}))


def share(count: int, of: int) -> str:
    return percent(count / of) if of else "-"


def add_reasons(page: Page, found: Found) -> None:
    """Why candidates are illegal, the most frequent reason first."""
    if not found.reasons:
        return
    page.add_texts(["", "Illegal, because for example"])
    for reason, count in found.reasons[:MOST_REASONS]:
        place = f"{reason.error.span.origin}: " if reason.error.span else ""
        page.add_text(f"  {count:,}: {place}{reason.error.message}; with {write_example(reason.example, found)}", 4)
    left = found.reasons[MOST_REASONS:]
    if left:
        page.add_text(f"  {sum([count for _, count in left]):,}: {count_nouns(len(left), 'other reason')}")


def write_example(example: Mapping[str, Any], found: Found) -> str:
    """The options of a candidate: size=8, w[0]=16."""
    parts = []
    for axis in found.request.space.axes:
        value = example[axis.parameter]
        value = value if axis.element is None else value[axis.element]
        parts.append(f"{axis.name}={show_option(axis.parameter, value)}")
    return ", ".join(parts)


def add_candidates(page: Page, kept: Kept, found: Found) -> None:
    """A table of candidates."""
    request = found.request
    quantities = [q for q in request.question.quantities if not isinstance(q, Parameter)]
    places = [n for n, q in enumerate(request.question.quantities) if not isinstance(q, Parameter)]
    axes = request.space.axes
    rows = [
        (
            f"{row.number:,}",
            *[show_option(axis.parameter, option) for axis, option in zip(axes, row.options, strict=True)],
            *[show_values(quantity, row.figures[place]) for quantity, place in zip(quantities, places, strict=True)],
        )
        for row in read_rows(kept, request)
    ]
    headings = ("Number", *[axis.name for axis in axes], *map(str, quantities))
    page.add_table(Table(headings, rows, set(range(len(headings))), ("Number",)))


def write_notes(found: Found) -> list[str]:
    """What else is to be said."""
    notes = []
    if found.divided:
        notes.append(f"{found.divided:,} candidates would divide by zero in a condition, and are left out")
    if found.singly:
        notes.append(
            f"{found.singly:,} candidates were computed one by one, as one could not be followed ({found.trouble})"
        )
    return ["", *notes] if notes else []
