"""cnnspec runs: the trainings in a folder, or what some of them have apart, with their figures side by side."""

from __future__ import annotations

import os
import sys

from cnnspec.base.join_words import list_some
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN, USAGE, UsageError, print_message
from cnnspec.cli.own_outputs import add_force_option, check_replaceable, write_output
from cnnspec.cli.streams import find_width
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.cli.write_file import check_place
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.folder import RUNS
from cnnspec.train.runs.listing import find_runs, list_runs
from cnnspec.train.runs.text import write_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cnnspec.train.runs.listing import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec runs": "the trainings in the folder runs",
            "cnnspec runs runs/net-1 runs/net-2": "what two of them have apart",
            "cnnspec runs --format json": "for scripts",
        },
    )
    parser.add_argument(
        "runs", metavar="RUN", nargs="*", help="a folder of runs to list (runs), or two or more runs to compare"
    )
    parser.add_argument("--html", metavar="FILE", help="write a report of them: curves, scores, what they get worst")
    add_force_option(parser)
    add_format_option(parser, "how they are printed")


def run(options: argparse.Namespace) -> int:
    paths = [os.path.normpath(path) for path in options.runs]
    if not paths and not os.path.isdir(RUNS):
        raise UsageError("there is no folder runs here; cnnspec train makes one, or name another")
    try:
        found = find_runs(paths or [RUNS])
    except TrainingFailed as error:
        raise UsageError(str(error)) from None
    compared = len(paths) > 1
    if options.html is not None:
        return write_page(found, compared, options.html, options.force)
    if options.format == "json" or options.format != "text" and found:
        from cnnspec.api.training_runs import Runs

        print_form(Runs(tuple(found), compared), options.format)
    elif not found:
        print_message(f"there are no runs in {paths[0] if paths else RUNS}{name_folders(paths[0] if paths else RUNS)}")
    else:
        print(write_text(found, compared, find_width(sys.stdout)), end="")
    damaged = [one for one in found if one.wrong]
    for one in damaged:
        print_message(one.wrong)
    return USAGE if damaged else CLEAN


def name_folders(path: str) -> str:
    """The folders of runs in a folder that has none itself, as the end of a sentence: those of searches lie there."""
    folders = [name for name in sorted(os.listdir(path)) if os.path.isdir(os.path.join(path, name))]
    places = [place for name in folders if list_runs(place := os.path.join(path, name))]
    return f"; there are some in {list_some(places)}" if places else ""


def write_page(found: Sequence[Run], compared: bool, path: str, force: bool) -> int:
    """Write the report; the exit status."""
    from cnnspec.api.html.report import write_report

    if not found:
        raise UsageError("there are no runs to report")
    check_place(path)
    check_replaceable(path, force)
    write_output(path, write_report(found, compared, print_message), force)
    return USAGE if any(one.wrong for one in found) else CLEAN
