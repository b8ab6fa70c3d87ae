"""An answer as text: the parameters, the figures, the conditions and what binds, the proof; or why nothing fits."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.percent import percent
from cnnspec.solve.answer import BEST, BOUNDED, MOST_FACTOR, NOTHING
from cnnspec.sweep.structure import Parameter
from cnnspec.sweep.table import show_option, show_quantity, show_values
from cnnspec.syntax import tree
from cnnspec.tables.figures import show_figure
from cnnspec.tables.page import Page, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.solve.answer import Obstacle, Solved
    from cnnspec.solve.question import Request
    from cnnspec.sweep.space import Axis

PARAMETERS = ("Parameter", "Value", "Options", "")
FIGURES = ("Figure", "Value")
CONDITIONS = ("Condition", "Value", "Limit", "Used", "")
HOW = {
    "exhaustive": "all candidates were gone through",
    "chain": "by Lagrange multipliers and branching",
    "cp-sat": "by CP-SAT",
    "scale": "all roundings were gone through",
}


def write_text(solved: Solved, name: str, width: int | None = None) -> str:
    """The answer for the network of that name."""
    page = Page(width)
    page.add_texts([write_head(solved, name), "", *write_proof(solved)])
    for headings, rows, right in list_tables(solved):
        page.add_text()
        page.add_table(Table(headings, rows, right))
    lines = write_notes(solved)
    page.add_texts([""] * bool(lines) + lines, 2)
    return page.write(also="as does --format json")


def write_head(solved: Solved, name: str) -> str:
    request = solved.request
    axes = len(request.space.axes)
    which = f"{count_nouns(request.space.count, 'candidate')} on {axes} {'axes' if axes > 1 else 'axis'}"
    if solved.search.method == "scale":
        which = f"{count_nouns(solved.search.steps, 'rounding')} of its widths"
    return f'{write_objective(request)} of "{name}": {which}'


def write_objective(request: Request) -> str:
    return f"{'Largest' if request.objective.is_largest else 'Smallest'} {request.objective}"


def write_proof(solved: Solved) -> list[str]:
    """What was found, and what is proven of it."""
    search, request = solved.search, solved.request
    how = HOW[search.method]
    if solved.status == NOTHING:
        if solved.why or any([obstacle.is_alone for obstacle in solved.obstacles]):
            return [f"Nothing fits: proven, {how}."]
        return [
            f"No legal candidate meets {'the conditions' if request.conditions else 'what is asked'}: proven, {how}."
        ]
    if solved.value is None:
        return [f"Nothing was found in {request.seconds:g} seconds, and nothing is proven: {how}."]
    value, beyond = show_figure(solved.value), "larger" if request.objective.is_largest else "smaller"
    if search.method == "scale":
        sizes = request.space.sizes
        if search.digits == tuple([size - 1 for size in sizes]):
            return [f"{value}: all of the factors up to {MOST_FACTOR} that are larger make the same widths, {how}."]
        return [f"{value}, and no factor that makes the widths larger fits: proven, {how}."]
    if solved.status == BEST:
        return [f"{value}, and no other is {beyond}: proven, {how}."]
    if solved.status == BOUNDED:
        bound = show_figure(solved.bound)
        return [f"{value}, and no other is {beyond} than {bound}: the gap is {percent(solved.gap)}, {how}."]
    return [f"{value}; that no other is {beyond} is not proven: {how}, and stopped before its end."]


def list_tables(solved: Solved) -> list[tuple[tuple[str, ...], list[tuple[str, ...]], set[int]]]:
    """The tables of an answer: headings, rows, and which columns end at the right."""
    if solved.value is None:
        return []
    request = solved.request
    axes = [
        (axis.name, show_option(axis.parameter, option), write_options(axis), write_end(axis, option))
        for axis, option in zip(request.space.axes, solved.options, strict=True)
    ]
    figures = [
        (str(quantity), show_values(quantity, values))
        for quantity, values in zip(request.quantities, solved.figures, strict=True)
        if not isinstance(quantity, Parameter)
    ]
    limits: list[tuple[str, ...]] = [
        (limit.text, show_side(solved, n, limit.left), show_side(solved, n, limit.right), write_used(solved, n, limit.left, limit.right),
         "binds" if limit.binds else "")
        for n, limit in enumerate(solved.limits)
    ]  # fmt: skip
    made: list[Any] = [(PARAMETERS, axes, {1}), (FIGURES, figures, {1})]
    return [*made, (CONDITIONS, limits, {1, 2, 3})] if limits else made


def write_options(axis: Axis) -> str:
    """The options of an axis, in short: 8..64, 8 options."""
    first, last = (show_option(axis.parameter, axis.options[place]) for place in (0, -1))
    if len(axis.options) == 1:
        return first
    if isinstance(axis.options[0], (list, tuple)):
        return f"{len(axis.options):,} options"
    return f"{first}, {last}" if len(axis.options) == 2 else f"{first} to {last}, {len(axis.options):,} options"


def write_end(axis: Axis, option: Any) -> str:
    """Whether an option is the last, or the first, of numbers that could go on."""
    if len(axis.options) < 3 or not all([type(value) in (int, float) for value in axis.options]):
        return ""
    return "at its largest" if option == max(axis.options) else "at its smallest" if option == min(axis.options) else ""


def show_side(solved: Solved, number: int, value: Any) -> str:
    """A side of a condition, in the units of its quantities."""
    names = [quantity.name for quantity in solved.request.conditions[number].quantities]
    return "" if value is None else show_quantity(names[0] if len(names) == 1 else "", value)


def write_used(solved: Solved, number: int, left: Any, right: Any) -> str:
    """The share of an upper limit that is used."""
    node = solved.request.conditions[number].node
    is_upper = isinstance(node, tree.Compare) and node.operator in ("<", "<=")
    return percent(left / right) if is_upper and left is not None and right > 0 and left >= 0 else ""


def write_obstacles(solved: Solved) -> list[str]:
    """Why nothing fits."""
    if solved.status != NOTHING:
        return []
    alone = [obstacle for obstacle in solved.obstacles if obstacle.is_alone]
    unknown = [obstacle.text for obstacle in solved.obstacles if obstacle.is_alone is None]
    if unknown and not alone:
        return [
            f"It was not found whether any legal candidate meets {'; or '.join(unknown)}, whatever the other conditions."
        ]
    if solved.obstacles and not alone:
        return ["Each condition can be met alone, but not all together."]
    places = {obstacle.text: number for number, obstacle in enumerate(solved.obstacles)}
    return [write_obstacle(solved, places[obstacle.text], obstacle) for obstacle in alone]


def write_obstacle(solved: Solved, number: int, obstacle: Obstacle) -> str:
    if obstacle.nearest is None or obstacle.options is None:
        return f"No legal candidate meets {obstacle.text}, whatever the other conditions."
    nearest = show_side(solved, number, obstacle.nearest[0])
    axes = {axis.name: axis.parameter for axis in solved.request.space.axes}
    at = ", ".join([f"{name}={show_option(axes[name], option)}" for name, option in obstacle.options.items()])
    which = "the least" if solved.search.method == "scale" else "the nearest"
    what = f"No legal candidate meets {obstacle.text}, whatever the other conditions: {which} has {nearest}, with {at}"
    return f"{what} ({obstacle.heaviest})." if obstacle.heaviest else f"{what}."


def write_notes(solved: Solved) -> list[str]:
    """What else is to be said."""
    notes = write_obstacles(solved)
    if solved.why:
        notes.append(solved.why)
    if solved.search.trouble:
        notes.append(f"What a candidate does could not always be followed ({solved.search.trouble}).")
    return notes
