"""cnnspec compile FILE -o model.py | model.keras | model.onnx | …: the network as Keras or PyTorch source, or as a model."""

from __future__ import annotations

from contextlib import suppress

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.export import add_output_options, target_of, write_model
from cnnspec.cli.load import add_file_argument, add_model_options, load_one
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.own_outputs import STDOUT, remember_output, write_output
from cnnspec.compile.export import ENDINGS, ExportFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    import keras

    from cnnspec.network import AnalysedNetwork

FORMATS = {"py": ".py", "torch": ".py", **ENDINGS, "pt2": ".pt2"}
SOURCES = {
    "py": "with the other formats",
    "torch": "into a .pt2, or with net.to_torch(weights=model) in Python",
}  # where weights go instead


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec compile net.cnn -o net.py": "source for Keras",
            "cnnspec compile net.cnn -o net.py --to torch": "source for PyTorch",
            "cnnspec compile net.cnn --weights runs/net-1 -o net.onnx": "with the weights of a training, as ONNX",
            "cnnspec compile net.pt2 --weights net.pt2 -o ported.keras": "PyTorch's model and weights, for Keras",
        },
    )
    add_file_argument(parser)
    add_output_options(
        parser, FORMATS, "model.py for source (- for stdout; Keras's, PyTorch's with --to torch), model.keras, model.onnx, model.tflite, model.pt2, or model/ for a SavedModel"
    )  # fmt: skip
    parser.add_argument(
        "--weights",
        metavar="TRAINED",
        help="put in trained weights: of a .keras or .weights.h5 file, of a .pt2 or .onnx file of the same network, or of a run's folder",
    )
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    try:
        if options.output in STDOUT:
            target, format = options.output, options.to or "py"
        else:
            target, format = target_of(options, FORMATS, *find_weights(options))
        if target in STDOUT and format not in SOURCES:
            raise UsageError(f"{format} is not written to stdout: give -o a name")
        if format in SOURCES and options.weights:
            given = "--weights goes" if format == "py" else "they go"
            raise UsageError(f"source holds no weights: {given} {SOURCES[format]}")
        network = load_one(options, for_keras=format not in ("torch", "pt2") or options.weights is not None)
        if network is None:
            return FINDINGS
        if not network.in_spec:
            from cnnspec.cli.models import tell_what_stays, write_as_spec

            if format == "torch":
                refuse_for_torch(network)
            if not options.weights:
                tell_what_stays(network, format not in SOURCES)
            if format in SOURCES:
                network = write_as_spec(network)
        if format in SOURCES:
            write_source(network, target, options.force, format)
        elif format == "pt2":
            write_torch(network, target, options.weights)
        else:
            write_model(lambda _: built(network, options.weights), target, format)
    except ExportFailed as error:
        raise UsageError(str(error)) from None
    return CLEAN


def refuse_for_torch(network: AnalysedNetwork) -> None:
    """UsageError for a model that PyTorch cannot run, by its own layers and places: those of its spec nobody has seen."""
    from cnnspec.compile.torch_source import NotInTorch, find_layer_calls

    try:
        find_layer_calls(network.graph)
    except NotInTorch as error:
        raise UsageError(f"PyTorch cannot run this network: {error}") from None


def write_source(network: AnalysedNetwork, target: str, force: bool, format: str) -> None:
    write_output(target, print_torch(network) if format == "torch" else print_keras(network), force)
    if target not in STDOUT:
        print_message(f"wrote {target}")


def print_keras(network: AnalysedNetwork) -> str:
    from cnnspec.compile.keras_source import to_source

    return to_source(network)


def print_torch(network: AnalysedNetwork) -> str:
    from cnnspec.compile.torch_source import NotInTorch, print_module

    try:
        return print_module(network).text
    except NotInTorch as error:
        raise UsageError(f"PyTorch cannot run this network: {error}") from None


def write_torch(network: AnalysedNetwork, target: str, weights: str | None) -> None:
    """Write the network as PyTorch's program, with the weights of a Keras model where they are given."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.compile.torch_model import OtherWeights, import_torch
    from cnnspec.compile.torch_program import write_program
    from cnnspec.compile.torch_source import NotInTorch

    try:
        import_torch()
        write_program(network, target, None if weights is None else built(network, weights))
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    except NotInTorch as error:
        raise UsageError(f"PyTorch cannot run this network: {error}") from None
    except OtherWeights as error:
        raise UsageError(f"the weights are not carried over: {error}") from None
    remember_output(target)
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
    from cnnspec.model_files import ModelRefused, give_file_weights

    model = to_keras(network.graph)
    if weights is not None:
        try:
            give_file_weights(network.graph, model, weights)
        except ModelRefused as refusal:
            sentence, *rest = refusal.name_file(weights)
            raise UsageError(f"the weights are not carried over: {sentence}", *rest) from None
    return model
