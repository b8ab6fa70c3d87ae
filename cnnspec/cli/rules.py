"""cnnspec rules: every code with its name, its severity, when it runs, what fixes it has, and what it says."""

from __future__ import annotations

from cnnspec.cli.messages import CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

SCHEMA_VERSION = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
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
    width = max(len(page.name) for page in listed)
    when = max(len(page.runs) for page in listed)
    for page in listed:
        print(f"{page.code}  {page.name:{width}}  {page.severity:7}  {page.runs:{when}}  {page.fix:6}  {page.title}")
    print(
        "\nBehind when a rule runs: whether --fix can mend what it finds (safe), only with --unsafe-fixes (unsafe; shown: that only shows how), or not."
    )
    print("`cnnspec rule CODE` shows a rule's page.")
    return CLEAN
