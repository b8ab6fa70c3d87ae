"""The summary for a terminal of some width, in color: long cells are folded, and rows of unknown shape are red."""

from __future__ import annotations

from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnspec.base.source import printable
from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables.columns import DEFAULT, mark_assumed, write_cells
from cnnspec.tables.layout import write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def write_colored(network: AnalysedNetwork, summary: Summary, width: int, columns: tuple[str, ...] = DEFAULT) -> str:
    """The table of layers with these columns and the totals, with the terminal's codes for colors."""
    columns = mark_assumed(network, columns)
    headings, numeric = find_headings(columns)
    cells, sizes = write_cells(network, summary.layers, columns, width)
    lines = [
        (node.shape is None, [printable(cell) for cell in line])
        for node, line in zip(network.graph.nodes, cells, strict=True)
    ]
    least = [
        longest([line[i] if i in numeric else word for _, line in lines for word in line[i].split()])
        for i in range(len(headings))
    ]
    if sum(least) + 3 * len(least) > width:  # too narrow to keep words whole: fold them rather than cut figures off
        least = [0] * len(least)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        figures = number in numeric
        justify: Literal["left", "right"] = "right" if figures else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=figures, min_width=least[number])
    for unknown, line in lines:
        table.add_row(*[Text(cell, style="red" if unknown else "") for cell in line])
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=True, highlight=False, legacy_windows=False, color_system="standard"
    )  # fmt: skip
    console.print(Text(printable(write_title(network)), style="bold"))
    console.print(table)
    for total in write_totals(network, summary.totals, sizes):
        console.print(Text(printable(total)), soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def longest(texts: list[str]) -> int:
    return max(map(len, texts), default=0)
