"""cnnspec explain FILE [LAYER]: where a layer's figures come from, with the numbers put in."""

from __future__ import annotations

import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed
from cnnspec.cli.messages import FINDINGS, Refused, UsageError, print_errors
from cnnspec.cli.streams import find_width
from cnnspec.explain import find_explanation
from cnnspec.explain.formats import FORMATS, write_explanation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec explain net.cnn conv2": "how one layer's figures come about",
            "cnnspec explain net.cnn --format latex > net.tex": "every layer's, for a script or slides",
        },
    )
    add_file_argument(parser)
    parser.add_argument(
        "layer", metavar="LAYER", nargs="?", help="a layer's name in the summary: conv2; all, if left out"
    )
    parser.add_argument("--format", choices=(*FORMATS, "json"), default="text", help="how it is printed")
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    try:
        explanation = find_explanation(network, options.layer)
    except LookupError as error:
        raise UsageError(str(error)) from None
    if options.format == "json":
        from cnnspec.explain.json import write_data
        from cnnspec.tables.escape import json

        print(json(write_data(network, explanation)))
    else:
        print(write_explanation(network, explanation, options.format, find_width(sys.stdout)), end="")
    return print_errors(found)
