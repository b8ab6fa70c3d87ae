"""cnnspec look RUN|MODEL [IMAGES…] -o FOLDER: pictures of what a trained network has learned, and of what it sees in images."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from cnnspec.base.count_nouns import count_nouns
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.asked_model import (
    add_data_option,
    add_question_options,
    add_trained_argument,
    list_files,
    read_data,
    read_names,
    tell_reached,
)
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.option_values import read_positive, split_names
from cnnspec.cli.own_outputs import check_replaceable, holds_something, is_own_output, remember_output
from cnnspec.cli.streams import fit_sentence
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from typing import Any

    from cnnspec.graph import Node
    from cnnspec.look.files import PictureFolder
    from cnnspec.look.image_look import ImageLook
    from cnnspec.look.images import Images
    from cnnspec.look.opened import OpenedNetwork
    from cnnspec.look.patches import FilterPatches, FoundPatches
    from cnnspec.train.evaluation.question import Question
    from cnnspec.train.evaluation.trained import Trained

MOST_PATCHES = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec look runs/net-1": "its first test examples; see net-1-look/sheet.png",
            "cnnspec look runs/net-1 digit.png --layers conv2 --class 3": "a layer, and what speaks for a class",
            "cnnspec look net.keras --data digits --top 9": "what excites each filter most",
        },
    )
    add_trained_argument(parser, "a .keras file")
    parser.add_argument(
        "images", metavar="IMAGE", nargs="*", help="an image, or a folder of images (a run's test examples)"
    )
    add_data_option(parser, "examples of data in place of images (the run's)")
    parser.add_argument("-o", "--output", metavar="FOLDER", help="where the pictures go (NAME-look)")
    parser.add_argument("--layers", type=split_names, metavar="LAYERS", default=[], help="the layers to show: conv1,conv2 (up to six convolutions)")  # fmt: skip
    parser.add_argument("--class", dest="class_", metavar="CLASS", help="the class to explain, by name or number from 0 (the likeliest)")  # fmt: skip
    parser.add_argument(
        "--top", type=read_positive, metavar="N",
        help="of all images the N patches that excite each filter most, instead of pictures of each image",
    )  # fmt: skip
    add_question_options(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed")
    parser.add_argument("--force", action="store_true", help="write into FOLDER, whatever else it holds")


def run(options: argparse.Namespace) -> int:
    if options.top is not None and options.class_ is not None:
        raise UsageError("--top is about filters, --class about what speaks for a class: choose one")
    if options.top is not None and options.top > MOST_PATCHES:
        raise UsageError(f"--top is {MOST_PATCHES} at the most")
    names = None if options.names is None else read_names(options.names)
    if options.images and options.data is not None:
        raise UsageError("give images or --data: choose one")
    if not options.images and options.data is None and not os.path.lexists(os.path.join(options.trained, "run.json")):
        raise UsageError("give images to look at, or --data")
    data, paths = None if options.data is None else read_data(options.data), list_files(options.images)
    if options.output == "":
        raise UsageError("-o names no folder")
    folder = options.output or f"{os.path.basename(os.path.abspath(options.trained)).removesuffix('.keras')}-look"
    check_folder(folder, paths, options.force)
    from cnnspec.compile.keras_model import MissingExtra

    try:
        return look(options, names, data, paths, folder)
    except (MissingExtra, TrainingFailed) as error:
        raise UsageError(str(error)) from None
    except MemoryError:
        raise UsageError("there is not enough memory") from None


def look(options: argparse.Namespace, names: list[str] | None, data: str | None, paths: list[str], folder: str) -> int:
    """Open the model, look, and write. The exit status."""
    from cnnspec.cli.kernel_warning import warn
    from cnnspec.look import check_network, choose_layers, find_kernels, open_network
    from cnnspec.look.classes import ask, choose_class
    from cnnspec.look.pictures import draw_kernels
    from cnnspec.train.evaluation.question import describe_assumptions, describe_range
    from cnnspec.train.evaluation.trained import open_trained

    trained, keras = open_trained(options.trained, options.backend, options.last)
    warn(trained.saved.model, keras, "--backend jax")
    asked = ask(trained, names, options.range)
    number = choose_class(asked, options.class_)
    images = open_images(trained, asked, data, paths, options.top is not None, options.range is not None)
    network = open_network(trained, keras, images.asked)
    said = [] if options.range is not None else describe_range(asked)
    for sentence in [*said, *describe_assumptions(trained, asked.outputs, options.trained)]:
        print_message(sentence)
    layers = choose_layers(network, options.layers)
    tell_what_is_missing(network, layers, options.top is not None)
    check_network(network, images)
    kernels = find_kernels(network)
    told = Told(options.format == "json")
    with opened_folder(folder, options.force) as made:
        if kernels is not None:
            made.add("", "", [[draw_kernels(kernels)]])
        if options.top is None:
            broken = write_looks(network, images, layers, number, made, told)
        else:
            broken = write_patches(network, images, layers, options.top, made, told)
    if options.format == "json":
        from cnnspec.look.json import write_data
        from cnnspec.tables.escape import json

        print(json(write_data(network.path, folder, made.written, told.images, told.layers)))
    sys.stdout.flush()
    others = count_nouns(len(made.written) - 1, "other picture")
    print_message(f"wrote {os.path.join(folder, made.written[-1].file)} and {others}")
    if made.sheet.left_out:
        print_message(
            f"{made.written[-1].file} has no room for the pictures of {count_nouns(made.sheet.left_out, 'image')}"
        )
    if broken:
        print_message(f"{broken:,} of {len(images):,} images could not be read")
    return FINDINGS if broken else CLEAN


class Told:
    """What is told of images and layers: printed as it comes, or kept as data for JSON."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.images: list[dict[str, Any]] = []
        self.layers: list[FilterPatches] | None = None

    def tell_look(self, found: ImageLook) -> None:
        if found.why:
            sys.stdout.flush()
            print_message(f"{found.name}: {found.why}")
        if self.as_json:
            from cnnspec.look.json import write_look as write_data

            self.images.append(write_data(found))
        elif not found.why:
            from cnnspec.look.text import write_look

            print_lines(write_look(found))

    def tell_patches(self, found: FoundPatches) -> None:
        for image in found.broken:
            self.tell_look(image)
        self.layers = [*found.layers]
        if not self.as_json:
            from cnnspec.look.text import write_patches

            for layer in found.layers:
                print_lines(write_patches(layer))


def open_images(
    trained: Trained, asked: Question, data: str | None, paths: list[str], all: bool, ranged: bool
) -> Images:
    """The images to look at: of files, else examples of data, all of them or the first; `ranged`: --range was given."""
    from cnnspec.look.images import SHOWN, ImageFiles, open_examples

    if paths:
        return ImageFiles(paths, asked)
    from cnnspec.train.progress import choose_display

    if data is None:
        tell_reached(trained)
    shown = choose_display(sys.stderr, False, fit_sentence)
    try:
        return open_examples(trained, data, asked, None if all else SHOWN, shown, ranged)
    finally:
        shown.close()


def tell_what_is_missing(network: OpenedNetwork, layers: list[Node], patches: bool) -> None:
    """Say which pictures there cannot be. UsageError where there is none at all."""
    from cnnspec.look.classes import has_classes

    if not layers and (patches or not has_classes(network.asked)):
        raise UsageError(f"there is nothing to look at in {network.path}: it has no convolution of images")
    if not layers:
        print_message(f"{network.path} has no convolution of images: there are no kernels and no responses of layers")
    if not has_classes(network.asked) and not patches:
        print_message(
            f"{network.path} does not say which class an image is of: there is no class activation and no occlusion"
        )


# ---- what is looked at ---------------------------------------------------------------------------------------
def write_looks(
    network: OpenedNetwork, images: Images, layers: list[Node], number: int | None, made: PictureFolder, told: Told
) -> int:
    """Write the pictures of every image, and tell what there is to say of it; the number of broken images."""
    from cnnspec.look import look_at_images
    from cnnspec.look.pictures import draw_look
    from cnnspec.look.text import write_title

    broken = 0
    for found in look_at_images(network, images, layers, number):
        told.tell_look(found)
        if found.why:
            broken += 1
        else:
            made.add(write_title(found), found.name, draw_look(found))
    return broken


def write_patches(
    network: OpenedNetwork, images: Images, layers: list[Node], top: int, made: PictureFolder, told: Told
) -> int:
    """Write for every layer what excites its filters most; the number of broken images."""
    from cnnspec.look import find_patches
    from cnnspec.look.pictures import draw_patches

    found = find_patches(network, images, layers, top)
    told.tell_patches(found)
    drawn = [
        draw_patches(layer, {name: images.find(name).shares for name in layer.list_images()}) for layer in found.layers
    ]
    made.add("", "", [drawn])
    return len(found.broken)


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(fit_sentence(line, sys.stdout), flush=True)


# ---- the folder ----------------------------------------------------------------------------------------------
def check_folder(folder: str, paths: list[str], force: bool) -> None:
    """UsageError where pictures cannot be written, before anything is loaded."""
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise UsageError(f"cannot write {folder}: it is a file, and the pictures need a folder")
    whole = os.path.realpath(folder)
    inside = next((path for path in paths if os.path.dirname(os.path.realpath(path)) == whole), None)
    if inside is not None:
        raise UsageError(f"{folder} is where {inside} is read: give -o another folder")
    check_replaced(folder, force)


def check_replaced(folder: str, force: bool) -> None:
    """UsageError where something stands in a folder that is not pictures from here."""
    check_replaceable(folder, force)
    if not force and holds_something(folder) and not holds_own_pictures(folder):
        raise UsageError(f"{folder} holds something else than pictures of look: give another name, or --force")


def holds_own_pictures(folder: str) -> bool:
    """Whether a folder holds pictures that were written from here, and nothing else."""
    return is_own_output(folder) and all([
        name.endswith(".png") and os.path.isfile(os.path.join(folder, name)) for name in os.listdir(folder)
    ])  # fmt: skip


@contextmanager
def opened_folder(folder: str, force: bool) -> Iterator[PictureFolder]:
    """A folder for pictures. What was written there before by this command, and nobody has changed since, is replaced.
    UsageError where somebody has put other things there meanwhile, or it cannot be written."""
    from cnnspec.look.files import PictureFolder

    check_replaced(folder, force)
    own = holds_something(folder) and holds_own_pictures(folder)
    alone = own or not holds_something(folder)
    try:
        os.makedirs(folder, exist_ok=True)
        for path in [os.path.join(folder, name) for name in os.listdir(folder)] if own else ():
            if os.path.isfile(path):
                os.unlink(path)
        made = PictureFolder(folder)
        try:
            yield made
            made.finish()
        finally:
            if alone:
                remember_output(folder)
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror or error}") from None
