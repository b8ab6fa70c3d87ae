"""Answers as HTML, for notebooks and web pages: a title, tables, and lines below them.

Nothing in it runs or is loaded from elsewhere. Text and rules take the color of the page, so that they are seen on a light one
and on a dark one; the red of a row is read on both.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

RED = "#e0454b"
CELL = "padding:.15em .7em;vertical-align:top;text-align:"


class HtmlTable(Record):
    """A table: the columns in `right` (of numbers) end at the right, the rows in `red` are those to look at first."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Collection[int] = ()
    red: Collection[int] = ()
    title: str = ""


def write_page(title: str, tables: Iterable[HtmlTable], lines: Iterable[str] = ()) -> str:
    """A title, tables, and lines below them, all words escaped."""
    below = "<br>".join([xml(line.rstrip()) for line in lines if line.strip()])
    return f"<div><b>{xml(title)}</b>{''.join(map(write_table, tables))}" + f"<p>{below}</p>" * bool(below) + "</div>"


def write_table(table: HtmlTable) -> str:
    """One table; nothing where it has no rows."""
    if not table.rows:
        return ""
    sides = ["right" if i in table.right else "left" for i in range(len(table.headings))]
    styles = [f"{CELL}{side};border-bottom:1px solid" for side in sides]
    head = f"<thead>{write_row('th', table.headings, styles)}</thead>" if any(table.headings) else ""
    cells = [f"{CELL}{side}" for side in sides]
    body = "".join([write_row("td", row, cells, i in table.red) for i, row in enumerate(table.rows)])
    title = f"<p><b>{xml(table.title)}</b></p>" if table.title else ""
    return f"{title}<table style='border-collapse:collapse;margin:.5em 0'>{head}<tbody>{body}</tbody></table>"


def write_row(tag: str, row: Sequence[str], styles: Sequence[str], red: bool = False) -> str:
    cells = [f"<{tag} style='{style}'>{xml(cell)}</{tag}>" for cell, style in zip(row, styles, strict=True)]
    style = f" style='color:{RED}'" if red else ""
    return f"<tr{style}>{''.join(cells)}</tr>"
