"""cnnspec export MODEL -o model.onnx | model.tflite | model.h | model/: a trained model for where it is to run."""

from __future__ import annotations

import os
import sys
from io import StringIO

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.asked_model import add_data_option, read_data, tell_reached
from cnnspec.cli.messages import CLEAN, UsageError, print_message
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.own_outputs import add_force_option, check_not_read, check_replaceable, remember_output
from cnnspec.compile.export import EXPORTED, ExportFailed, check_place, export, find_format, prepare
from cnnspec.compile.export_options import PLAIN, WIDTHS, ExportOptions, find_misfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import Any

    from cnnspec.train.evaluation.trained import Trained


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec export runs/net-1 -o net.onnx": "the best model of a training, as ONNX",
            "cnnspec export net.keras --to litert": "a saved model for phones: net.tflite",
            "cnnspec export runs/net-1 -o net.h --quantize int8": "a C array for firmware, in bytes",
            "cnnspec export runs/net-1 -o served/": "as a folder that TensorFlow serves",
        },
    )
    parser.add_argument(
        "file", metavar="MODEL", help="a .keras file, or the folder of a run, whose best model is taken"
    )
    add_output_options(
        parser, EXPORTED, "model.onnx, model.tflite, model.h (LiteRT as a C array), or model/ for a SavedModel"
    )
    parser.add_argument(
        "--quantize", choices=WIDTHS,
        help="narrower numbers: int8, with ranges from examples to train on, or float16; .tflite, .h and .onnx",
    )  # fmt: skip
    add_data_option(parser, "what int8 takes its ranges from, and what the file is measured on (the run's data)")
    parser.add_argument(
        "--batch", type=read_positive, metavar="N", help="examples at once that the file takes (any; of a .h, 1)"
    )
    parser.add_argument("--opset", type=read_positive, metavar="N", help="the opset of an ONNX file (15)")


def run(options: argparse.Namespace) -> int:
    from cnnspec.compile.trained_models import find_saved_file
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.runs.folds import refuse_folds

    data = None if options.data is None else read_data(options.data)
    try:
        refuse_folds(options.file)
        find_saved_file(options.file)  # what can be said before Keras is imported
        target, format = target_of(options, EXPORTED)
        asked = ExportOptions({}, options.quantize or "", (), options.opset, options.batch)
        if misfit := find_misfit(format, asked):
            raise UsageError(misfit)
        if format == "header" and asked.batch is None:
            asked = asked.replace(batch=1)
        check_examples(options.file, data, asked)
        if format == "saved_model":
            export_plain(options.file, target, format)
        else:
            export_described(options.file, data, target, format, asked)
    except (ExportFailed, TrainingFailed) as error:
        raise UsageError(str(error)) from None
    return CLEAN


def check_examples(path: str, data: str | None, asked: ExportOptions) -> None:
    """UsageError or TrainingFailed where int8 has no examples to take ranges from, or too few."""
    if asked.quantize != "int8" or data is not None:
        return
    if not os.path.lexists(os.path.join(path, "run.json")):
        raise UsageError(
            f"int8 takes the ranges of all values from examples, and {path} has no data of its own: give --data"
        )
    from cnnspec.train.evaluation.shipping import check_count
    from cnnspec.train.runs.folder import read_record

    told = read_record(path)["data"]
    check_count(told["train"], told["given"])


def export_plain(path: str, target: str, format: str) -> None:
    """Write a model as it is."""
    from cnnspec.compile.trained_models import load_model

    write_model(lambda keras: load_model(path, keras), target, format)


def export_described(path: str, data: str | None, target: str, format: str, asked: ExportOptions) -> None:
    """Write a model with what is known of it, and say what the file still knows. Raises ExportFailed and TrainingFailed."""
    from cnnspec.cli.shipped import open_test_part, tell_size, tell_what_is_kept, warn_of_delegate
    from cnnspec.cli.streams import fit_sentence
    from cnnspec.train.evaluation.exported import describe
    from cnnspec.train.evaluation.shipping import choose_examples
    from cnnspec.train.progress import Lines

    measured = bool(asked.quantize) or data is not None
    trained = open_described(path, format, asked, measured)
    if trained is None:
        from cnnspec.compile.trained_models import load_model

        write_model(lambda keras: load_model(path, keras), target, format, asked)
        return
    asked = asked.replace(metadata=describe(trained))
    if measured and data is None:
        tell_reached(trained)
    chosen, shown = None, Lines(sys.stderr, fit=fit_sentence)
    if asked.quantize == "int8":
        chosen = choose_examples(trained, data, shown)
        asked, shown = asked.replace(examples=chosen.examples), Lines(StringIO(), True)  # what it says is said already
    opened = open_test_part(trained, data, shown) if measured else None
    write_model(lambda _: trained.saved.model, target, format, asked)
    if chosen is not None:
        print_message(f"the ranges of int8 are those of {chosen.described}")
    if "input_range" in asked.metadata:
        print_message(f"it takes values from {asked.metadata['input_range'].replace(',', ' to ')}, as in its training")
    if measured:
        if opened is not None:
            tell_what_is_kept(trained, opened, target, format, asked.metadata)
        tell_size(trained, target, format, asked)
    if asked.quantize == "int8" and format == "litert":
        warn_of_delegate(target, asked.examples)


def open_described(path: str, format: str, asked: ExportOptions, measured: bool) -> Trained | None:
    """A model with what is known of it; None for one that nothing can be measured of, where nothing need be. Raises
    TrainingFailed."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.evaluation.trained import open_trained

    try:
        prepare(format, asked.quantize)
        return open_trained(path, "tensorflow")[0]
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    except TrainingFailed:
        if measured:
            raise
        return None


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


def write_model(made: Callable[[Any], Any], target: str, format: str, asked: ExportOptions = PLAIN) -> None:
    """Make a model with Keras on the backend that the format needs, and write it."""
    from cnnspec.cli.kernel_warning import warn
    from cnnspec.compile.backend import MissingExtra

    try:
        keras = prepare(format, asked.quantize)
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    model = made(keras)
    if format in ("keras", "saved_model"):  # which TensorFlow runs; others run the rest
        warn(model, keras)
    export(model, target, format, asked)
    remember_output(target)
    print_message(f"wrote {target}")
