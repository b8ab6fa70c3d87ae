"""cnnspec compile FILE -o model.py | model.keras | model.onnx | …: the network as Keras source, or as a model."""

from __future__ import annotations

import sys

from cnnspec.cli.export import add_output_options, target_of, write_model
from cnnspec.cli.load import add_model_options, load_one
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.own_outputs import write_output
from cnnspec.compile.export import ENDINGS, ExportFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    import keras

    from cnnspec.network import AnalysedNetwork

FORMATS = {"py": ".py", **ENDINGS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    add_output_options(
        parser, FORMATS, "model.py for source (- for stdout), model.keras, model.onnx, model.tflite, or model/ for a SavedModel"
    )  # fmt: skip
    parser.add_argument(
        "--weights",
        metavar="TRAINED",
        help="put in trained weights: of a .keras or .weights.h5 file, or of a run's folder",
    )
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        target, format = ("-", options.to or "py") if options.output == "-" else target_of(options, FORMATS)
        if target == "-" and format != "py":
            raise UsageError(f"{format} is not written to stdout: give -o a name")
        if format == "py" and options.weights:
            raise UsageError("source holds no weights: --weights goes with the other formats")
        network = load_one(options)
        if network is None:
            return FINDINGS
        if format == "py":
            write_source(network, target, options.force)
        else:
            write_model(lambda _: built(network, options.weights), target, format)
    except ExportFailed as error:
        raise UsageError(str(error)) from None
    return CLEAN


def write_source(network: AnalysedNetwork, target: str, force: bool) -> None:
    from cnnspec.compile.keras_source import to_source

    source = to_source(network)
    if target == "-":
        sys.stdout.write(source)
    else:
        write_output(target, source, force)
        print_message(f"wrote {target}")


def built(network: AnalysedNetwork, weights: str | None) -> keras.Model:
    """The model of a network, with trained weights where they are given."""
    from cnnspec.compile.keras_model import to_keras
    from cnnspec.compile.trained_models import take_weights

    model = to_keras(network.graph)
    if weights is not None:
        take_weights(model, weights)
    return model
