"""cnnspec rf FILE [LAYER …]: receptive fields as a table, of one unit, from one unit down, and as a picture."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed
from cnnspec.cli.messages import FINDINGS, Refused, UsageError, print_errors, print_message
from cnnspec.cli.option_values import read_place
from cnnspec.cli.own_outputs import add_force_option, write_output
from cnnspec.cli.picture_file import check_picture_name, write_drawing
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.pictures.files import ENDINGS, find_ending
from cnnspec.rf import find_effective_field, find_fields, find_picture, find_seen_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.network import AnalysedNetwork
    from cnnspec.pictures.drawing import Drawing

PICTURES = (*ENDINGS, "html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec rf net.cnn": "every layer's receptive field",
            "cnnspec rf net.cnn conv2 --at 0,0": "what the upper left position of a layer sees",
            "cnnspec rf net.cnn --in conv2": "what one position sees of each layer before it",
            "cnnspec rf net.cnn -o fields.svg": "boxes on the input, as a picture",
        },
    )
    add_file_argument(parser)
    parser.add_argument(
        "layers", metavar="LAYER", nargs="*", help="layers to say everything about, to draw, or to show with --in"
    )
    parser.add_argument(
        "--in",
        dest="inside",
        metavar="LAYER",
        help="what one position in LAYER sees of each layer before it, down to the input",
    )
    parser.add_argument(
        "--at", type=read_place, metavar="Y,X", help="the layer's position; the middle one, if left out"
    )
    parser.add_argument(
        "--effective",
        metavar="LAYER",
        help="how much each pixel has to do with one position in LAYER: a heat map",
    )
    parser.add_argument("--picture", action="store_true", help="draw the fields as boxes on the input")
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="write the boxes, or the heat map, as a picture: OUT.svg, .pdf, .png, .tex; .html with the table",
    )
    add_format_option(parser)
    add_force_option(parser)
    add_model_options(parser)


def check_question(options: argparse.Namespace) -> None:
    """UsageError for options that do not go together."""
    drawn = options.picture or options.output is not None
    if options.at is not None and not options.layers and options.inside is None and options.effective is None:
        raise UsageError("--at is a position of a layer: name the layer, as in: cnnspec rf FILE conv2 --at 0,0")
    if options.inside is not None and drawn:
        raise UsageError("--in makes a table, --picture and -o draw boxes on the input: choose one")
    if options.effective is not None and (options.inside is not None or options.picture or options.layers):
        raise UsageError("--effective LAYER is about that layer alone: it goes with --at and -o")
    if options.output is not None:
        check_picture_name(options.output, options.file, endings=PICTURES)
    if (options.picture or options.effective is not None) and options.format != "text":
        asked = "--picture" if options.picture else "--effective"
        raise UsageError(f"{asked} draws, --format {options.format} writes the figures: choose one")


def run(options: argparse.Namespace) -> int:
    check_question(options)
    try:
        network, found = load_analysed(options)
    except Refused:
        return FINDINGS
    for name in [*options.layers, *[name for name in (options.inside, options.effective) if name is not None]]:
        try:
            network.find_layer(name)
        except LookupError as error:
            raise UsageError(str(error)) from None
    try:
        if options.effective is not None:
            show_effective_field(network, options)
        elif options.picture or options.output is not None:
            draw(network, options)
        if options.inside is not None:
            print_seen(network, options)
        elif options.format != "text" or not (options.picture or options.output or options.effective):
            print_fields(network, options)
    except ValueError as error:  # no such position, or nothing to draw
        if network.broken:
            print_errors(found)
            print_message(str(error))
            return FINDINGS
        raise UsageError(str(error)) from None
    return print_errors(found)


def print_fields(network: AnalysedNetwork, options: argparse.Namespace) -> None:
    """The fields of all layers, or of one position of some."""
    fields = find_fields(network, options.layers, options.at)
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.network_answers import ReceptiveFields

        print_form(make_answer(ReceptiveFields, fields, network), options.format)
    else:
        from cnnspec.rf.text import write_text

        print(write_text(network, fields, find_width(sys.stdout)), end="")


def print_seen(network: AnalysedNetwork, options: argparse.Namespace) -> None:
    """What one position of a layer sees of those before it."""
    seen = find_seen_layers(network, options.inside, options.at, options.layers)
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.network_answers import SeenLayers

        print_form(make_answer(SeenLayers, seen, network), options.format)
    else:
        from cnnspec.rf.seen_text import write_text

        print(write_text(network, seen, find_width(sys.stdout)), end="")


def show_effective_field(network: AnalysedNetwork, options: argparse.Namespace) -> None:
    """How much each pixel has to do with one position of a layer, printed or written."""
    if options.output is not None:
        write_drawn(network, options)
        return
    from cnnspec.rf.effective_text import write_text

    field = find_effective_field(network, options.effective, options.at)
    print(write_text(network, field, prints_ascii(), find_width(sys.stdout)), end="")


def draw(network: AnalysedNetwork, options: argparse.Namespace) -> None:
    """The picture, printed or written or both."""
    if options.output is not None:
        write_drawn(network, options)
    if options.picture:
        from cnnspec.rf.picture_text import draw_picture

        picture = find_picture(network, options.layers, options.at)
        print(draw_picture(picture, prints_ascii(), find_width(sys.stdout)), end="")


def prints_ascii() -> bool:
    """Whether stdout may lack the signs of boxes."""
    return not (sys.stdout.encoding or "ascii").lower().startswith("utf")


def make_picture(network: AnalysedNetwork, options: argparse.Namespace) -> Drawing:
    """The heat map of the effective field that is asked for, else the boxes. ValueError where there is nothing to draw."""
    if options.effective is not None:
        from cnnspec.rf import effective_drawing

        return effective_drawing.make_drawing(network, find_effective_field(network, options.effective, options.at))
    from cnnspec.rf import drawing

    return drawing.make_drawing(find_picture(network, options.layers, options.at))


def write_drawn(network: AnalysedNetwork, options: argparse.Namespace) -> None:
    """Write the picture that is asked for; as a page with the table of layers below it."""
    drawing = make_picture(network, options)
    if find_ending(options.output) != "html":
        write_drawing(options.output, drawing, options.force)
        return
    from cnnspec.api.html.rf import make_report
    from cnnspec.pictures.page import write_page
    from cnnspec.tables.html import write_html

    table = write_html(make_report(network, find_fields(network)))
    write_output(options.output, write_page(drawing, table), options.force)
    print_message(f"wrote {options.output}")
