"""cnnspec compile FILE -o model.py | model.keras | model.onnx | …: the network as Keras source, or as a model."""

from __future__ import annotations

from contextlib import suppress

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.export import add_output_options, target_of, write_model
from cnnspec.cli.load import add_model_options, load_one
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.own_outputs import STDOUT, write_output
from cnnspec.compile.export import ENDINGS, ExportFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    import keras

    from cnnspec.network import AnalysedNetwork

FORMATS = {"py": ".py", **ENDINGS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec compile net.cnn -o net.py": "source for Keras",
            "cnnspec compile net.cnn -o untrained.keras": "a model that Keras opens",
            "cnnspec compile net.cnn --weights runs/net-1 -o net.onnx": "with the weights of a training, as ONNX",
        },
    )
    parser.add_argument("file", metavar="FILE", help="a spec, a model file such as net.keras, or - for stdin")
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
        if options.output in STDOUT:
            target, format = options.output, options.to or "py"
        else:
            target, format = target_of(options, FORMATS, *find_weights(options))
        if target in STDOUT and format != "py":
            raise UsageError(f"{format} is not written to stdout: give -o a name")
        if format == "py" and options.weights:
            raise UsageError("source holds no weights: --weights goes with the other formats")
        network = load_one(options)
        if network is None:
            return FINDINGS
        if not network.has_text:
            from cnnspec.cli.models import tell_what_stays, write_as_spec

            if not options.weights:
                tell_what_stays(network)
            if format == "py":
                network = write_as_spec(network)
        if format == "py":
            write_source(network, target, options.force)
        else:
            write_model(lambda _: built(network, options.weights), target, format)
    except ExportFailed as error:
        raise UsageError(str(error)) from None
    return CLEAN


def write_source(network: AnalysedNetwork, target: str, force: bool) -> None:
    from cnnspec.compile.keras_source import to_source

    write_output(target, to_source(network), force)
    if target not in STDOUT:
        print_message(f"wrote {target}")


def find_weights(options: argparse.Namespace) -> tuple[str, ...]:
    """The file of trained weights that is read. What is wrong with it is said where it is read."""
    if options.weights is not None:
        from cnnspec.compile.trained_models import find_model_file

        with suppress(ExportFailed):
            return (find_model_file(options.weights),)
    return ()


def built(network: AnalysedNetwork, weights: str | None) -> keras.Model:
    """The model of a network, with trained weights where they are given."""
    from cnnspec.compile.keras_model import to_keras
    from cnnspec.compile.trained_models import take_weights

    model = to_keras(network.graph)
    if weights is not None:
        take_weights(model, weights)
    return model
