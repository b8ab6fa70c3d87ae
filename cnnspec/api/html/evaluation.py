"""An evaluation as tables: every class, and which are taken for which."""

from __future__ import annotations

from cnnspec.tables.html import HtmlTable
from cnnspec.tables.report import Report
from cnnspec.train.evaluation.text import (
    UNDEFINED,
    choose_classes,
    make_class_table,
    make_matrix_table,
    write_headline,
    write_output_line,
    write_worst,
)  # fmt: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.tables.page import Table
    from cnnspec.train.evaluation.evaluate import Evaluation
    from cnnspec.train.evaluation.scores import Scores


def make_report(found: Evaluation, notes: Iterable[str]) -> Report:
    """The figures, and of each output the table of classes, the matrix of confusions or the most frequent ones."""
    tables: list[HtmlTable] = []
    lines: list[str] = []
    for name, measured in found.outputs.items():
        several = len(found.outputs) > 1
        own, said = ([], []) if measured.scores is None else _write_scores(measured.scores)
        if several and own:
            own[0] = own[0].replace(title=write_output_line(name, found))
        elif several:
            said.insert(0, write_output_line(name, found))
        tables += own
        lines += [f"{name}: {line}" for line in said] if several and own else said
    return Report(f"{found.model}: {write_headline(found)}", tables, [*lines, *notes])


def _write_scores(scores: Scores) -> tuple[list[HtmlTable], list[str]]:
    tables, lines = [], []
    if scores.classes:
        shown = choose_classes(scores)
        tables.append(make_html_table(make_class_table(shown, scores)))
        if len(shown) < len(scores.classes):
            lines.append(f"the {len(shown)} lowest F1 of {len(scores.classes):,} classes; to_rows() has all")
        if any(None in (score.precision, score.recall) for score in shown):
            lines.append(UNDEFINED)
    if scores.confusions is not None:
        matrix = make_matrix_table(scores)
        if matrix is None:
            lines += write_worst(scores)
        else:
            tables.append(make_html_table(matrix))
    return tables, lines


def make_html_table(table: Table) -> HtmlTable:
    """The same cells for a page."""
    return HtmlTable(table.headings, table.rows, table.right)
