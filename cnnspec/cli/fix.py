"""cnnspec fix PATHS…: what can be mended without changing a network is mended, then the files are formatted."""

from __future__ import annotations

import sys

from cnnspec.cli import setting_options, settings
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.fix_files import add_arguments as add_fix_arguments
from cnnspec.cli.fix_files import apply_repairs, print_repairs, read_sources, write_text
from cnnspec.cli.load import add_model_options
from cnnspec.cli.messages import FINDINGS, USAGE, print_diagnostic, print_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.base.source import Source
    from cnnspec.lint.fix.project import Project
    from cnnspec.pipeline import Analysis

UNREAD = ("E001", "E002")  # of a text that is no Python, or a file that is no notebook


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec fix": "mend and format all specs here and below",
            "cnnspec fix net.cnn --diff": "show what would change, and write nothing",
            "cat net.cnn | cnnspec fix -": "as a filter, for editors",
        },
    )
    setting_options.add_paths(parser, "stdin to stdout")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file would change")
    add_fix_arguments(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing of what was done")
    setting_options.add_arguments(parser)
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    lookup = settings.Lookup(options)
    sources, status = read_sources(options, lookup)
    result = apply_repairs(sources, options, lookup)
    print_repairs(result, options.quiet)
    for old in sources:
        text = formatted(old, result.project)
        if text is None:
            status = max(status, FINDINGS)
            if lookup.inputs.is_stdin(old) and not (options.check or options.diff):
                sys.stdout.write(old.text)
            continue
        if options.check and not options.diff:
            if text != old.text:
                print_message(f"{old.name} would change")
                status = max(status, FINDINGS)
            continue
        outcome = write_text(old, text, options, lookup, "fixed")
        status = max(status, outcome)
        if text != old.text and outcome != USAGE and not options.quiet and not lookup.inputs.is_stdin(old):
            print_message(f"{old.name} {'would change' if options.diff else 'was fixed'}")
    return status


def formatted(old: Source, project: Project) -> str | None:
    """The mended text of a file in canonical form; None, which has been said, for a file that is left as it is."""
    from cnnspec.format import format_source
    from cnnspec.lint.fix.project import resolve_path
    from cnnspec.lint.fix.same_meaning import keeps

    path = resolve_path(old.name)
    source = project.sources[path]
    text, found = keep_form(source, project.analysis(path)) if old.is_python else format_source(source)
    if text is None:
        for diagnostic in found:
            print_diagnostic(diagnostic)
        print_message(f"{old.name} was left as it is")
    elif text != source.text and not keeps(source, source.replace(text=text), project.reader(set())):
        print_message(f"{old.name} was left as it is: formatting it would have changed the network; please report this")
        return None
    return text


def keep_form(source: Source, analysis: Analysis) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The text of a Python source, whose form is for others to say; None for one that cannot be read, with what is wrong."""
    found = tuple([diagnostic for diagnostic in analysis.diagnostics if diagnostic.code in UNREAD])
    return None if found else source.text, found
