"""The summary as text: the table as `model.summary()` shows it, every line as long as it needs to be."""

from __future__ import annotations

from cnnspec.summary.total_lines import find_headings, write_totals
from cnnspec.tables.columns import DEFAULT, mark_assumed, write_cells
from cnnspec.tables.layout import join_lines, lay_out, write_title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary

SUM_WIDTH = 100  # of a line of a total that is a sum


def write_text(network: AnalysedNetwork, summary: Summary, columns: tuple[str, ...] = DEFAULT) -> str:
    """The table of layers with these columns, and the totals."""
    columns = mark_assumed(network, columns)
    headings, numeric = find_headings(columns)
    cells, sizes = write_cells(network, summary.layers, columns)
    lines = [write_title(network), "", *lay_out([headings, *cells], numeric), ""]
    return join_lines(
        lines + [part for total in write_totals(network, summary.totals, sizes) for part in fold_sum(total)]
    )


def fold_sum(line: str) -> list[str]:
    """A long sum over several lines, its convention behind it."""
    total, bracket, convention = line.rpartition(" (")
    first, *terms = total.split(" + ")
    lines = [first]
    for term in terms:
        whole = lines[-1].count("(") == lines[-1].count(")")
        if whole and len(lines[-1]) + len(term) > SUM_WIDTH:
            lines.append("     ")
        lines[-1] += f" + {term}"
    if terms and len(lines[-1] + convention) > SUM_WIDTH + 20:
        return [*lines, f"      ({convention}"]
    return [*lines[:-1], lines[-1] + bracket + convention]
