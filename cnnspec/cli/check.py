"""cnnspec check PATHS…: every mistake, with its place and what to do."""

from __future__ import annotations

import sys

from cnnspec.cli.common import (
    CLEAN,
    FINDINGS,
    USAGE,
    add_model_options,
    analysis_of,
    files_in,
    in_color,
    say,
    source_of,
)
from cnnspec.diagnostic import INFO, Diagnostic
from cnnspec.report.findings import as_data, show, tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a spec, a folder of specs, or - for stdin")
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="how findings are printed")
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    found: dict[tuple[str, Diagnostic], None] = {}  # in order, each once: two files may use the same third
    unreadable = False
    files = 0
    for path in files_in(options.paths):
        source = path if isinstance(path, Diagnostic) else source_of(path)
        if isinstance(source, Diagnostic):
            say(f"{source.message}: {source.help}")
            unreadable = True
            continue
        files += 1
        for diagnostic in analysis_of(source, options).diagnostics:
            place = diagnostic.span.source.name if diagnostic.span else source.name
            found[place, diagnostic] = None
    if options.output_format == "json":
        import json

        print(json.dumps([as_data(diagnostic, name) for name, diagnostic in found], indent=2))
    else:
        for _, diagnostic in found:
            print(show(diagnostic, in_color(sys.stdout)), end="\n\n")
        if files:
            print(tally([diagnostic for _, diagnostic in found], files))
    if unreadable:
        return USAGE
    return FINDINGS if any(diagnostic.severity != INFO for _, diagnostic in found) else CLEAN
