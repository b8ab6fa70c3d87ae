"""cnnspec explain FILE [LAYER]: where a layer's figures come from, with the numbers put in."""

from __future__ import annotations

from cnnspec.cli.common import FINDINGS, Refused, UsageError, add_model_options, load_analysed, status_of
from cnnspec.explain import explanation
from cnnspec.tables import escape as media

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
        print(media.json(explanation.json(network, options.layer)))
    else:
        print(explanation.FORMATS[options.format](network, options.layer), end="")
    return status_of(found)
