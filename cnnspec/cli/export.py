"""cnnspec export MODEL -o model.onnx | model.tflite | model/: a trained model for where it is to run."""

from __future__ import annotations

import os

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN, UsageError, print_message
from cnnspec.cli.own_outputs import add_force_option, check_not_read, check_replaceable, remember_output
from cnnspec.compile.export import ENDINGS, ExportFailed, check_place, export, find_format, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from typing import Any

FORMATS = {name: ending for name, ending in ENDINGS.items() if name != "keras"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec export runs/net-1 -o net.onnx": "the best model of a training, as ONNX",
            "cnnspec export net.keras --to litert": "a saved model for phones: net.tflite",
            "cnnspec export runs/net-1 -o served/": "as a folder that TensorFlow serves",
        },
    )
    parser.add_argument(
        "file", metavar="MODEL", help="a .keras file, or the folder of a run, whose best model is taken"
    )
    add_output_options(parser, FORMATS, "model.onnx, model.tflite, or model/ for a SavedModel")


def run(options: argparse.Namespace) -> int:
    from cnnspec.compile.trained_models import find_saved_file, load_model

    try:
        find_saved_file(options.file)  # what is not there is said before Keras is imported
        target, format = target_of(options, FORMATS)
        said = read_metadata(options.file)
        write_model(lambda keras: load_model(options.file, keras), target, format, said)
        if "input_range" in said:
            print_message(f"it takes values from {said['input_range'].replace(',', ' to ')}, as in its training")
    except ExportFailed as error:
        raise UsageError(str(error)) from None
    return CLEAN


def read_metadata(path: str) -> dict[str, str]:
    """The metadata in the folder of a run: the names of the classes, the range of values that the model takes, and how
    images came to its size."""
    if not os.path.lexists(os.path.join(path, "run.json")):
        return {}
    from cnnspec.tables import escape
    from cnnspec.train.data.ranges import find_pixel_range
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.runs.folder import read_record

    try:
        record = read_record(path)
    except TrainingFailed as error:
        raise UsageError(str(error)) from None
    data, said = record["data"], {}
    if "resize" in record["settings"]:
        said["resize"] = record["settings"]["resize"]
    for name, told in (data.get("inputs") or {"": data}).items():
        values = told.get("values", [0, 1])
        low, high = find_pixel_range(*values) or values
        said[f"{name}_input_range" if name else "input_range"] = f"{low:g},{high:g}"
    for name, told in (data.get("outputs") or {"": data}).items():
        if told.get("classes") is not None:
            said[f"{name}_classes" if name else "classes"] = escape.json(told["classes"], None)
    return said


# ---- shared with compile -----------------------------------------------------------------------------------
def add_output_options(parser: argparse.ArgumentParser, formats: dict[str, str], kinds: str) -> None:
    parser.add_argument("-o", "--output", metavar="OUT", help=f"{kinds}; with --to, named after the input unless given")
    parser.add_argument(
        "--to", choices=formats, help="the format, where no -o says it, or it names a folder without a slash"
    )
    add_force_option(parser)


def target_of(options: argparse.Namespace, formats: dict[str, str], *read: str) -> tuple[str, str]:
    """The path to write to and its format. UsageError or ExportFailed when these are missing or not allowed. `read`: what
    is read beside the file."""
    if options.output is None:
        if options.to is None:
            raise UsageError(f"say what to make: -o model.onnx, or --to with one of {', '.join(formats)}")
        name = os.path.basename(os.path.abspath(options.file)) if options.file != "-" else "network"
        options.output = name.removesuffix(".cnn").removesuffix(".keras") + (formats[options.to] or os.sep)
    format = find_format(options.output, options.to, formats)
    check_place(options.output, format)
    check_not_read(options.output, options.file, *read)
    if formats[format] != ".py":  # of a source it is known once it is made
        check_replaceable(options.output, options.force)
    return options.output, format


def write_model(
    made: Callable[[Any], Any], target: str, format: str, metadata: Mapping[str, str] | None = None
) -> None:
    """Make a model with Keras on the backend that the format needs, and write it."""
    from cnnspec.cli.kernel_warning import warn
    from cnnspec.compile.backend import MissingExtra

    try:
        keras = prepare(format)
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    model = made(keras)
    if format in ("keras", "saved_model"):  # which TensorFlow runs; others run the rest
        warn(model, keras)
    export(model, target, format, metadata)
    remember_output(target)
    print_message(f"wrote {target}")
