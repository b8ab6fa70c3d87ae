"""Answers as HTML, for notebooks and web pages: a title, tables whose rows may fold away, and lines below them.

Nothing in it runs, is loaded from elsewhere or has an id, so that outputs beside one another keep apart. The style takes the
colors of JupyterLab's and VS Code's themes, elsewhere those that the system prefers. Some viewers take it away (a notebook
that is not trusted, GitHub), so that elements and attributes say what belongs where, too.
"""

from __future__ import annotations

from functools import cache

from cnnspec.base.record import Record
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cnnspec.tables.report import Report

NARROWEST, WIDEST = 10, 28  # characters that a column of words is wide, in a table that folds
PADDING = 2  # in characters


class FoldedRows(Record):
    """Rows of a table, from `first` up to, not including, `behind`, that fold away below a sentence; `inner` are those among
    them that fold away once more."""

    first: int
    behind: int
    summary: str
    inner: tuple[FoldedRows, ...] = ()


class HtmlTable(Record):
    """A table: the columns in `right` (of numbers) end at the right, the rows in `red` are those to look at first.

    `folded` are rows that fold away; with `folds` the whole table does, below its title. What folds is seen at first where
    `seen` says so.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Collection[int] = ()
    red: Collection[int] = ()
    title: str = ""
    folded: Sequence[FoldedRows] = ()
    folds: bool = False
    seen: bool = True


def write_html(report: Report) -> str:
    """The whole of an answer, all words escaped."""
    return write_page(report.title, report.tables, report.lines)


def write_page(title: str, tables: Iterable[HtmlTable], lines: Iterable[str] = ()) -> str:
    """A title, tables, and lines below them, all words escaped."""
    return write_frame(title, "".join(map(write_table, tables)) + write_lines(lines))


def write_frame(title: str, body: str) -> str:
    """The whole of an output: its title, and HTML below it."""
    head = f"<p><b>{xml(title)}</b></p>" if title else ""
    return f'<div class="cnnspec"><style>{read_style()}</style>{head}{body}</div>'


@cache
def read_style() -> str:
    from importlib.resources import files

    text = files("cnnspec.tables").joinpath("html_style.css").read_text(encoding="utf-8")
    return " ".join(text.split())


def write_lines(lines: Iterable[str]) -> str:
    below = "<br>".join([xml(line.rstrip()) for line in lines if line.strip()])
    return f"<p>{below}</p>" if below else ""


def write_details(summary: str, body: str, seen: bool = False) -> str:
    """HTML that folds away below a sentence."""
    return f"<details{' open' * seen}><summary>{xml(summary)}</summary>{body}</details>"


# ---- tables --------------------------------------------------------------------------------------------------------
def write_table(table: HtmlTable) -> str:
    """One table; nothing where it has no rows."""
    if not table.rows:
        return ""
    if table.folds:
        return write_details(table.title, write_table(table.replace(folds=False, title="")), table.seen)
    title = f"<caption align='left' style='text-align:left'>{xml(table.title)}</caption>" if table.title else ""
    return f'<div class="wide">{write_part(table, 0, len(table.rows), table.folded, title)}</div>'


def write_part(table: HtmlTable, first: int, behind: int, folded: Iterable[FoldedRows], title: str = "") -> str:
    """Some of the rows as a table, those that fold away as such a part in one cell."""
    rows = "".join(write_rows(table, first, behind, folded))
    kind, columns = write_widths(table) if table.folded else ("", "")
    headings = [write_cell(table, i, heading, "th", "col") for i, heading in enumerate(table.headings)]
    head = f"<thead><tr>{''.join(headings)}</tr></thead>" if any(table.headings) else ""
    return f"<table{kind}>{title}{columns}{head}<tbody>{rows}</tbody></table>"


def write_widths(table: HtmlTable) -> tuple[str, str]:
    """How wide a table is that folds, and the share of each column, so that all parts of it have the same; by the longest cell
    of each: figures stand whole, words may be wrapped."""
    sizes = []
    for i, column in enumerate(zip(table.headings, *table.rows, strict=True)):
        longest = max(map(len, column))
        sizes.append(PADDING + (longest if i in table.right else max(NARROWEST, min(longest, WIDEST))))
    columns = "".join([f"<col width='{100 * size / sum(sizes):.0f}%'>" for size in sizes])
    return f" class='folding' style='min-width:{sum(sizes)}ch'", f"<colgroup>{columns}</colgroup>"


def write_rows(table: HtmlTable, first: int, behind: int, folded: Iterable[FoldedRows]) -> Iterator[str]:
    row = first
    for fold in folded:
        yield from [write_row(table, i) for i in range(row, fold.first)]
        part = write_details(fold.summary, write_part(table, fold.first, fold.behind, fold.inner), table.seen)
        yield f"<tr><td class='group' colspan='{len(table.headings)}' style='text-align:left'>{part}</td></tr>"
        row = fold.behind
    yield from [write_row(table, i) for i in range(row, behind)]


def write_row(table: HtmlTable, number: int) -> str:
    """A row, which its first cell heads."""
    first, *rest = table.rows[number]
    cells = [write_cell(table, 0, first, "th", "row") if first else write_cell(table, 0, first)]
    cells += [write_cell(table, i, cell) for i, cell in enumerate(rest, 1)]
    look = " class='error'" if number in table.red else ""
    return f"<tr{look}>{''.join(cells)}</tr>"


def write_cell(table: HtmlTable, column: int, words: str, tag: str = "td", scope: str = "") -> str:
    """A cell. Where its words begin is said at each, since JupyterLab has a side of its own."""
    side = "align='right'" if column in table.right else "style='text-align:left'"
    side = f"align='left' {side}" if scope and column not in table.right else side  # where styles are taken away
    heads = f" scope='{scope}'" if scope else ""
    return f"<{tag} {side}{heads}>{xml(words)}</{tag}>"
