"""cnnspec predict RUN|MODEL IMAGES…: what a trained model sees in images, a line each."""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.percent import percent
from cnnspec.base.source import printable
from cnnspec.base.source_files import decode_source, read_bytes
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import read_positive
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.streams import fit_sentence
from cnnspec.tables import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnspec.train.evaluation.predict import Prediction, Question


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec predict runs/net-1 digit.png": "the three likeliest classes of an image",
            "cnnspec predict runs/net-1 images --format csv": "of all images in a folder, as a table",
            "cnnspec predict net.keras digit.png --range 0,1 --top 5": "with a model that was trained elsewhere",
        },
    )
    parser.add_argument("trained", metavar="RUN|MODEL", help="the folder of a run, or a .keras file")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="an image, or a folder of images")
    parser.add_argument("--top", type=read_positive, default=3, metavar="N", help="how many classes are told (3)")
    parser.add_argument("--names", metavar="NAMES", help="the classes: cat,dog or a file with a name in each line")
    parser.add_argument(
        "--range", type=_read_range, metavar="LOW,HIGH",
        help="what black and white become, for models trained elsewhere: 0,255 or --range=-1,1 (the run's, else 0,1)",
    )  # fmt: skip
    parser.add_argument("--batch", type=read_positive, default=32, metavar="N", help="images at once (32)")
    parser.add_argument("--last", action="store_true", help="of a run, its last model instead of its best")
    parser.add_argument("--backend", metavar="NAME", help="tensorflow, jax or torch (the run's, where it is installed)")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="how it is printed")


def _read_range(text: str) -> tuple[float, float]:
    from math import isfinite

    try:
        low, high = map(float, text.split(","))
    except ValueError:
        low = high = 0.0
    if low == high or not (isfinite(low) and isfinite(high)):
        raise argparse.ArgumentTypeError(f'must be two numbers, such as 0,255, not "{printable(text)}"')
    return low, high


def run(options: argparse.Namespace) -> int:
    names = None if options.names is None else _read_names(options.names)
    paths = list(_list_files(options.images))
    from cnnspec.cli.kernel_warning import warn
    from cnnspec.compile.keras_model import MissingExtra
    from cnnspec.train.data.ranges import SHARES, show_range
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.evaluation.predict import make_question, predict_images
    from cnnspec.train.evaluation.trained import open_trained

    try:
        trained, keras = open_trained(options.trained, options.backend, options.last)
        warn(trained.saved.model, keras, "--backend jax")
        asked = make_question(trained, names, options.range)
        if options.range is None and asked.range != SHARES:
            print_message(f"images are brought to {show_range(asked.range)}, as in the training")
        if asked.head.assumed:
            print_message(f"{options.trained} does not say what it yields: its outputs are taken for logits of classes")
        broken = _print_predictions(predict_images(trained, asked, paths, options.top, options.batch), asked, options)
    except (MissingExtra, TrainingFailed) as error:
        raise UsageError(str(error)) from None
    except MemoryError:
        raise UsageError("there is not enough memory; give a smaller --batch") from None
    if broken:
        print_message(f"{broken:,} of {len(paths):,} images could not be read")
    return FINDINGS if broken else CLEAN


# ---- what is given -------------------------------------------------------------------------------------------
def _read_names(given: str) -> list[str]:
    if "," in given:
        return [name.strip() for name in given.split(",")]
    data = read_bytes(given, streams=True)
    found = data if isinstance(data, Diagnostic) else decode_source(data, given)
    if isinstance(found, Diagnostic):
        raise UsageError(
            f"{found.message.replace('cannot read ', 'cannot read the names in ', 1)}; give a file, or cat,dog"
        )
    return [line.strip() for line in found.text.split("\n") if line.strip()]


def _list_files(given: Iterable[str]) -> Iterator[str]:
    """The images: files as they are given, and those in folders and below, hidden ones left out."""
    from cnnspec.train.data.pictures import SUFFIXES, is_image

    for path in given:
        if path == "-":
            raise UsageError("images are not read from stdin; give files or folders")
        if not os.path.isdir(path):
            yield path
            continue
        found = False
        for folder, folders, names in os.walk(path):
            folders[:] = sorted([f for f in folders if not f.startswith(".")])
            for name in sorted(names):
                if is_image(name):
                    found = True
                    yield os.path.join(folder, name)
        if not found:
            raise UsageError(f"there is no image in {path}: {', '.join(s[1:] for s in SUFFIXES)} are read")


# ---- what is told --------------------------------------------------------------------------------------------
def _print_predictions(found: Iterable[Prediction], asked: Question, options: argparse.Namespace) -> int:
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


def _print_text(found: Iterable[Prediction], asked: Question, top: int) -> Iterator[bool]:
    in_percent = asked.unit in ("probability", "share")
    for one in found:
        if not one.why:
            shown = [f"{n} {percent(v)}" if in_percent else f"{n} {v:.4g}" for n, v in one.answers]
            print(fit_sentence(printable(f"{one.path}  {', '.join(shown)}"), sys.stdout), flush=True)
        yield bool(one.why)


def _print_json(found: Iterable[Prediction], asked: Question, top: int) -> Iterator[bool]:
    first = True
    for one in found:
        content = {"error": one.why} if one.why else {"answers": [{"name": n, asked.unit: v} for n, v in one.answers]}
        print(
            "[\n " if first else ",\n ", escape.json({"image": one.path, **content}, None), sep="", end="", flush=True
        )
        first = False
        yield bool(one.why)
    print("[]" if first else "\n]")


def _print_csv(found: Iterable[Prediction], asked: Question, top: int) -> Iterator[bool]:
    import csv

    columns = len(asked.names) if asked.unit == "value" else min(top, len(asked.names))
    heads = [f"{head}_{n + 1}" for n in range(columns) for head in ("name", asked.unit)]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["image", *heads, "error"])
    for one in found:
        cells = [cell for answer in one.answers for cell in answer] or [""] * len(heads)
        writer.writerow([printable(str(cell)) for cell in (one.path, *cells, one.why)])
        sys.stdout.flush()
        yield bool(one.why)
