"""cnnspec format PATHS…: one canonical form."""

from __future__ import annotations

import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import printable
from cnnspec.cli import setting_options, settings
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.messages import CLEAN, FINDINGS, USAGE, UsageError, print_diagnostic, print_message
from cnnspec.cli.write_file import rewrite_source
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec format": "all specs in the working folder and below",
            "cnnspec format --check": "exit 1 where one is not formatted, for CI",
            "cat net.cnn | cnnspec format -": "as a filter, for editors",
        },
    )
    setting_options.add_paths(parser, "stdin to stdout")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file would change")
    parser.add_argument(
        "--diff", action="store_true", help="write nothing; show what would change, exit 1 when something would"
    )
    setting_options.add_file_arguments(parser)


def run(options: argparse.Namespace) -> int:
    from cnnspec.format import format_source
    from cnnspec.lint.fix.same_meaning import keeps

    status = CLEAN
    lookup = settings.Lookup(options)
    for path in lookup.files(options.paths):
        if isinstance(path, str) and leads_to_model(path):
            from cnnspec.cli.models import refuse_text

            print_message(refuse_text(path))
            status = USAGE
            continue
        source = path if isinstance(path, Diagnostic) else lookup.inputs.read_source(path)
        if isinstance(source, Diagnostic):
            print_message(f"{source.message}: {source.help}")
            status = USAGE
            continue
        if source.is_python:
            print_message(
                f"{source.name} is a Python source, whose form is none of cnnspec's business: black or ruff format it"
            )
            status = USAGE
            continue
        text, found = format_source(source)
        for diagnostic in found:
            print_diagnostic(diagnostic)
        if text is None:
            print_message(f"{source.name} was left as it is")
            status = max(status, FINDINGS)
            continue
        changed = text != source.text
        if changed and not keeps(source, source.replace(text=text)):
            print_message(
                f"{source.name} was left as it is: formatting it would have changed the network; please report this"
            )
            status = max(status, FINDINGS)
            continue
        if options.diff and changed:
            sys.stdout.write(difference(source.text, text, source.name))
        if options.check or options.diff:
            if changed:
                status = max(status, FINDINGS)
                print_message(f"{source.name} would change")
        elif lookup.inputs.is_stdin(source):
            sys.stdout.write(text)
        elif changed:
            try:
                rewrite_source(source, text)
            except UsageError as error:
                print_message(str(error))
                status = USAGE
                continue
            print_message(f"{source.name} was formatted")
    return status


def difference(old: str, new: str, name: str, what: str = "formatted") -> str:
    """A unified diff; `what` says what was done."""
    from difflib import unified_diff

    heads = printable(name), f"{printable(name)} ({what})"
    lines = unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), *heads)
    return "".join(
        escape.line(line[:-1]) + "\n" if line.endswith("\n") else escape.line(line) + "\n\\ No newline at end of file\n"
        for line in lines
    )
