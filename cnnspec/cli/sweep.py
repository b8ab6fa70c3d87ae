"""cnnspec sweep FILE: many candidates of a spec at once, which of them fit, and the best."""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_spec_options, evaluate_option, load_source, parse_whole, read_parameters
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.option_values import read_positive, read_seed
from cnnspec.cli.own_outputs import (
    add_force_option,
    check_not_read,
    check_replaceable,
    remember_output,
    write_output,
)
from cnnspec.cli.progress import Bar, watched
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.cli.write_file import check_place, name_temporary_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from cnnspec.sweep.crew import Crew
    from cnnspec.sweep.drawing import Cloud
    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.sweep import Found, Request

    Keeper: TypeAlias = Callable[[Kept], None]


INTERRUPTED = 130  # the exit status of what Ctrl-C has stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec sweep net.cnn --over filters=2..16 --by macs": "which numbers of filters are the cheapest",
            "cnnspec sweep net.cnn --over filters=2..9 --where lossless": "what meets a condition",
            "cnnspec sweep net.cnn --over input=8..32 -o sizes.csv": "a row for each size of the input",
        },
    )
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "--over", metavar="NAME=OPTIONS", action="append", default=[],
        help="a parameter's options: 16..128:8, 8..256:*2, [relu, swish]; NAME[0] is an element of a list, NAME[*] each, input the"
        " input's size, ?a a hole; may be given several times (the values that the spec has: width=64 in 16..128:8)",
    )  # fmt: skip
    parser.add_argument("--where", metavar="CONDITION", default="", help='what is kept: "params < 5M and w[0] <= w[1]"')
    parser.add_argument(
        "--by",
        metavar="KEYS",
        default="",
        help="the order, the smallest first: macs,params; =-macs the largest (params)",
    )
    parser.add_argument("--top", metavar="N", type=read_natural, default=10, help="show so many, the first (10)")
    parser.add_argument("--pareto", metavar="KEYS", default="", help="show what no other beats in all of these")
    parser.add_argument("--plot", metavar="OUT", help="draw the first two of these: OUT.png, .pdf or .svg")
    parser.add_argument(
        "--histogram", metavar="KEYS", default="", help="show how these are distributed in what is kept: macs,params"
    )
    parser.add_argument("--columns", metavar="NAMES", default="", help="figures to show (params,macs,receptive_field)")
    parser.add_argument("--sample", metavar="N", help="draw so many candidates: 1e6")
    parser.add_argument("--seed", metavar="N", type=read_seed, default=0, help="draw others (0)")
    parser.add_argument("-o", "--output", metavar="OUT", help="write all that is kept: OUT.csv, .json or .parquet")
    parser.add_argument(
        "--write", metavar="FOLDER", help="write the first ones as specs of their own: FOLDER/net-1.cnn, …"
    )
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=read_positive,
        default=1,
        help="compute in N processes at once (1); the answer is the same",
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="compute with the workers of a Dask scheduler: tcp://host:8786"
    )
    add_format_option(parser)
    add_force_option(parser)
    add_spec_options(parser)


def read_natural(text: str) -> int:
    """A whole number from 0, for argparse."""
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    raise argparse.ArgumentTypeError(f'must be a whole number from 0, not "{text}"')


def run(options: argparse.Namespace) -> int:
    check_numpy("sweep")
    from cnnspec.sweep.conditions import BadCondition
    from cnnspec.sweep.files import BadTable
    from cnnspec.sweep.question import BadRequest
    from cnnspec.sweep.sweep import TooManyCandidates

    if options.output is not None:
        check_output(options)
    if options.plot is not None:
        check_front_plot(options)
    if options.write is not None and not os.path.isdir(os.path.dirname(os.path.abspath(options.write))):
        raise UsageError(f"cannot write {options.write}: its folder does not exist")
    source = load_source(options)
    if source.is_python:
        raise UsageError(f"{source.name} is no spec: a sweep goes over the parameters of one")
    parsed = parse_whole(source)
    if parsed is None:
        return FINDINGS
    try:
        request = read_request(parsed, options)
        clouds = make_clouds(request, options)
        found, broken = find(request, options, *[cloud.keep for cloud in clouds])
    except (BadRequest, BadCondition, BadTable, TooManyCandidates) as error:
        raise UsageError(str(error)) from None
    name = request.question.model or source.stem
    tell(found, name, source.name, options)
    for cloud in clouds:
        draw(found, cloud, name, options.plot)
    if options.write is not None and found.best.count:
        write_best(found, options)
    if broken:
        raise UsageError(broken)
    if found.done < found.asked:
        return INTERRUPTED
    if found.kept:
        return CLEAN
    why = "no legal candidate meets the conditions" if found.legal else "no candidate is legal"
    print_message(f"{source.name}: {why}")
    return FINDINGS


def check_numpy(verb: str) -> None:
    """UsageError where NumPy is not installed, which comes with the extra of a verb."""
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        from cnnspec.base.installing import write_install_command

        raise UsageError(f"NumPy is not installed; this command needs it: {write_install_command(verb)}")


def check_front_plot(options: argparse.Namespace) -> None:
    """UsageError where no front could be drawn."""
    from cnnspec.cli.plot_file import check_plot

    if len([key for key in options.pareto.split(",") if key.strip()]) < 2:
        raise UsageError("--plot draws a front: give --pareto two keys, such as params,-receptive_field")
    check_plot(options.plot, "--plot")
    check_replaceable(options.plot, options.force)


def make_clouds(request: Request, options: argparse.Namespace) -> list[Cloud]:
    """What keeps some of the candidates for the picture of the front; nothing where none is asked for."""
    if options.plot is None:
        return []
    from cnnspec.sweep.drawing import Cloud

    return [Cloud(request.space)]


def draw(found: Found, cloud: Cloud, name: str, path: str) -> None:
    """Draw the front, where there is one."""
    from cnnspec.cli.plot_file import write_plot
    from cnnspec.sweep.drawing import draw_front

    if found.front.count:
        write_plot(path, lambda beside, ending: draw_front(found, cloud, name, beside, ending))
        remember_output(path)


def check_output(options: argparse.Namespace) -> None:
    """UsageError for an output that cannot be written."""
    from cnnspec.sweep.files import ENDINGS

    if not options.output.lower().endswith(ENDINGS):
        raise UsageError(f"a table is written as {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, not as {options.output}")
    check_place(options.output)
    check_not_read(options.output, options.file)
    check_replaceable(options.output, options.force)


def read_request(parsed: Any, options: argparse.Namespace) -> Request:
    """What the options ask."""
    from cnnspec.sweep.question import make_request

    sample = None if options.sample is None else evaluate_option(options.sample, "--sample")
    if sample is not None and (not isinstance(sample, (int, float)) or sample != int(sample) or sample < 1):
        raise UsageError(f"--sample is a number of candidates, such as 1e6, not {options.sample}")
    return make_request(
        parsed, options.model, read_parameters(options), options.over, where=options.where, by=options.by,
        top=options.top, pareto=options.pareto, histogram=options.histogram, columns=options.columns, sample=None if sample is None else int(sample),
        seed=options.seed, max_layers=options.max_layers,
    )  # fmt: skip


def find(request: Request, options: argparse.Namespace, *keepers: Keeper) -> tuple[Found, str]:
    """The sweep, with a bar while it takes long, and what is kept in a file where that is asked for; and why it could not go on, where
    that is so."""
    from cnnspec.sweep.remote import SweepBroken
    from cnnspec.sweep.sweep import check_request, choose_count, run_sweep

    check_request(request)  # before anything is written or started
    table = Table(options.output, request) if options.output is not None else None
    broken = ""
    try:
        crew = find_crew(options)
        with Bar(choose_count(request), watched(options.format != "text"), "candidates") as bar:
            try:
                found = run_sweep(request, bar.step, [*keepers, *([table.keep] if table else [])], crew)
            except SweepBroken as error:
                if error.found is None:
                    raise UsageError(str(error)) from None
                found, broken = error.found, str(error)
        if table:
            with Bar(found.kept, watched(options.format != "text"), "candidates, written") as bar:
                table.finish(bool(found.kept), bar.step)
    finally:
        if table:
            table.remove()
    return found, broken


def find_crew(options: argparse.Namespace) -> Crew | None:
    """Who computes. UsageError where that cannot be."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.sweep.crews import choose_crew
    from cnnspec.sweep.remote import SweepBroken

    try:
        return choose_crew(options.jobs, options.dask)
    except (MissingExtra, SweepBroken, ValueError) as error:
        raise UsageError(str(error)) from None


class Table:
    """The file of all that is kept, written beside its place until it is whole."""

    def __init__(self, path: str, request: Request) -> None:
        from cnnspec.sweep.files import WRITERS
        from cnnspec.sweep.sorting import Sorter
        from cnnspec.sweep.sweep import choose_count

        self.path = path
        ending = os.path.splitext(path)[1].lower()
        self.beside = name_temporary_file(path, ending)
        try:
            self.writer = WRITERS[ending](self.beside, request)
        except ImportError:
            raise UsageError("pyarrow is not installed; Parquet needs it: pip install pyarrow, or write .csv") from None
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
        folder = os.path.dirname(self.beside)
        self.sorter = Sorter(
            self.writer.keep, request.space, len(request.question.quantities), choose_count(request), folder
        )

    def keep(self, kept: Kept) -> None:
        self.sorter.keep(kept)

    def finish(self, is_any: bool, step: Callable[[int], None]) -> None:
        """Put the table in its place, where there are any rows; `step` is told how many more are written."""
        try:
            self.sorter.close(step)
            self.writer.close()
        except OSError as error:
            raise UsageError(f"cannot write {self.path}: {error.strerror}") from None
        if is_any:
            os.replace(self.beside, os.path.realpath(self.path))
            remember_output(self.path)

    def remove(self) -> None:
        """Leave nothing beside it."""
        if os.path.exists(self.beside):
            os.unlink(self.beside)


def tell(found: Found, name: str, file: str, options: argparse.Namespace) -> None:
    """Print what was found."""
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.sweep import Sweep

        print_form(make_answer(Sweep, found, name, file, {}), options.format)
    else:
        from cnnspec.sweep.text import write_text

        print(write_text(found, name, find_width(sys.stdout)), end="")
    if found.done < found.asked:
        print_message(f"stopped after {found.done:,} of {found.asked:,} candidates: what is shown is of these")


def write_best(found: Found, options: argparse.Namespace) -> None:
    """Write the specs of the first candidates. UsageError where one cannot be written."""
    from cnnspec.sweep.specs import write_spec

    question, space = found.request.question, found.request.space
    folder = options.write
    try:
        os.makedirs(folder, exist_ok=True)
        for place in range(found.best.count):
            parameters = space.candidate([int(digits[place]) for digits in found.best.digits])
            path = os.path.join(folder, f"{question.tree.source.stem}-{place + 1}.cnn")
            write_output(path, write_spec(question, parameters, folder), options.force)
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    print_message(f"wrote {found.best.count:,} specs to {folder}")
