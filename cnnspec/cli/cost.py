"""cnnspec cost FILE: work, memory for inference and training, matrix sizes, and the time that a device needs at least."""

from __future__ import annotations

import argparse
import re

from cnnspec.base.source import printable
from cnnspec.cli.load import add_model_options, evaluate_option, load_analysed, read_positive
from cnnspec.cli.messages import FINDINGS, Refused, UsageError, print_errors
from cnnspec.cost import find_cost
from cnnspec.cost.cost import CostQuestion
from cnnspec.cost.flop_conventions import CONVENTIONS
from cnnspec.facts.devices import DEVICES, EXAMPLE, find_device
from cnnspec.facts.optimizer_slots import SLOTS, count_slots
from cnnspec.facts.precision import POLICIES, find_precision
from cnnspec.layers.argument import Term, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork

ADAM = Term("adam")
UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
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
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed")
    add_model_options(parser)


def size(text: str) -> int:
    """A number of bytes for argparse: 16GiB, 80GB, 262144."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", text.strip().lower())
    if match is None or match[2] not in UNITS or float(match[1]) * UNITS[match[2]] < 1:
        raise argparse.ArgumentTypeError(f'must be a number of bytes, such as 16GiB, not "{printable(text)}"')
    return round(float(match[1]) * UNITS[match[2]])


def run(options: argparse.Namespace) -> int:
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    cost = find_cost(network, read_question(network, options))
    if options.format == "json":
        from cnnspec.cost.json import write_data
        from cnnspec.tables.escape import json

        print(json(write_data(network, cost)))
    else:
        from cnnspec.cost.text import write_text

        print(write_text(network, cost), end="")
    return print_errors(found)


def read_question(network: AnalysedNetwork, options: argparse.Namespace) -> CostQuestion:
    """What the options ask; the batch and the optimizer are the train section's unless they are given. UsageError."""
    optimizer, batch = network.train.get("optimizer"), network.train.get("batch")
    term = ADAM if optimizer is None else optimizer.value
    if options.optimizer is not None:
        term = evaluate_option(options.optimizer, "--optimizer")
    term = Term(term) if isinstance(term, str) else term
    if not isinstance(term, Term):
        raise UsageError(f'--optimizer takes an optimizer, such as adam, not "{show(term)}"')
    examples = options.batch or (batch.value if batch is not None and isinstance(batch.value, int) else 1)
    if options.flops_as is not None and options.flops_as not in CONVENTIONS:
        raise UsageError(f'no tool is called "{options.flops_as}": known are {", ".join(CONVENTIONS)}')
    try:
        policy = find_precision(options.dtype)
        tensors = count_slots(term.name, dict(term.keywords))
        chosen = None if options.device is None else find_device(options.device, read_devices(network, options))
    except ValueError as error:
        raise UsageError(str(error)) from None
    if chosen is not None and chosen.peak(policy.computes) is None:
        raise UsageError(
            f"no peak in {policy.computes} is known for {chosen.name}: choose --dtype {' or '.join(chosen.peaks)}"
        )
    return CostQuestion(examples, policy, str(term), tensors, options.memory, chosen, options.flops_as)


def read_devices(network: AnalysedNetwork, options: argparse.Namespace) -> dict[str, str]:
    """The devices that the configuration of a network's file names."""
    from cnnspec.cli.settings import Lookup

    found: dict[str, str] = Lookup(options).of(network.source.name).values["devices"]
    return found
