"""The page of two networks beside one another: what was added, removed and changed, as a table and in both pictures."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.diff.budget_rows import BUDGET_HEADINGS, BUDGET_RIGHT, write_budget_rows, write_reasons
from cnnspec.diff.difference import ADDED, CHANGED, REMOVED, RESHAPED
from cnnspec.diff.rows import (
    HEADINGS,
    RIGHT,
    TOTAL_HEADINGS,
    TOTAL_RIGHT,
    group_layers,
    without_empty_end,
    write_ends,
    write_expressions,
    write_row,
    write_side,
    write_totals,
)
from cnnspec.draw.boxes.marks import join_numbers
from cnnspec.draw.outline.outline import find_outline
from cnnspec.draw.page.document import merge_styles, write_data, write_document
from cnnspec.draw.page.parts import THEME, write_network
from cnnspec.draw.page.tables import align_cell, write_choice, write_head, write_hidden, write_table
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnnspec.diff.difference import LayerDifference, NetworkDifference
    from cnnspec.diff.verdict import Verdict
    from cnnspec.draw.question import DrawQuestion
    from cnnspec.network import AnalysedNetwork

NAMES = {
    ADDED: "added",
    REMOVED: "removed",
    CHANGED: "changed",
    RESHAPED: "with other figures",
}  # of statuses that are marked
OF_SIGN = {"+": ADDED, "-": REMOVED, "~": CHANGED, "": RESHAPED}
LEGEND = "+ added, - removed, ~ changed; without a sign: other figures because of a change before. A row shows its layers in both pictures, where a dashed frame is round a box of which some layers are so."


def write_comparison(
    difference: NetworkDifference,
    a: AnalysedNetwork,
    b: AnalysedNetwork,
    question: DrawQuestion,
    verdicts: Sequence[Verdict] = (),
) -> str:
    """The page of two networks, their difference, and what comes of a budget on it."""
    depth = min([find_outline(network, question.depth, question.expanded).depth for network in (a, b)])
    question = question.replace(depth=depth)  # so that what is equal looks alike
    titles = write_side(difference.a), write_side(difference.b)
    made = [
        write_network(network, question, side, f"{side.upper()}: {title}")
        for network, side, title in zip((a, b), "ab", titles, strict=True)
    ]
    title = f"{titles[0]} and {titles[1]}"
    header = f"<header><h1>{xml(title)}</h1><p>{xml(write_result(difference, verdicts))}</p>{THEME}</header>"
    sides = "".join([part for part, _ in made])
    body = f'{header}\n<main>{write_difference(a, b, difference, verdicts)}<div class="pair">{sides}</div></main>'
    return write_document(title, body, merge_styles([style for _, style in made]))


def write_result(difference: NetworkDifference, verdicts: Sequence[Verdict] = ()) -> str:
    """ "2 added, 1 removed, 3 changed; 1 of 2 limits not kept", or that there is nothing to tell."""
    counts = [f"{len(difference.of(status)):,} {name}" for status, name in NAMES.items() if difference.of(status)]
    said = ", ".join(counts) or "No layer differs; what follows says what does."
    if difference.same:
        said = "They are the same network."
    if not verdicts:
        return said
    failed = sum([verdict.failed for verdict in verdicts])
    limits = count_nouns(len(verdicts), "limit")
    return f"{said.removesuffix('.')}; {f'{failed:,} of {limits} not kept' if failed else 'no limit broken'}"


def write_budget(verdicts: Sequence[Verdict]) -> str:
    """The table of a budget, and why limits are not kept; nothing without limits."""
    if not verdicts:
        return ""
    rows = [
        f'<tr class="{verdict.status}">{write_cells(row, BUDGET_RIGHT)}</tr>'
        for verdict, row in zip(verdicts, write_budget_rows(verdicts), strict=True)
    ]
    reasons = "".join([f"<p>{xml(reason)}</p>" for reason in write_reasons(verdicts)])
    return f'<div class="wide" tabindex="0">{write_table(write_heads(BUDGET_HEADINGS, BUDGET_RIGHT, False), rows)}</div>{reasons}'


def write_difference(
    a: AnalysedNetwork, b: AnalysedNetwork, difference: NetworkDifference, verdicts: Sequence[Verdict] = ()
) -> str:
    """The table of what differs, that of the totals, and that of a budget."""
    places = ({node.name: node.index for node in network.graph.nodes} for network in (a, b))
    in_a, in_b = places
    lines = group_layers(difference)
    headings, cells = without_empty_end(HEADINGS, [write_row(line) for line in lines])
    rows = []
    for line, row in zip(lines, cells, strict=True):
        own = [in_a[layer.a.name] for layer in line.layers if layer.a is not None]
        other = [in_b[layer.b.name] for layer in line.layers if layer.b is not None]
        attributes = f'class="{OF_SIGN[line.sign]}" data-a="{join_numbers(own)}" data-b="{join_numbers(other)}"'
        rows.append(f"<tr {attributes}>{write_cells(row, RIGHT, 'Show')}</tr>")
    data = write_data(
        {"marks": find_marks(difference.layers, in_a, in_b), "pairs": find_pairs(difference.layers, in_a, in_b)}
    )
    total_headings, total_cells = without_empty_end(TOTAL_HEADINGS, write_totals(difference))
    totals = [f"<tr>{write_cells(row, TOTAL_RIGHT)}</tr>" for row in total_cells]
    more = "".join([f"<p>{xml(words)}</p>" for words in (*write_ends(difference), *write_expressions(difference))])
    table = write_table(write_heads(headings, RIGHT, True), rows) if rows else ""
    return (
        f'<section class="pane difference" aria-label="What differs">{data}<div class="table"><div class="wide" tabindex="0">'
        f'{table}</div></div><p class="note">{LEGEND}</p>{more}'
        f'<div class="wide" tabindex="0">{write_table(write_heads(total_headings, TOTAL_RIGHT, False), totals)}</div>{write_budget(verdicts)}</section>'
    )


def find_marks(
    layers: Sequence[LayerDifference], in_a: dict[str, int], in_b: dict[str, int]
) -> dict[str, dict[str, list[int]]]:
    """Of either network the layers that are marked, by the classes of their marks."""
    marks: dict[str, dict[str, list[int]]] = {"a": {}, "b": {}}
    for layer in layers:
        for side, row, places in (("a", layer.a, in_a), ("b", layer.b, in_b)):
            if row is not None and layer.status in NAMES:
                marks[side].setdefault(layer.status, []).append(places[row.name])
    return marks


def find_pairs(layers: Sequence[LayerDifference], in_a: dict[str, int], in_b: dict[str, int]) -> list[tuple[int, int]]:
    """The layers that are one another's partners."""
    return [(in_a[one.a.name], in_b[one.b.name]) for one in layers if one.a is not None and one.b is not None]


# ---- tables ------------------------------------------------------------------------------------------------------
def write_heads(headings: Sequence[str], right: Collection[int], sorts: bool) -> list[str]:
    return [write_head(xml(one) or write_hidden("Sign"), i in right, sorts) for i, one in enumerate(headings)]


def write_cells(cells: Sequence[str], right: Collection[int], shows: str = "") -> str:
    """Cells of a row, the first of which says its sign or its name; with `shows` the one of the change is a button."""
    made = []
    for column, words in enumerate(cells):
        text = write_choice(xml(words)) if shows and column == HEADINGS.index("Change") else xml(words)
        side = align_cell(column in right)
        made.append(f'<th scope="row">{text}</th>' if column == 0 and not shows else f"<td{side}>{text}</td>")
    return "".join(made)
