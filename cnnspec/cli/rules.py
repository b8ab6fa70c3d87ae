"""cnnspec rules: every code with its name, its severity, when it runs, what fixes it has, and what it says."""

from __future__ import annotations

import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN
from cnnspec.cli.streams import find_width

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

SCHEMA_VERSION = 1
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
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how they are printed")


def run(options: argparse.Namespace) -> int:
    from cnnspec.lint.pages import pages

    listed = pages()
    if options.format == "json":
        from cnnspec.tables import escape

        fields = ("code", "name", "severity", "runs", "fix", "title")
        rows = [{field: getattr(page, field) for field in fields} for page in listed]
        print(escape.json({"schema_version": SCHEMA_VERSION, "rules": rows}))
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
