"""cnnspec diff A B: what is different between two networks, or between the specs of two folders or revisions.

Exit status 1 when they differ, 0 when they do not; with a budget 1 when it is not kept, 0 when it is. A side is a spec, one
model of a spec (`file.cnn:Model`), stdin (`-`), a model file (`net.keras`), a folder, or any of git's (see `diff_sides`).
"""

from __future__ import annotations

import argparse
import sys

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.diff_sides import hold_many, read_sides
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.limit_options import add_limit_options, read_limit_options
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
from cnnspec.cli.python_files import refuse_unknown
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.diff import find_difference
from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.files import find_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.cli.diff_sides import Side
    from cnnspec.diff.difference import NetworkDifference
    from cnnspec.diff.limits import ChangeLimit
    from cnnspec.diff.verdict import Verdict


TABLES_ALONE = ("csv", "latex")  # forms without a budget


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec diff old.cnn net.cnn": "what is different, layer by layer and in total",
            "cnnspec diff net.cnn net.keras": "whether a saved model is what the spec says",
            "cnnspec diff old.cnn net.cnn -o diff.html": "an interactive page with both pictures",
            "cnnspec diff HEAD net.cnn --max-macs +2%": "what a commit would change, and whether it is too much",
        },
    )
    for name in "ab":
        parser.add_argument(
            name,
            metavar=name.upper(),
            help="a spec, FILE:MODEL where it holds several, a model file such as net.pt2, net.onnx or net.keras, or - for stdin; "
            "a folder, for all of its specs; of git REVISION:FILE, REVISION:FOLDER, or REVISION for what the other side names",
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
    add_limit_options(parser)


def run(options: argparse.Namespace) -> int:
    limits = read_limit_options(options)
    if options.a == options.b == "-":
        raise UsageError("stdin can be one side only: give the other as a file")
    if options.output is not None and find_ending(options.output) != "html":
        raise UsageError(f"{options.output or '-o'} must end in .html: an interactive page is what is written")
    first, second = read_sides(options.a, options.b, options.model)
    if hold_many(first, second):
        if options.format in TABLES_ALONE:
            raise UsageError(f"--format {options.format} is for two networks: name one of each side")
        return compare_many(first, second, limits, options)
    if options.call is not None and not (first.is_called or second.is_called):
        raise UsageError("--call calls a function of a Python source: give one, without a model's name")
    from cnnspec.diff.formats import write_report

    check_not_read(options.output or "", *[str(side.path) for side in (first, second) if side.revision is None])
    a, b = load_side(first, options.set_a, options), load_side(second, options.set_b, options)
    if a is None or b is None:
        return USAGE
    difference, verdicts = find_difference(a, b), hold(limits, a, b)
    if options.output is not None:
        write_page(options, difference, verdicts, a, b)
    if options.output is None or options.format != "text" or limits:
        if options.format in TABLES_ALONE:
            print_tables(difference, verdicts, a, b, options.format)
        else:
            width, color = find_width(sys.stdout), wants_color(sys.stdout)
            print(write_report(difference, verdicts, options.format, width, color), end="")
    if limits:
        return FINDINGS if any([verdict.failed for verdict in verdicts]) else CLEAN
    return CLEAN if difference.same else FINDINGS


def print_tables(
    difference: NetworkDifference, verdicts: tuple[Verdict, ...], a: AnalysedNetwork, b: AnalysedNetwork, format: str
) -> None:
    """Print the tables of layers and totals alone; what keeps a budget from being kept is told on stderr."""
    from cnnspec.api.answer import make_answer
    from cnnspec.api.difference import Difference
    from cnnspec.diff.budget_rows import write_reasons

    print_form(make_answer(Difference, difference, (a, b)), format)
    sys.stdout.flush()
    for reason in write_reasons(verdicts):
        print_message(reason)


def hold(limits: list[ChangeLimit], a: AnalysedNetwork, b: AnalysedNetwork) -> tuple[Verdict, ...]:
    """What comes of the limits. UsageError for those that make no sense."""
    if not limits:
        return ()
    from cnnspec.diff.verdict import find_verdicts

    try:
        return find_verdicts(limits, a.facts, b.facts)
    except ValueError as error:
        raise UsageError(str(error)) from None


def compare_many(a: Side, b: Side, limits: list[ChangeLimit], options: argparse.Namespace) -> int:
    """Print what changed in the specs of two folders or revisions, or in the models of two specs; the exit status."""
    from cnnspec.cli.diff_folders import compare_folders, compare_models
    from cnnspec.diff.formats import write_changes

    changes = (compare_folders if a.is_folder else compare_models)(a, b, limits, options)
    width, color = find_width(sys.stdout), wants_color(sys.stdout)
    print(write_changes(changes, options.format, width, color), end="")
    if limits:
        return FINDINGS if changes.failed else CLEAN
    return CLEAN if changes.same else FINDINGS


def write_page(
    options: argparse.Namespace,
    difference: NetworkDifference,
    verdicts: tuple[Verdict, ...],
    a: AnalysedNetwork,
    b: AnalysedNetwork,
) -> None:
    """Write the page of two networks. UsageError where it cannot be written, or would be too large."""
    from cnnspec.draw.outline.outline import TooLarge
    from cnnspec.draw.page import write_difference_page
    from cnnspec.draw.question import DrawQuestion

    try:
        page = write_difference_page(difference, a, b, DrawQuestion(), verdicts)
    except TooLarge as error:
        raise UsageError(str(error)) from None
    write_output(options.output, page, options.force)
    print_message(f"wrote {options.output}")


def load_side(side: Side, own: list[str], options: argparse.Namespace) -> AnalysedNetwork | None:
    """The network of one side; None when it has mistakes, which have been shown."""
    asked = argparse.Namespace(
        file=side.path,
        model=side.model,
        set=[*options.set, *own],
        max_layers=options.max_layers,
        input=[],
        block=None,
        call=options.call if side.is_called else None,
        read_installed=options.read_installed,
    )
    try:
        network, found = load_in_revision(side, asked) if side.revision is not None else load_analysed(asked)
    except Refused:
        return None
    if not network.broken:
        return network
    refuse_unknown(network)
    for diagnostic in found:
        if diagnostic.severity == ERROR:
            print_diagnostic(diagnostic)
    return None


def load_in_revision(side: Side, asked: argparse.Namespace) -> tuple[AnalysedNetwork, tuple[Diagnostic, ...]]:
    """The network of a file as a revision has it, and of the files that it uses; it is called as git calls it. UsageError for a
    model file, which is read where it lies."""
    assert side.revision is not None and side.path is not None
    place = side.revision.place(side.path)
    if leads_to_model(place):
        raise UsageError(f"{side.label} is a model file: of a revision only texts are read")
    source = side.revision.read(place)
    if isinstance(source, Diagnostic):
        raise UsageError(f"{source.message}: {source.help}")
    asked.file, asked.source = place, source
    network, found = load_analysed(asked, read=side.revision.read)
    called = source.replace(name=side.label)
    shown = [
        d.replace(span=d.span.replace(source=called)) if d.span is not None and d.span.source == source else d
        for d in found
    ]
    return network.replace(source=called), tuple(shown)
