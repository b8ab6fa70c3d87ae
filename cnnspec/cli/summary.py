"""cnnspec summary FILE: the table of a network, also around a mistake."""

from __future__ import annotations

import sys

from cnnspec.base.diagnostic import ERROR
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_model_options, load_analysed
from cnnspec.cli.messages import CLEAN, FINDINGS, Refused, UsageError, print_diagnostic, wants_color
from cnnspec.cli.streams import find_width
from cnnspec.summary import find_summary
from cnnspec.summary.formats import write_table
from cnnspec.tables.columns import COLUMNS, choose_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.network import AnalysedNetwork
    from cnnspec.summary.summary import Summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec summary net.cnn": "every layer's shape and figures",
            "cnnspec summary net.cnn --columns params,macs,memory": "other columns",
            "cnnspec summary net.cnn --set filters=64": "with another value of a model's parameter",
            "cat net.cnn | cnnspec summary - --format markdown": "from stdin, as a table for a README",
        },
    )
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "--format", choices=("text", "markdown", "csv", "json"), default="text", help="how it is printed"
    )
    parser.add_argument(
        "--columns", metavar="NAMES", help=f"columns of the table, as in params,macs,memory: {', '.join(COLUMNS)}"
    )
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    names = read_columns(options)
    try:
        network, found = load_analysed(options, told=True)
    except Refused:
        return FINDINGS
    print(write_summary(network, find_summary(network), names, options), end="")
    sys.stdout.flush()
    for diagnostic in found:
        print_diagnostic(diagnostic)
    return FINDINGS if any(diagnostic.severity == ERROR for diagnostic in found) else CLEAN


def write_summary(
    network: AnalysedNetwork, summary: Summary, names: tuple[str, ...], options: argparse.Namespace
) -> str:
    """The summary in the form that was asked for."""
    if options.format == "json":
        from cnnspec.summary.json import write_data
        from cnnspec.tables.escape import json

        return json(write_data(network, summary)) + "\n"
    return write_table(network, summary, options.format, names, find_width(sys.stdout), wants_color(sys.stdout))


def read_columns(options: argparse.Namespace) -> tuple[str, ...]:
    """The columns asked for, () for the usual ones. UsageError for one that there is not."""
    if options.columns is None:
        return ()
    if options.format == "json":
        raise UsageError("--columns is for tables: the JSON form has a fixed set of fields")
    try:
        return choose_columns(options.columns)
    except ValueError as error:
        raise UsageError(str(error)) from None
