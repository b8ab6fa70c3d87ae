"""cnnspec trace FILE [LAYER]: the numbers of a network on one input: every map, or one value with its window and arithmetic."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed, read_seed
from cnnspec.cli.messages import CLEAN, FINDINGS, Refused, UsageError, print_errors
from cnnspec.cli.streams import find_width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.trace.trace import Trace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec trace net.cnn": "every map and weight, on the input 0, 1, 2, …",
            "cnnspec trace net.cnn conv1 --at 0,0": "how one value comes about",
            "cnnspec trace net.cnn --layers conv1 --seed 3": "some layers, with other weights",
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
    parser.add_argument("--layers", metavar="NAMES", help="the layers to show, with commas between")
    parser.add_argument(
        "--weights", metavar="TRAINED",
        help="trained weights: of a .keras or .weights.h5 file, of a .pt2 or .onnx file of the same network, or of a run's folder",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=read_seed, default=1, metavar="N", help="draws weights that are not given, and random inputs (1)"
    )
    parser.add_argument("--decimals", action="store_true", help="decimals, not fractions: 3.33333 for 10/3")
    parser.add_argument("--format", choices=("text",), default="text", help="how it is printed")
    add_model_options(parser)


def read_place(text: str) -> tuple[int, ...]:
    """A place for argparse: "3,4"."""
    try:
        return tuple([int(part) for part in text.split(",")])
    except ValueError:
        raise argparse.ArgumentTypeError(f'must be a place, such as 0,0 or 0,0,2, not "{text}"') from None


def run(options: argparse.Namespace) -> int:
    if options.layer is not None and options.layers is not None:
        raise UsageError("LAYER and --layers both say what is shown: leave one of them out")
    if options.at is not None and options.layer is None:
        raise UsageError("--at is a place in a layer: name the layer, as in: cnnspec trace FILE conv1 --at 0,0")
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    if network.broken:
        return print_errors(found)
    trace = trace_as_asked(network, options)
    from cnnspec.trace import draw_board
    from cnnspec.trace.text import write_text

    print(write_text(draw_board(trace), options.decimals, find_width(sys.stdout)), end="")
    return CLEAN


def trace_as_asked(network: AnalysedNetwork, options: argparse.Namespace) -> Trace:
    """The trace that the options ask for. UsageError for what cannot be traced, and where a part is not installed."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.model_files import ModelRefused
    from cnnspec.trace.errors import NoTrace

    try:
        import_numpy()
        return compute_trace(network, options)
    except (MissingExtra, ModelRefused, NoTrace) as error:
        raise UsageError(str(error)) from None


def import_numpy() -> None:
    """Raises MissingExtra where NumPy, which computes all values, is not installed."""
    from cnnspec.compile.backend import MissingExtra

    try:
        import numpy  # noqa: F401
    except ImportError:
        raise MissingExtra("numpy is not installed; this command needs it", "trace") from None


def compute_trace(network: AnalysedNetwork, options: argparse.Namespace) -> Trace:
    from cnnspec.trace.inputs import read_inputs
    from cnnspec.trace.sized import give_sizes
    from cnnspec.trace.trace import check_printable, find_shown, trace_network
    from cnnspec.trace.weights import find_weights

    named = options.layer if options.layer is not None else options.layers or ""
    layers = [name.strip() for name in named.split(",") if name.strip()]
    shown = find_shown(network, layers)
    inputs = read_inputs(network.graph, options.given or ["ramp"], options.seed)
    network = give_sizes(network, inputs)
    if options.at is None:
        check_printable(network, shown)
    trained = options.weights or (options.file if leads_to_model(options.file) else None)
    found = find_weights(network.graph, trained, options.seed, shown)
    return trace_network(network, inputs, found, shown, options.at)
