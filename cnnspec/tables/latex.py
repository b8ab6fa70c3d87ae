r"""Tables in LaTeX, each a tabular that \input puts into a paper; what a page says beside them stands in comments.

Its rules are those of booktabs where the paper loads that package, else plain lines.
"""

from __future__ import annotations

from cnnspec.base.source import printable
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnnspec.tables.report import Report

RULES = "".join([rf"\providecommand{{\{rule}}}{{\hline}}" for rule in ("toprule", "midrule", "bottomrule")])
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
    lines = [rf"\begin{{tabular}}{{{sides}}}", r"\toprule", write_row(headings), r"\midrule"]
    return "\n".join([*lines, *map(write_row, rows), r"\bottomrule", r"\end{tabular}"])


def write_row(cells: Sequence[str]) -> str:
    first, *rest = map(escape.latex, cells)
    safe = f"{{}}{first}" if first[:1] and first[0] in ENDS else first
    return rf"{' & '.join([safe, *rest])} \\"
