"""Tables of a page, from cells that are HTML already; a column whose head is a button can be sorted by it."""

from __future__ import annotations

from cnnspec.tables.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def write_table(heads: Iterable[str], rows: Iterable[str]) -> str:
    return f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def write_head(words: str, numeric: bool, sorts: bool = True) -> str:
    """The head of a column; `words` are HTML."""
    if not sorts:
        return f'<th scope="col"{align_cell(numeric)}>{words}</th>'
    return f'<th scope="col" aria-sort="none"{align_cell(numeric)}>{write_choice(words)}</th>'


def write_choice(words: str) -> str:
    """Words that can be pressed; they are HTML."""
    return f'<button type="button" class="plain">{words}</button>'


def align_cell(numeric: bool) -> str:
    """Where the words of a cell stand."""
    return ' class="number"' if numeric else ""


def write_hidden(words: str) -> str:
    """Words for those alone who hear the page."""
    return f'<span class="heard">{xml(words)}</span>'
