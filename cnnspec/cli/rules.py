"""cnnspec rules: every code with its name, its severity, when it runs, what fixes it has, and what it says."""

from __future__ import annotations

import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

SCHEMA_VERSION = 1
FIELDS = ("code", "name", "severity", "runs", "fix", "title")
LEGEND = (
    "Behind a rule's name: how grave it is, when it runs, and whether --fix can mend what it finds (safe), "
    "only with --unsafe-fixes (unsafe; shown: that only shows how), or not.",
    "`cnnspec rule CODE` shows a rule's page.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec rules": "all rules, a line each",
            "cnnspec rules --format json": "for scripts",
        },
    )
    add_format_option(parser, "how they are printed")


def run(options: argparse.Namespace) -> int:
    from cnnspec.lint.pages import pages

    listed = pages()
    if options.format != "text":
        print_rows([{field: getattr(page, field) for field in FIELDS} for page in listed], options.format)
        return CLEAN
    from cnnspec.tables.page import Page

    shown = Page(find_width(sys.stdout))
    for page in listed:
        fix = "no fix" if page.fix == "none" else f"fix {page.fix}"
        shown.add_text(f"{page.code}  {page.name}: {page.severity}; {page.runs}; {fix}", hanging=6)
        shown.add_text(f"      {page.title}", hanging=6)
    shown.add_text()
    shown.add_texts(LEGEND)
    print(shown.write(), end="")
    return CLEAN


def print_rows(rows: list[dict[str, str]], format: str) -> None:
    """The rules in another form than text."""
    if format == "json":
        from cnnspec.tables import escape

        print(escape.json({"schema_version": SCHEMA_VERSION, "rules": rows}))
    elif format == "csv":
        from cnnspec.tables.csv import write_records

        print(write_records(rows), end="")
    else:
        from cnnspec.tables.html import HtmlTable
        from cnnspec.tables.report import Report, write_report

        table = HtmlTable(FIELDS, [tuple(row.values()) for row in rows])
        print(write_report(Report("", [table], LEGEND), format), end="")
