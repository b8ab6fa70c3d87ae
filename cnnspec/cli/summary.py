"""cnnspec summary FILE: the table of a network, also around a mistake."""

from __future__ import annotations

import sys

from cnnspec.base.diagnostic import ERROR
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.blocks import add_block_options
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed, load_blocks
from cnnspec.cli.messages import CLEAN, FINDINGS, Refused, UsageError, print_diagnostic, print_message, wants_color
from cnnspec.cli.streams import find_width
from cnnspec.summary import find_summary
from cnnspec.summary.formats import write_table
from cnnspec.tables.columns import COLUMNS, choose_columns
from cnnspec.tables.report import TABLE_FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.elaborate.block_calls import BlockQuestion
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pipeline import BlockAnalysis
    from cnnspec.summary.blocks import BlockFigures
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
    add_file_argument(parser)
    parser.add_argument("--format", choices=TABLE_FORMATS, default="text", help="how it is printed")
    parser.add_argument(
        "--columns", metavar="NAMES", help=f"columns of the table, as in params,macs,memory: {', '.join(COLUMNS)}"
    )
    add_model_options(parser)
    add_block_options(parser)


def run(options: argparse.Namespace) -> int:
    names = read_columns(options)
    if options.input and options.block is None:
        return print_blocks(options)
    try:
        network, found = load_analysed(options, told=True)
    except Refused:
        return FINDINGS
    print(write_summary(network, find_summary(network), names, options), end="")
    sys.stdout.flush()
    for diagnostic in found:
        print_diagnostic(diagnostic)
    if not network.whole:
        print_message(f"{network.source.name}: {network.name} {network.trouble}")
    return FINDINGS if has_error(found) else CLEAN


def print_blocks(options: argparse.Namespace) -> int:
    """Print the table of a file's blocks, then what is wrong with them."""
    from cnnspec.summary.blocks import find_block_figures

    if options.columns is not None:
        raise UsageError("--columns is for layers: choose a block with --block")
    analysis, question = load_blocks(options)
    rows = find_block_figures(analysis.blocks)
    print(write_blocks(rows, analysis, question, options.format), end="")
    sys.stdout.flush()
    for diagnostic in analysis.diagnostics:
        print_diagnostic(diagnostic)
    return FINDINGS if any(row.fault for row in rows) or has_error(analysis.diagnostics) else CLEAN


def write_blocks(rows: tuple[BlockFigures, ...], analysis: BlockAnalysis, question: BlockQuestion, format: str) -> str:
    """The table of blocks in the form that was asked for."""
    if format == "json":
        from cnnspec.summary.blocks.json import write_data
        from cnnspec.tables.escape import json

        return json(write_data(analysis.source.name, question.inputs, rows)) + "\n"
    from cnnspec.summary.blocks.formats import write_table as write_block_table

    return write_block_table(
        rows, analysis.source.name, str(question), format, find_width(sys.stdout), wants_color(sys.stdout)
    )


def has_error(found: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == ERROR for diagnostic in found)


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
