"""An answer as tables: a title, tables, and lines below them; every form that is no text for a terminal is written from it."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.tables.html import HtmlTable

FORMS = ("markdown", "latex", "html")  # what `write_report` writes
TABLE_FORMATS = ("text", "markdown", "csv", "latex", "json")  # in which a command prints a table


class Report(Record):
    """A title, "" for none, tables and lines."""

    title: str
    tables: Sequence[HtmlTable]
    lines: Sequence[str] = ()


def write_report(report: Report, format: str) -> str:
    """The report in one of FORMS; a form is imported when it is asked for."""
    if format == "latex":
        from cnnspec.tables.latex import write_latex

        return write_latex(report)
    if format == "html":
        from cnnspec.tables.html import write_html

        return write_html(report)
    from cnnspec.tables.markdown import write_markdown

    return write_markdown(report)
