"""cnnspec compare NETWORK …: the figures of several networks side by side, a row a network.

A network is what the other commands take, one model of a file (`file.cnn:Model`), or a run. A file that holds several models gives
a row for each, a folder of runs one for each run. Exit status 1 when one has mistakes: the others are shown.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.compared_networks import Asked, Gathered, gather_networks
from cnnspec.cli.cost import read_question
from cnnspec.cli.load import add_layer_limit, add_python_options, read_parameters
from cnnspec.cli.messages import UsageError, print_message
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.placed_words import share_out
from cnnspec.cli.streams import find_width
from cnnspec.compare import find_comparison
from cnnspec.compare.cells import TableChoice
from cnnspec.compare.columns import COLUMNS, choose_columns
from cnnspec.compare.formats import FORMATS, PLAIN, write_comparison
from cnnspec.facts.devices import DEVICES, EXAMPLE
from cnnspec.facts.precision import POLICIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.compare.comparison import Comparison


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec compare old.cnn net.cnn runs/net-1": "two networks and a training",
            "cnnspec compare old.cnn net.cnn --sort macs --relative": "in percent of the first",
            "cnnspec compare net.cnn --set filters=8 old.cnn": "one with another value of a parameter",
            "cnnspec compare *.cnn --format latex > table.tex": "for a paper",
        },
    )
    parser.add_argument(
        "networks", metavar="NETWORK", nargs="+",
        help="a spec, FILE:MODEL for one of its models, a model file such as net.pt2, net.onnx or net.keras, a run, a folder of runs, or - for stdin",
    )  # fmt: skip
    parser.add_argument(
        "--columns", dest="figures", metavar="NAMES",
        help=f"columns of the table, as in params,macs,rf: {', '.join(COLUMNS)}; and the figures of runs, such as val_accuracy",
    )  # fmt: skip
    parser.add_argument("--sort", metavar="COLUMN", default="", help="sort the rows by a column, or by network")
    parser.add_argument("--reverse", action="store_true", help="the other way round: the largest first")
    parser.add_argument(
        "--relative", action="store_true", help="show the others as differences to the first network, in percent"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how it is printed")
    parser.add_argument(
        "--set", dest="set_each", metavar="NAME=VALUE", action="append", default=[],
        help="give a parameter a value: of the network before it, or, before all, of every one that has it",
    )  # fmt: skip
    parser.add_argument("--batch", type=read_positive, default=1, metavar="N", help="examples at once (1)")
    parser.add_argument("--dtype", default="float32", metavar="DTYPE", help=f"{', '.join(POLICIES)}")
    parser.add_argument("--optimizer", metavar="NAME", help="for training_memory (the train section's, else adam)")
    parser.add_argument(
        "--device", metavar="NAME", help=f"show the time at least on {', '.join(DEVICES)}, or on one of {EXAMPLE}"
    )
    add_python_options(parser)
    add_layer_limit(parser)
    parser.set_defaults(memory=None, flops_as=None)


def run(options: argparse.Namespace) -> int:
    check_form(options)
    gathered = gather_networks(read_asked(options), options)
    if not gathered.candidates:
        tell_left_out(gathered)
        return gathered.status
    comparison = find_comparison(gathered.candidates, partial(read_question, options=options), gathered.left_out)
    choice = read_choice(comparison, options)
    try:
        text = write_comparison(comparison, choice, options.format, find_width(sys.stdout))
    except ValueError as error:
        raise UsageError(f"--sort: {error}") from None
    print(text, end="")
    sys.stdout.flush()
    if options.format in PLAIN:
        tell_left_out(gathered)
    return gathered.status


def tell_left_out(gathered: Gathered) -> None:
    for one in gathered.left_out:
        print_message(one.why)


def check_form(options: argparse.Namespace) -> None:
    """UsageError for an option that the form has no use for."""
    if options.figures is not None and options.format == "json":
        raise UsageError("--columns is for tables: the JSON form has a fixed set of fields")
    if options.relative and options.format in PLAIN:
        raise UsageError(f"--relative is for tables that people read: {options.format} has the figures themselves")


def read_asked(options: argparse.Namespace) -> list[Asked]:
    """What each word of the line asks for. A --set belongs to the network before it; those before all are for all."""
    read_parameters(argparse.Namespace(set=options.set_each))  # which refuses what is no NAME=VALUE
    common, own = share_out(options.set_each, options.networks)
    return [Asked(str(word), tuple(own[word.place]), tuple(common)) for word in options.networks]


def read_choice(comparison: Comparison, options: argparse.Namespace) -> TableChoice:
    """What is shown. UsageError for a column that there is not."""
    columns: tuple[str, ...] = ()
    if options.figures is not None:
        try:
            columns = choose_columns(options.figures, comparison.networks)
        except ValueError as error:
            raise UsageError(f"--columns: {error}") from None
    return TableChoice(columns, options.sort, options.reverse, options.relative)
