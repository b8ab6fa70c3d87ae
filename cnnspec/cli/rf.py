"""cnnspec rf FILE [LAYER …]: receptive fields as a table, of one unit, and as a picture."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.common import (
    FINDINGS,
    Refused,
    UsageError,
    add_model_options,
    load_analysed,
    say,
    status_of,
    write_whole,
)
from cnnspec.explain.explanation import layer_called
from cnnspec.rf import text as field_text
from cnnspec.rf.field import unit_field
from cnnspec.tables import escape as media

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument("layers", metavar="LAYER", nargs="*", help="layers to say everything about, or to draw")
    parser.add_argument("--at", type=position, metavar="Y,X", help="the layer's position; the middle one, if left out")
    parser.add_argument("--picture", action="store_true", help="draw the fields as boxes on the input")
    parser.add_argument("-o", "--output", metavar="OUT.svg", help="write the boxes as a picture")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed")
    add_model_options(parser)


def position(text: str) -> tuple[int, ...]:
    """A position for argparse: "3,4"."""
    try:
        return tuple([int(part) for part in text.split(",")])
    except ValueError:
        raise argparse.ArgumentTypeError(f'must be a position, such as 3,4, not "{text}"') from None


def run(options: argparse.Namespace) -> int:
    if options.at is not None and not options.layers:
        raise UsageError("--at is a position of a layer: name the layer, as in: cnnspec rf FILE conv2 --at 0,0")
    if options.output is not None and not options.output.endswith(".svg"):
        raise UsageError(f"{options.output} must end in .svg: that is the one format of the picture")
    if options.picture and options.format == "json":
        raise UsageError("--picture is for people, --format json for scripts: choose one")
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    for name in options.layers:
        try:
            layer_called(network, name)
        except LookupError as error:
            raise UsageError(str(error)) from None
    try:
        if options.picture or options.output is not None:
            draw(network, options)
        if options.format == "json":
            from cnnspec.rf import json as field_json

            print(media.json(field_json.json(network, options.layers, options.at)))
        elif options.layers and not (options.picture or options.output):
            units = [field_text.unit(unit_field(network, name, options.at)) for name in options.layers]
            print("\n".join(units), end="")
        elif not (options.picture or options.output):
            print(field_text.table(network), end="")
    except ValueError as error:  # no such position, or nothing to draw
        if network.broken:
            status_of(found)
            say(str(error))
            return FINDINGS
        raise UsageError(str(error)) from None
    return status_of(found)


def draw(network: AnalysedNetwork, options: argparse.Namespace) -> None:
    """The picture, printed or written or both."""
    from cnnspec.rf.picture import WIDEST, drawing, picture

    found = picture(network, options.layers, options.at)
    if options.output is not None:
        from cnnspec.rf.svg import svg

        write_whole(options.output, svg(found))
    if options.picture:
        from shutil import get_terminal_size

        encoding = (sys.stdout.encoding or "ascii").lower()
        width = max(40, min(WIDEST, get_terminal_size().columns - 1))
        print(drawing(found, not encoding.startswith("utf"), width), end="")
