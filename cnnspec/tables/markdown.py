"""Tables in Markdown, for READMEs and comments on pull requests: the title in bold, tables, and the lines below them as a list."""

from __future__ import annotations

from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnnspec.tables.report import Report


def write_markdown(report: Report) -> str:
    """The whole of an answer; a table without rows is left out."""
    parts = [f"**{escape.markdown(report.title)}**"] if report.title else []
    for table in report.tables:
        if table.rows:
            parts += [escape.markdown(table.title)] if table.title else []
            parts.append(write_table(table.headings, table.rows, table.right))
    parts += [write_list(report.lines)] if any(map(str.strip, report.lines)) else []
    return "\n\n".join(parts) + "\n" * bool(parts)


def write_table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """One table; the columns in `right` (of figures) end at the right."""
    rule = ["---:" if i in right else "---" for i in range(len(headings))]
    lines = [[escape.markdown(heading).replace("\\#", "#") for heading in headings], rule]  # which begin no line
    lines += [[escape.markdown(cell) for cell in row] for row in rows]
    return "\n".join([f"| {' | '.join(line)} |" for line in lines])


def write_list(lines: Sequence[str]) -> str:
    return "\n".join([f"- {escape.markdown(line.strip())}" for line in lines if line.strip()])
