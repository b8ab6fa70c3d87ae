"""cnnspec summary FILE: the table of a network, also around a mistake."""

from __future__ import annotations

import shutil
import sys

from cnnspec.base.diagnostic import ERROR
from cnnspec.cli.common import CLEAN, FINDINGS, Refused, UsageError, add_model_options, in_color, load_analysed, tell_of
from cnnspec.summary import text as summary
from cnnspec.tables import escape as media
from cnnspec.tables.columns import COLUMNS, DEFAULT, chosen

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


MAX_FOLDED = 3000  # layers; a longer table would take a terminal's layout too long


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "--format", choices=("text", "markdown", "csv", "json"), default="text", help="how it is printed"
    )
    parser.add_argument(
        "--columns", metavar="NAMES", help=f"columns of the table, as in params,macs,memory: {', '.join(COLUMNS)}"
    )
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    names = columns(options)
    try:
        network, found = load_analysed(options, told=True)
    except Refused:
        return FINDINGS
    if options.format == "json":
        print(media.json(summary.json(network)))
    elif options.format == "csv":
        print(summary.csv(network, names), end="")
    elif options.format == "markdown":
        print(summary.markdown(network, names or DEFAULT), end="")
    else:
        folded = in_color(sys.stdout) and len(network.graph.nodes) <= MAX_FOLDED
        width = max(shutil.get_terminal_size().columns, 60)
        print(
            summary.colored(network, width, names or DEFAULT) if folded else summary.text(network, names or DEFAULT),
            end="",
        )
    sys.stdout.flush()
    for diagnostic in found:
        tell_of(diagnostic)
    return FINDINGS if any(diagnostic.severity == ERROR for diagnostic in found) else CLEAN


def columns(options: argparse.Namespace) -> tuple[str, ...]:
    """The columns asked for, () for the usual ones. UsageError for one that there is not."""
    if options.columns is None:
        return ()
    if options.format == "json":
        raise UsageError("--columns is for tables: the JSON form has a fixed set of fields")
    try:
        return chosen(options.columns)
    except ValueError as error:
        raise UsageError(str(error)) from None
