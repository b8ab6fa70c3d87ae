"""cnnspec trace FILE [LAYER]: the numbers of a network on one input: every map, or one value with its window and arithmetic."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed
from cnnspec.cli.messages import CLEAN, FINDINGS, Refused, UsageError, print_errors
from cnnspec.cli.option_values import read_place, read_seed, split_names
from cnnspec.cli.python_files import refuse_unknown
from cnnspec.cli.streams import find_width
from cnnspec.trace import draw_board, import_numpy
from cnnspec.trace.formats import FORMATS, write_trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.trace.backward import Backward
    from cnnspec.trace.trace import Trace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec trace net.cnn": "every map and weight, on the input 0, 1, 2, …",
            "cnnspec trace net.cnn conv1 --at 0,0": "how one value comes about",
            "cnnspec trace net.cnn --layers conv1 --seed 3": "some layers, with other weights",
            "cnnspec trace net.cnn --gradient ones --step 0.1": "then the gradients, and a step of the weights",
        },
    )
    add_file_argument(parser)
    parser.add_argument("layer", metavar="LAYER", nargs="?", help="the one layer to show; all, if left out")
    parser.add_argument(
        "--input", dest="given", metavar="X", action="append", default=[],
        help='what enters: rows of numbers, "[[1, 0], [1/2, 3]]", for several channels each with its rows, as a kernel is '
        "written; a .csv, .npy or image file (its pixels, 0 to 255); or ramp, ones, zeros or random (ramp); NAME=X for one of "
        "several inputs",
    )  # fmt: skip
    parser.add_argument("--at", type=read_place, metavar="Y,X[,C]", help="write out the value of LAYER at this place")
    parser.add_argument("--layers", type=split_names, metavar="NAMES", help="the layers to show, with commas between")
    parser.add_argument(
        "--weights", metavar="TRAINED",
        help="trained weights: of a .keras or .weights.h5 file, of a .pt2 or .onnx file of the same network, or of a run's folder",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=read_seed, default=1, metavar="N", help="draws weights that are not given, and random inputs (1)"
    )
    add_backward_options(parser)
    parser.add_argument("--decimals", action="store_true", help="decimals, not fractions: 3.33333 for 10/3")
    parser.add_argument(
        "--format", choices=(*FORMATS, "json"), default="text",
        help="how it is printed; html is a page on which a slider steps through the values of each layer",
    )  # fmt: skip
    add_model_options(parser)


def add_backward_options(parser: argparse.ArgumentParser) -> None:
    """Those of the way back; one of them is enough to ask for it."""
    parser.add_argument(
        "--backward", action="store_true",
        help="then the way back: the gradients of all weights and inputs, from --gradient, or from --loss and --target; each of "
        "these asks for it, too",
    )  # fmt: skip
    parser.add_argument(
        "--gradient", metavar="X", action="append", default=[],
        help="the gradient of the output, written as an input is; NAME=X for one of several outputs",
    )  # fmt: skip
    parser.add_argument(
        "--loss",
        metavar="LOSS",
        help="the loss of the output, as a train section writes it: mse (that of the train section)",
    )
    parser.add_argument(
        "--target", dest="targets", metavar="T", action="append", default=[],
        help="what the loss compares the output with, written as an input is; or the number of a class",
    )  # fmt: skip
    parser.add_argument("--step", metavar="ETA", help="move the weights: W - ETA*dE/dW")


def goes_back(options: argparse.Namespace) -> bool:
    """Whether the way back is asked for."""
    named = options.loss is not None or options.step is not None
    return bool(options.backward or options.gradient or options.targets or named)


def check_question(options: argparse.Namespace) -> None:
    """UsageError for options that do not go together."""
    if options.layer is not None and options.layers is not None:
        raise UsageError("LAYER and --layers both say what is shown: leave one of them out")
    if options.at is not None and options.layer is None:
        raise UsageError("--at is a place in a layer: name the layer, as in: cnnspec trace FILE conv1 --at 0,0")
    if options.at is not None and goes_back(options):
        raise UsageError("--at writes out one value of the way forward: leave it out, or the options of the way back")


def run(options: argparse.Namespace) -> int:
    check_question(options)
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    if network.broken:
        refuse_unknown(network)
        return print_errors(found)
    trace, backward = trace_as_asked(network, options)
    if options.format == "json":
        from cnnspec.tables.escape import json
        from cnnspec.trace.json import write_data

        print(json(write_data(trace, backward)))
    else:
        board, width = draw_board(trace, backward), find_width(sys.stdout)
        print(write_trace(trace, board, options.format, options.decimals, width), end="")
    return CLEAN


def trace_as_asked(network: AnalysedNetwork, options: argparse.Namespace) -> tuple[Trace, Backward | None]:
    """The trace that the options ask for, and the way back. UsageError for what cannot be traced, and where a part is not installed."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.model_files import ModelRefused
    from cnnspec.trace.errors import NoTrace

    try:
        import_numpy()
        return compute_trace(network, options)
    except (MissingExtra, ModelRefused, NoTrace) as error:
        raise UsageError(str(error)) from None


def compute_trace(network: AnalysedNetwork, options: argparse.Namespace) -> tuple[Trace, Backward | None]:
    from cnnspec.trace.inputs import read_inputs
    from cnnspec.trace.sized import give_sizes
    from cnnspec.trace.trace import check_printable, find_shown, trace_network
    from cnnspec.trace.weights import find_weights

    layers = [options.layer] if options.layer is not None else options.layers or []
    shown = find_shown(network, layers)
    inputs = read_inputs(network.graph, options.given or ["ramp"], options.seed)
    network = give_sizes(network, inputs)
    if options.at is None:
        check_printable(network, shown, goes_back(options))
    trained = options.file if options.weights is None and leads_to_model(options.file) else options.weights
    wanted = [*shown, *network.graph.outputs] if goes_back(options) else shown
    found = find_weights(network.graph, trained, options.seed, wanted)
    trace = trace_network(network, inputs, found, shown, options.at, goes_back(options))
    return trace, go_back(trace, options) if goes_back(options) else None


def go_back(trace: Trace, options: argparse.Namespace) -> Backward:
    from cnnspec.trace.backward import trace_back
    from cnnspec.trace.start import read_start, read_step

    step = None if options.step is None else read_step(options.step)
    return trace_back(trace, read_start(trace, options.gradient, options.loss, options.targets, options.seed), step)
