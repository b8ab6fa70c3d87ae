"""cnnspec draw FILE [-o OUT]: a network as a picture, as an interactive page, or as a text for what draws by itself."""

from __future__ import annotations

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_all, load_analysed
from cnnspec.cli.messages import FINDINGS, Refused, UsageError, print_errors, print_message
from cnnspec.cli.option_values import split_names
from cnnspec.cli.own_outputs import STDOUT, add_force_option, check_not_read, write_output
from cnnspec.draw.boxes.coloring import COLORINGS
from cnnspec.draw.boxes.figures import SHOWN
from cnnspec.draw.forms import BINARY, FORMS, OTHER_ENDINGS, find_form, write_form
from cnnspec.draw.outline.outline import ALL, TooLarge
from cnnspec.draw.question import DIRECTIONS, DOWN, FLOW, STYLES, VOLUMES, DrawQuestion
from cnnspec.pictures.files import ENDINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.network import AnalysedNetwork


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec draw net.cnn -o net.svg": "a picture, its blocks folded so that it fits a page",
            "cnnspec draw net.cnn -o net.svg --depth all --show params": "every layer, with its parameters",
            "cnnspec draw net.cnn -o net.tex --style volumes": "the paper's row of blocks, as TikZ",
            "cnnspec draw net.cnn": "Mermaid, which GitHub draws in Markdown",
        },
    )
    add_file_argument(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", help=f"net.{', net.'.join(FORMS[:-1])} or net.{FORMS[-1]} (- for stdout)"
    )
    parser.add_argument(
        "--format",
        choices=FORMS,
        help="the form, where the name of OUT does not say it (to stdout mermaid, of volumes svg)",
    )
    parser.add_argument(
        "--style", choices=STYLES, default=FLOW, help="a flow of boxes, or volumes: blocks in three dimensions (flow)"
    )
    parser.add_argument(
        "--depth", type=read_depth, metavar="N|all", help="how many blocks deep one sees (as many as fit a page)"
    )
    parser.add_argument("--expand", metavar="NAME", action="append", default=[], help="open a block, a module, or what a layer is in")  # fmt: skip
    parser.add_argument("--show", type=split_names, metavar="FIGURES", default=[], help=f"figures in the boxes: {', '.join(SHOWN)}")  # fmt: skip
    parser.add_argument("--color", choices=COLORINGS, default="kind", help="what the colors mean (kind: of layer)")
    parser.add_argument("--direction", choices=DIRECTIONS, default=DOWN, help="where it runs to (down)")
    add_force_option(parser)
    add_model_options(parser)


def read_depth(text: str) -> int:
    """A depth for argparse: a whole number from 0, or all."""
    if text == "all":
        return ALL
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return int(text)
    from argparse import ArgumentTypeError

    raise ArgumentTypeError(f'must be a whole number from 0, or all, not "{text}"')


def run(options: argparse.Namespace) -> int:
    form, question = read_form(options), read_question(options)
    check_not_read(options.output or "", options.file)
    try:
        networks, found = load_networks(options, form)
    except Refused:
        return FINDINGS
    try:
        content = write_form(networks, question, form)
    except (LookupError, TooLarge, ImportError) as error:
        raise UsageError(str(error)) from None
    target = options.output or "-"
    write_output(target, content if form in BINARY else content.decode(), options.force)
    if target not in STDOUT:
        print_message(f"wrote {target}")
    return print_errors(found)


def load_networks(options: argparse.Namespace, form: str) -> tuple[tuple[AnalysedNetwork, ...], tuple[Diagnostic, ...]]:
    """The network that is drawn; of several in a file all where a page is asked for, which shows them one at a time."""
    if form == "html":
        return load_all(options)
    network, found = load_analysed(options)
    return (network,), found


def read_form(options: argparse.Namespace) -> str:
    """The form that is asked for. UsageError where none is, or one that stdout does not take."""
    named = options.output is not None and options.output not in STDOUT
    form = options.format or (find_form(options.output) if named else "svg" if options.style == VOLUMES else "mermaid")
    if form is None:
        known = ", ".join([f".{ending}" for ending in (*FORMS, *OTHER_ENDINGS)])
        raise UsageError(f"{options.output or '-o'} must end in one of {known}, or --format say what it is")
    if named and find_form(options.output) not in (None, form):
        raise UsageError(f"{options.output} says another form than --format {form}: give one of the two")
    if options.style == VOLUMES and form not in ENDINGS:
        raise UsageError(f"volumes are a picture: {', '.join(ENDINGS)}, not {form}")
    if not named and form in BINARY:
        raise UsageError(f"{form} is not written to stdout: give -o a name")
    return form


def read_question(options: argparse.Namespace) -> DrawQuestion:
    """What the options ask. UsageError for what there is not, or not of that style."""
    unknown = [name for name in options.show if name not in SHOWN]
    if unknown:
        raise UsageError(f'--show knows no "{unknown[0]}": give some of {", ".join(SHOWN)}, with commas between them')
    question = DrawQuestion(
        options.style, options.depth, tuple(options.expand), tuple(options.show), options.color, options.direction
    )
    if question.contradicts:
        raise UsageError("--depth, --expand and --direction are about a flow: leave them out with --style volumes")
    return question
