"""What the commands share that ask a trained model about images or data: their arguments, and how these are read."""

from __future__ import annotations

import argparse
import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.source import printable
from cnnspec.base.source_files import decode_source, read_bytes
from cnnspec.cli.messages import UsageError, print_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.train.evaluation.trained import Trained


def add_trained_argument(parser: argparse.ArgumentParser, kinds: str = "a .keras, .onnx or .tflite file") -> None:
    parser.add_argument("trained", metavar="RUN|MODEL", help=f"the folder of a run, or {kinds}")


def add_data_option(parser: argparse.ArgumentParser, what: str) -> None:
    known = f"{', '.join(NAMED_DATA)}, tfds:NAME, a folder of class folders, a .csv or a .npz"
    parser.add_argument("--data", metavar="DATA", help=f"{what}: {known}")


def add_question_options(parser: argparse.ArgumentParser) -> None:
    """How the model is asked."""
    parser.add_argument("--names", metavar="NAMES", help="the classes: cat,dog or a file with a name in each line")
    parser.add_argument(
        "--range", type=read_range, metavar="LOW,HIGH",
        help="what black and white become, for models trained elsewhere: 0,255 or --range=-1,1 (the run's, else 0,1)",
    )  # fmt: skip
    parser.add_argument("--last", action="store_true", help="of a run, its last model instead of its best")
    parser.add_argument("--backend", metavar="NAME", help="tensorflow, jax or torch (the run's, where it is installed)")


def read_range(text: str) -> tuple[float, float]:
    """The range of pixels for argparse: 0,255."""
    from math import isfinite

    try:
        low, high = map(float, text.split(","))
    except ValueError:
        low = high = 0.0
    if low == high or not (isfinite(low) and isfinite(high)):
        raise argparse.ArgumentTypeError(f'must be two numbers, such as 0,255, not "{printable(text)}"')
    return low, high


def read_names(given: str) -> list[str]:
    """The names of the classes, as they are given or out of a file. UsageError."""
    if "," in given:
        return [name.strip() for name in given.split(",")]
    data = read_bytes(given, streams=True)
    found = data if isinstance(data, Diagnostic) else decode_source(data, given)
    if isinstance(found, Diagnostic):
        raise UsageError(
            f"{found.message.replace('cannot read ', 'cannot read the names in ', 1)}; give a file, or cat,dog"
        )
    return [line.strip() for line in found.text.split("\n") if line.strip()]


def list_files(given: list[str]) -> list[str]:
    """The images, those of folders among them. UsageError where there are none."""
    from cnnspec.train.data.pictures import list_images
    from cnnspec.train.errors import TrainingFailed

    if "-" in given:
        raise UsageError("images are not read from stdin; give files or folders")
    try:
        return [*list_images(given)]
    except TrainingFailed as error:
        raise UsageError(str(error)) from None


def read_data(given: str) -> str:
    """The data as the settings have them. UsageError."""
    from cnnspec.layers.argument import Unfit
    from cnnspec.train.data_words import data_or_folder

    try:
        return data_or_folder(given)
    except Unfit as unfit:
        raise UsageError(f"--data {unfit.complete(given)}") from None


def tell_reached(trained: Trained) -> None:
    """Say where the data of a run lie outside of the project: the folder of the run alone says where they are."""
    from cnnspec.base.outside_reach import find_reached
    from cnnspec.base.source_files import find_project_root

    for one in find_reached(trained.settings, os.path.realpath(find_project_root(os.getcwd()) or os.getcwd())):
        print_message(f"this {one.what}")
