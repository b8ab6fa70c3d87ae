"""cnnspec solve FILE: the best candidate of a spec under conditions, with its proof."""

from __future__ import annotations

import argparse
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_spec_options, load_source, parse_whole, read_parameters
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.own_outputs import add_force_option, check_not_read, check_replaceable, write_output
from cnnspec.cli.progress import Bar, watched
from cnnspec.cli.streams import find_width
from cnnspec.cli.sweep import INTERRUPTED, check_numpy
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.cli.write_file import check_place
from cnnspec.solve import METHODS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.solve.answer import Solved
    from cnnspec.syntax.tree import Tree


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec solve net.cnn --over filters=2..64 --maximize macs": "the most work",
            'cnnspec solve net.cnn --scale-to "macs <= 90k"': "the largest factor of all widths",
        },
    )
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "--maximize", metavar="OBJECTIVE", default="",
        help="what is to be the largest: receptive_field, sum(log2(w)), or widths, the logarithms of all numbers of filters",
    )  # fmt: skip
    parser.add_argument("--minimize", metavar="OBJECTIVE", default="", help="what is to be the smallest: macs")
    parser.add_argument(
        "--subject", metavar="CONDITIONS", default="", help='what the answer meets: "params <= 1M, lossless"'
    )
    parser.add_argument(
        "--over", metavar="NAME=OPTIONS", action="append", default=[],
        help="a parameter's options: 16..128:8, 8..256:*2, [relu, swish]; NAME[0] is an element of a list, NAME[*] each, input the"
        " input's size, ?a a hole; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--scale-to", metavar="CONDITIONS", default="",
        help="find the largest factor of all numbers of filters and units at which these hold, instead: \"macs <= 5M\"",
    )  # fmt: skip
    parser.add_argument(
        "--multiple", metavar="N", type=read_positive, default=8, help="round what is scaled to multiples of N (8)"
    )
    parser.add_argument("--method", choices=METHODS, help="how it is searched (what suits)")
    parser.add_argument(
        "--seconds", metavar="N", type=read_amount, default=60.0, help="end a search that branches after so many (60)"
    )
    parser.add_argument(
        "--gap", metavar="SHARE", type=read_amount, default=0.01, help="end it where no other is better by more (0.01)"
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="write the answer as a spec: OUT.cnn, or - for stdout")
    add_format_option(parser)
    add_force_option(parser)
    add_spec_options(parser)


def read_amount(text: str) -> float:
    """A number from 0, for argparse."""
    try:
        number = float(text) if text.isascii() else -1.0
    except ValueError:
        number = -1.0
    if 0 <= number < 1e9:
        return number
    raise argparse.ArgumentTypeError(f'must be a number from 0, not "{text}"')


def run(options: argparse.Namespace) -> int:
    check_numpy("solve")
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.sweep.conditions import BadCondition
    from cnnspec.sweep.question import BadRequest
    from cnnspec.sweep.sweep import TooManyCandidates

    if options.output not in (None, "-"):
        check_place(options.output)
        check_not_read(options.output, options.file)
        check_replaceable(options.output, options.force)
    source = load_source(options)
    if source.is_python:
        raise UsageError(f"{source.name} is no spec: its parameters are filled in one")
    parsed = parse_whole(source)
    if parsed is None:
        return FINDINGS
    try:
        solved = find(parsed, options)
    except (BadRequest, BadCondition, TooManyCandidates) as error:
        raise UsageError(str(error)) from None
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    tell(solved, solved.request.question.model or source.stem, source.name, options)
    if solved.value is None and not solved.search.is_stopped:
        print_message(f"{source.name}: {say_nothing(solved)}")
        return FINDINGS
    if options.output is not None and solved.text:
        write_output(options.output, solved.text, options.force)
    return INTERRUPTED if solved.search.is_stopped else CLEAN


def say_nothing(solved: Solved) -> str:
    """Why there is no answer, in short."""
    from cnnspec.solve.answer import NOTHING

    if solved.status != NOTHING:
        return "no candidate was found in time"
    return "nothing fits"


def find(parsed: Tree, options: argparse.Namespace) -> Solved:
    """The answer, with a bar while all candidates are gone through. Raises BadRequest for options that make no sense."""
    from cnnspec.solve.question import make_solve_request
    from cnnspec.solve.solve import solve

    if options.scale_to.strip():
        check_scaling(options)
        from cnnspec.solve.scale import scale_to

        return scale_to(
            parsed, options.model, read_parameters(options), scale_to=options.scale_to, subject=options.subject,
            multiple=options.multiple, max_layers=options.max_layers,
        )  # fmt: skip
    request = make_solve_request(
        parsed, options.model, read_parameters(options), options.over, maximize=options.maximize, minimize=options.minimize,
        subject=options.subject, method=options.method, seconds=options.seconds, gap=options.gap,
        max_layers=options.max_layers,
    )  # fmt: skip
    with Bar(request.space.count, watched(options.format != "text"), "candidates") as bar:
        return solve(request, bar.step)


def check_scaling(options: argparse.Namespace) -> None:
    """UsageError for what says something else than --scale-to."""
    others = {
        "--maximize": options.maximize,
        "--minimize": options.minimize,
        "--over": options.over,
        "--method": options.method,
    }
    for name, value in others.items():
        if value:
            raise UsageError(f"--scale-to finds one factor for all widths: leave {name} out")


def tell(solved: Solved, name: str, file: str, options: argparse.Namespace) -> None:
    """Print the answer: on stderr where the spec goes to stdout."""
    if options.output == "-":
        return
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.solve import Solution

        answer: Any = make_answer(Solution, solved, name, file)
        print_form(answer, options.format)
    else:
        from cnnspec.solve.text import write_text

        print(write_text(solved, name, find_width(sys.stdout)), end="")
