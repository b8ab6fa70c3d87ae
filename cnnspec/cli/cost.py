"""cnnspec cost FILE: work, memory for inference and training, matrix sizes, and the time that a device needs at least."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, evaluate_option, load_analysed
from cnnspec.cli.messages import FINDINGS, Refused, UsageError, print_errors
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.own_outputs import add_force_option
from cnnspec.cli.picture_file import check_picture_name, write_drawing
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.cost import find_cost
from cnnspec.cost.flop_conventions import CONVENTIONS
from cnnspec.cost.question import make_question, read_bytes, read_optimizer
from cnnspec.facts.devices import DEVICES, EXAMPLE, find_device
from cnnspec.facts.optimizer_slots import SLOTS
from cnnspec.facts.precision import POLICIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cost.cost import CostQuestion
    from cnnspec.network import AnalysedNetwork


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec cost net.cnn --batch 64": "work and memory of a step with 64 examples",
            "cnnspec cost net.cnn --memory 16GiB": "the largest batch that fits",
            "cnnspec cost net.cnn -o cost.svg": "a picture, layer by layer",
            "cnnspec cost net.cnn --device a100 --dtype float16": "the time that a device takes at least",
        },
    )
    add_file_argument(parser)
    parser.add_argument(
        "--batch", type=read_positive, metavar="N", help="examples at once (the train section's, else 1)"
    )
    parser.add_argument("--dtype", default="float32", metavar="DTYPE", help=f"{', '.join(POLICIES)}")
    parser.add_argument(
        "--optimizer", metavar="NAME", help=f"(the train section's, else adam) {', '.join(SLOTS)}; or sgd(momentum=0.9)"
    )
    parser.add_argument("--memory", type=size, metavar="SIZE", help="show the largest batch that fits: 16GiB")
    parser.add_argument(
        "--device", metavar="NAME", help=f"show the time at least on {', '.join(DEVICES)}, or on one of {EXAMPLE}"
    )
    parser.add_argument("--flops-as", metavar="TOOL", help=f"count as {', '.join(CONVENTIONS)}")
    parser.add_argument("-o", "--output", metavar="OUT", help="draw it layer by layer: OUT.svg, .pdf, .png or .tex")
    add_format_option(parser)
    add_force_option(parser)
    add_model_options(parser)


def size(text: str) -> int:
    """A number of bytes for argparse: 16GiB, 80GB, 262144."""
    try:
        return read_bytes(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(options: argparse.Namespace) -> int:
    if options.output is not None:
        check_picture_name(options.output, options.file)
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    cost = find_cost(network, read_question(network, options))
    if options.output is not None:
        from cnnspec.cost.drawing import make_drawing

        write_drawing(options.output, make_drawing(network, cost), options.force)
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.network_answers import Cost

        print_form(make_answer(Cost, cost, network), options.format)
    elif options.output is None:
        from cnnspec.cost.text import write_text

        print(write_text(network, cost, find_width(sys.stdout)), end="")
    return print_errors(found)


def read_question(network: AnalysedNetwork, options: argparse.Namespace) -> CostQuestion:
    """What the options ask; the batch and the optimizer are the train section's unless they are given. UsageError."""
    optimizer = None
    if options.optimizer is not None:
        given = evaluate_option(options.optimizer, "--optimizer")
        try:
            optimizer = read_optimizer(given)
        except ValueError as error:
            raise UsageError(f"--{error}") from None
    try:
        device = None if options.device is None else find_device(options.device, read_devices(network, options))
        return make_question(network, options.batch, options.dtype, optimizer, options.memory, device, options.flops_as)
    except ValueError as error:
        raise UsageError(str(error)) from None


def read_devices(network: AnalysedNetwork, options: argparse.Namespace) -> dict[str, str]:
    """The devices that the configuration of a network's file names."""
    from cnnspec.cli.settings import Lookup

    found: dict[str, str] = Lookup(options).of(network.source.name).values["devices"]
    return found
