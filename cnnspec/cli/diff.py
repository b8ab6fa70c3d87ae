"""cnnspec diff A B: what is different between two networks. Exit status 1 when they differ, 0 when they do not.

A side is a spec, one model of a spec (`file.cnn:Model`), stdin (`-`), or a model file (`net.keras`).
"""

from __future__ import annotations

import argparse
import sys

from cnnspec.base.diagnostic import ERROR
from cnnspec.base.source import Source
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_model_options, load_analysed
from cnnspec.cli.messages import (
    CLEAN,
    FINDINGS,
    USAGE,
    Refused,
    UsageError,
    print_diagnostic,
    print_message,
    wants_color,
)
from cnnspec.cli.own_outputs import add_force_option, check_not_read, write_output
from cnnspec.cli.python_files import refuse_unknown, split_model
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.diff import find_difference
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.files import find_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.diff.difference import NetworkDifference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec diff old.cnn net.cnn": "what is different, layer by layer and in total",
            "cnnspec diff net.cnn net.keras": "whether a saved model is what the spec says",
            "cnnspec diff old.cnn net.cnn -o diff.html": "an interactive page with both pictures",
            "git show HEAD:net.cnn | cnnspec diff - net.cnn": "what a commit would change",
        },
    )
    for name in "ab":
        parser.add_argument(
            name,
            metavar=name.upper(),
            help="a spec, FILE:MODEL where it holds several, a model file such as net.pt2, net.onnx or net.keras, or - for stdin",
        )
    add_format_option(parser)
    parser.add_argument("-o", "--output", metavar="OUT.html", help="write an interactive page of the two")
    for name in "ab":
        parser.add_argument(
            f"--set-{name}",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help=f"as --set, in {name.upper()} alone",
        )
    add_force_option(parser)
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    (path_a, model_a), (path_b, model_b) = (
        split_model(options.a, options.model),
        split_model(options.b, options.model),
    )
    if path_a == path_b == "-":
        raise UsageError("stdin can be one side only: give the other as a file")
    if options.output is not None and find_ending(options.output) != "html":
        raise UsageError(f"{options.output or '-o'} must end in .html: an interactive page is what is written")
    if options.call is not None and not (is_called(path_a, model_a) or is_called(path_b, model_b)):
        raise UsageError("--call calls a function of a Python source: give one, without a model's name")
    check_not_read(options.output or "", path_a, path_b)
    a = load_side(path_a, model_a, options.set_a, options)
    b = load_side(path_b, model_b, options.set_b, options)
    if a is None or b is None:
        return USAGE
    difference = find_difference(a, b)
    if options.output is not None:
        write_page(options.output, difference, a, b, options.force)
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.difference import Difference

        print_form(make_answer(Difference, difference, (a, b)), options.format)
    elif options.output is None:
        from cnnspec.diff.text import write_text

        print(write_text(difference, find_width(sys.stdout), wants_color(sys.stdout)), end="")
    return CLEAN if difference.same else FINDINGS


def write_page(path: str, difference: NetworkDifference, a: AnalysedNetwork, b: AnalysedNetwork, force: bool) -> None:
    """Write the page of two networks. UsageError where it cannot be written, or would be too large."""
    from cnnspec.draw.outline.outline import TooLarge
    from cnnspec.draw.page import write_difference_page
    from cnnspec.draw.question import DrawQuestion

    try:
        page = write_difference_page(difference, a, b, DrawQuestion())
    except TooLarge as error:
        raise UsageError(str(error)) from None
    write_output(path, page, force)
    print_message(f"wrote {path}")


def is_called(path: str, model: str | None) -> bool:
    """Whether --call is for a side: a Python source of which no model is named."""
    return Source(path, "").is_python and model is None


def load_side(path: str, model: str | None, own: list[str], options: argparse.Namespace) -> AnalysedNetwork | None:
    """The network of one side; None when it has mistakes, which have been shown."""
    asked = argparse.Namespace(
        file=path,
        model=model,
        set=[*options.set, *own],
        max_layers=options.max_layers,
        input=[],
        block=None,
        call=options.call if is_called(path, model) else None,
        read_installed=options.read_installed,
    )
    try:
        network, found = load_analysed(asked)
    except Refused:
        return None
    if not network.broken:
        return network
    refuse_unknown(network)
    for diagnostic in found:
        if diagnostic.severity == ERROR:
            print_diagnostic(diagnostic)
    return None
