r"""Tables in LaTeX, each a tabular that \input puts into a paper; what a page says beside them stands in comments.

Its rules are those of booktabs where the paper loads that package, else plain lines.
"""

from __future__ import annotations

import re

from cnnspec.base.source import printable
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnnspec.tables.report import Report

RULES = "".join([rf"\providecommand{{\{rule}}}{{\hline}}" for rule in ("toprule", "midrule", "bottomrule")])
SHAPE = re.compile(r"(?:[0-9]+|[A-Z]|\?)(?:x(?:[0-9]+|[A-Z]|\?))+")
NEGATIVE = re.compile(r"-[0-9]")
ENDS = "[*"  # what \\ would take for its own at the beginning of a row


def write_latex(report: Report) -> str:
    """The whole of an answer; a table without rows is left out."""
    tables = [table for table in report.tables if table.rows]
    parts = [write_comment(line) for line in (report.title, *report.lines) if line.strip()]
    parts += [RULES] * bool(tables)
    for number, table in enumerate(tables):
        parts += [""] * (number > 0) + [write_comment(table.title)] * bool(table.title)
        parts.append(write_tabular(table.headings, table.rows, table.right))
    return "\n".join(parts) + "\n"


def write_comment(line: str) -> str:
    return f"% {printable(line.strip())}"


def write_tabular(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """One table; the columns in `right` (of figures) end at the right."""
    sides = "".join(["r" if i in right else "l" for i in range(len(headings))])
    head = [write_row(headings), r"\midrule"] if any(headings) else []
    lines = [rf"\begin{{tabular}}{{{sides}}}", r"\toprule", *head, *map(write_row, rows), r"\bottomrule"]
    return "\n".join([*lines, r"\end{tabular}"])


def write_row(cells: Sequence[str]) -> str:
    first, *rest = cells
    safe = "{}" * (first[:1] in (*ENDS,)) + escape.latex(first)
    return rf"{' & '.join([safe, *map(write_cell, rest)])} \\"


def write_cell(cell: str) -> str:
    """Words; a shape with crosses, a negative figure with a minus."""
    if SHAPE.fullmatch(cell):
        return cell.replace("x", r"$\times$")
    return f"$-${escape.latex(cell[1:])}" if NEGATIVE.match(cell) else escape.latex(cell)
