"""cnnspec predict RUN|MODEL IMAGES…: what a trained model sees in images, or in the rows of arrays, a line each."""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.base.source import printable
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.asked_model import add_question_options, add_trained_argument, list_files, read_names
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.streams import fit_sentence, tell_sentence
from cnnspec.tables import escape
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.evaluation.prediction_forms import list_cells, write_data, write_heads, write_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.train.evaluation.predict import Prediction
    from cnnspec.train.evaluation.question import OutputQuestion
    from cnnspec.train.evaluation.trained import Trained


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec predict runs/net-1 digit.png": "the three likeliest classes of an image",
            "cnnspec predict runs/net-1 images --format csv": "of all images in a folder, as a table",
            "cnnspec predict net.keras digit.png --range 0,1 --top 5": "with a model that was trained elsewhere",
        },
    )
    add_trained_argument(parser)
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="an image, a folder of images, or one .npz")
    parser.add_argument("--top", type=read_positive, default=3, metavar="N", help="how many classes are told (3)")
    add_question_options(parser)
    parser.add_argument("--batch", type=read_positive, default=32, metavar="N", help="images at once (32)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        help="write the mask of each image there, as NAME.png: a new or empty folder",
    )
    parser.add_argument(
        "--overlay", action="store_true", help="with -o: each image with its mask over it, NAME-overlay.png"
    )
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="how it is printed")


def run(options: argparse.Namespace) -> int:
    names = None if options.names is None else read_names(options.names)
    if options.overlay and options.output is None:
        raise UsageError("--overlay lays masks over images, and goes with -o FOLDER")
    from cnnspec.train.evaluation.predict_rows import is_arrays

    try:
        arrays = is_arrays(options.images)
    except TrainingFailed as error:
        raise UsageError(str(error)) from None
    if arrays and options.output is not None:
        raise UsageError("-o writes the masks of images; the rows of a .npz have no names")
    paths = options.images if arrays else list_files(options.images)
    from cnnspec.cli.kernel_warning import warn
    from cnnspec.compile.keras_model import MissingExtra
    from cnnspec.train.evaluation.opening import open_model

    try:
        trained, keras = open_model(options.trained, options.backend, options.last)
        warn(trained.saved.model, keras, "--backend jax")
        ask = _ask_rows if arrays else _ask_images
        broken = _print_predictions(*ask(trained, names, paths, options), options)
    except (MissingExtra, TrainingFailed) as error:
        raise UsageError(str(error)) from None
    except MemoryError:
        raise UsageError("there is not enough memory; give a smaller --batch") from None
    except OSError as error:
        if options.output is None:
            raise
        raise UsageError(f"cannot write into {options.output}: {error.strerror or error}") from None
    if options.output is not None and os.path.isdir(options.output):
        tell_sentence(f"wrote the masks into {printable(options.output)}")
    if broken:
        print_message(f"{broken:,} of {len(paths):,} images could not be read")
    return FINDINGS if broken else CLEAN


def _ask_images(
    trained: Trained, names: list[str] | None, paths: list[str], options: argparse.Namespace
) -> tuple[Iterable[Prediction], tuple[OutputQuestion, ...]]:
    """The predictions, and what their outputs were asked."""
    from cnnspec.train.evaluation.predict_tiles import predict_paths
    from cnnspec.train.evaluation.question import describe_assumptions, describe_range, make_question

    asked = make_question(trained, names, options.range)
    said = [] if options.range is not None else describe_range(asked)
    for sentence in [*said, *describe_assumptions(trained, asked.outputs, options.trained)]:
        print_message(sentence)
    files = None
    if options.output is not None:
        from cnnspec.train.evaluation.predicted_masks import make_mask_files

        files = make_mask_files(options.output, paths, trained, asked.outputs, options.overlay)
    return predict_paths(trained, asked, paths, options.top, options.batch, files), asked.outputs


def _ask_rows(
    trained: Trained, names: list[str] | None, paths: list[str], options: argparse.Namespace
) -> tuple[Iterable[Prediction], tuple[OutputQuestion, ...]]:
    from cnnspec.train.evaluation.predict_rows import open_rows, predict_rows
    from cnnspec.train.evaluation.question import ask_outputs, describe_assumptions
    from cnnspec.train.progress import Lines

    if options.range is not None:
        raise UsageError("--range is for images; the numbers of a .npz are taken as they are")
    outputs = ask_outputs(trained, names)
    for sentence in describe_assumptions(trained, outputs, options.trained):
        print_message(sentence)
    rows = open_rows(trained, paths[0], Lines(sys.stderr))
    return predict_rows(trained, outputs, paths[0], rows, options.top, options.batch), outputs


# ---- what is told --------------------------------------------------------------------------------------------
def _print_predictions(
    found: Iterable[Prediction], asked: tuple[OutputQuestion, ...], options: argparse.Namespace
) -> int:
    """Print every prediction as it comes; the number of broken images."""
    tell = {"text": _print_text, "json": _print_json, "csv": _print_csv}[options.format]
    return sum(tell(_name_broken(found), asked, options.top))


def _name_broken(found: Iterable[Prediction]) -> Iterator[Prediction]:
    """The same predictions; images that are none are named on stderr."""
    for one in found:
        if one.why:
            sys.stdout.flush()
            print_message(f"{one.path}: {one.why}")
        yield one


def _print_text(found: Iterable[Prediction], asked: tuple[OutputQuestion, ...], top: int) -> Iterator[bool]:
    for one in found:
        if not one.why:
            print(fit_sentence(write_line(one, asked), sys.stdout), flush=True)
        yield bool(one.why)


def _print_json(found: Iterable[Prediction], asked: tuple[OutputQuestion, ...], top: int) -> Iterator[bool]:
    first = True
    for one in found:
        print("[\n " if first else ",\n ", escape.json(write_data(one, asked), None), sep="", end="", flush=True)
        first = False
        yield bool(one.why)
    print("[]" if first else "\n]")


def _print_csv(found: Iterable[Prediction], asked: tuple[OutputQuestion, ...], top: int) -> Iterator[bool]:
    import csv

    heads = write_heads(asked, top)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(heads)
    for one in found:
        writer.writerow([escape.csv(str(cell)) for cell in list_cells(one, len(heads))])
        sys.stdout.flush()
        yield bool(one.why)
