"""cnnspec sizes FILE: all input sizes that a network takes, those that lose nothing, those that fit exactly."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_analysed
from cnnspec.cli.messages import CLEAN, FINDINGS, Refused, UsageError, print_diagnostic, print_message
from cnnspec.cli.own_outputs import add_force_option
from cnnspec.cli.picture_file import check_picture_name, write_drawing
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.lint.rules import prevents
from cnnspec.sizes import explain_no_size, find_input_sizes, has_axes_for

MOST_AXES = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec sizes net.cnn": "which sizes of the input are legal, and which fit",
            "cnnspec sizes net.cnn --near 670x512": "those next to a size that is wanted",
            "cnnspec sizes net.cnn -o sizes.svg": "a picture of them",
        },
    )
    add_file_argument(parser)
    parser.add_argument("--near", type=read_size, metavar="SIZE", help="the size to ask about: 670, or 670x512")
    parser.add_argument("-o", "--output", metavar="OUT", help="draw them along a line: OUT.svg, .pdf, .png or .tex")
    add_format_option(parser)
    add_force_option(parser)
    add_model_options(parser)


def read_size(text: str) -> tuple[int, ...]:
    """A size for argparse: a whole number from 1, or one for each axis."""
    parts = text.lower().split("x")
    numbers = tuple([int(part) for part in parts if part.strip().isdecimal()])
    if not len(parts) == len(numbers) <= MOST_AXES or min(numbers) < 1:
        raise argparse.ArgumentTypeError(f'must be a size, such as 670 or 670x512, not "{text}"')
    return numbers


def run(options: argparse.Namespace) -> int:
    if options.output is not None:
        check_picture_name(options.output, options.file)
    try:
        network, diagnostics = load_analysed(options)
    except Refused:
        return FINDINGS
    if options.near and not has_axes_for(network, options.near):
        raise UsageError(
            f"--near has {len(options.near)} sizes, the inputs of {network.source.name} have not: give one"
        )
    sizes = find_input_sizes(network)
    for diagnostic in diagnostics:
        if prevents(diagnostic):
            print_diagnostic(diagnostic)
    if sizes is None:
        print_message(f"{network.source.name}: {explain_no_size(network)}")
        return FINDINGS
    if options.output is not None:
        from cnnspec.sizes.drawing import make_drawing

        write_drawing(options.output, make_drawing(network, sizes, options.near), options.force)
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.network_answers import InputSizes

        print_form(make_answer(InputSizes, sizes, options.near, network), options.format)
    elif options.output is None:
        from cnnspec.sizes.text import write_text

        print(write_text(network, sizes, options.near, find_width(sys.stdout)), end="")
    return FINDINGS if network.broken else CLEAN
