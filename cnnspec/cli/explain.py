"""cnnspec explain FILE [LAYER]: where a layer's figures come from, with the numbers put in."""

from __future__ import annotations

import sys

from cnnspec.cli.common import CLEAN, FINDINGS, Refused, UsageError, add_model_options, in_color, load_analysed
from cnnspec.diagnostic import ERROR
from cnnspec.report import explanation
from cnnspec.report.findings import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "layer", metavar="LAYER", nargs="?", help="a layer's name in the summary: conv2; all, if left out"
    )
    parser.add_argument("--format", choices=(*explanation.FORMATS, "json"), default="text", help="how it is printed")
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    if options.layer is not None:
        try:
            explanation.layer_called(network, options.layer)
        except LookupError as error:
            raise UsageError(str(error)) from None
    if options.format == "json":
        import json

        print(json.dumps(explanation.json(network, options.layer), indent=2))
    else:
        print(explanation.FORMATS[options.format](network, options.layer), end="")
    sys.stdout.flush()
    errors = [diagnostic for diagnostic in found if diagnostic.severity == ERROR]
    for diagnostic in errors:
        print(show(diagnostic, in_color(sys.stderr)), file=sys.stderr)
    return FINDINGS if errors else CLEAN
