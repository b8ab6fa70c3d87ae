"""An evaluation as HTML tables: every class, and which are taken for which."""

from __future__ import annotations

from cnnspec.tables.html import HtmlTable, write_page
from cnnspec.train.evaluation.text import (
    UNDEFINED,
    choose_classes,
    make_class_table,
    make_matrix_table,
    write_headline,
    write_worst,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.tables.page import Table
    from cnnspec.train.evaluation.evaluate import Evaluation


def write_html(found: Evaluation, notes: Iterable[str]) -> str:
    """The figures, the table of classes, the matrix of confusions or the most frequent ones."""
    tables, lines, scores = [], [], found.scores
    if scores is not None and scores.classes:
        shown = choose_classes(scores)
        tables.append(make_html_table(make_class_table(shown, scores)))
        if len(shown) < len(scores.classes):
            lines.append(f"the {len(shown)} lowest F1 of {len(scores.classes):,} classes; to_rows() has all")
        if any(None in (score.precision, score.recall) for score in shown):
            lines.append(UNDEFINED)
    if scores is not None and scores.confusions is not None:
        matrix = make_matrix_table(scores)
        if matrix is None:
            lines += write_worst(scores)
        else:
            tables.append(make_html_table(matrix))
    return write_page(f"{found.model}: {write_headline(found)}", tables, [*lines, *notes])


def make_html_table(table: Table) -> HtmlTable:
    """The same cells for a page."""
    return HtmlTable(table.headings, table.rows, table.right)
