"""cnnspec lost FILE: which positions carry data and are never read, and which kernel taps see padding alone."""

from __future__ import annotations

import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed
from cnnspec.cli.messages import FINDINGS, Refused, print_errors
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.lost import find_lost

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec lost net.cnn": "which rows and columns no layer reads",
            "cnnspec lost net.cnn --format json": "the same for scripts",
        },
    )
    add_file_argument(parser)
    add_format_option(parser)
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    lost = find_lost(network)
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.network_answers import Lost

        print_form(make_answer(Lost, lost, network), options.format)
    else:
        from cnnspec.lost.text import write_text

        print(write_text(network, lost, find_width(sys.stdout)), end="")
    return print_errors(found)
