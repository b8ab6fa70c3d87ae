"""cnnspec search FILE: train candidates of a spec that are legal and affordable, and find the best."""

from __future__ import annotations

import os
import sys

from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.load import add_spec_options, load_source, parse_whole, read_parameters
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_message
from cnnspec.cli.option_values import read_positive, read_seed
from cnnspec.cli.own_outputs import add_force_option, check_not_read, check_replaceable, write_output
from cnnspec.cli.streams import find_width, fit_sentence
from cnnspec.cli.table_forms import add_format_option, print_form
from cnnspec.cli.train import add_network_option, announce_reach, run_step
from cnnspec.cli.write_file import check_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from cnnspec.search.asked import Asked
    from cnnspec.search.space import SearchSpace
    from cnnspec.search.trials import Found
    from cnnspec.train.settings import TrainSettings

INTERRUPTED = 130
OVERRIDES = ("data", "epochs", "batch", "validation", "backend", "precision")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec search net.cnn --over filters=4..16:4": "train with each number of filters that is proposed",
            "cnnspec search net.cnn --over filters=2,3 --where lossless": "what fits alone",
            "cnnspec search net.cnn --over filters=4..64 --budget 30m": "for half an hour",
            "cnnspec search net.cnn --over filters=4..64 -o found.html": "with a report",
        },
    )
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "--over",
        metavar="NAME=OPTIONS",
        action="append",
        default=[],
        help="a parameter and its options: width=16..128:8; as for sweep",
    )
    parser.add_argument(
        "--where", metavar="CONDITION", default="", help='what a candidate must meet to be trained: "params < 1M"'
    )
    parser.add_argument(
        "--trials",
        metavar="N",
        type=read_positive,
        default=20,
        help="train so many candidates, those of the study before included (20)",
    )
    parser.add_argument(
        "--budget", metavar="LIMIT", help='end after a time, or so many epochs in all: 30m, 2h, "500 epochs"'
    )
    parser.add_argument(
        "--objective", metavar="FIGURE", help="what is to be the best: val_accuracy, val_loss (the validation accuracy)"
    )
    parser.add_argument(
        "--cost",
        metavar="FIGURE",
        default="params",
        help="what the objective is weighed against: params, macs (params)",
    )
    parser.add_argument(
        "--pruner",
        choices=("halving", "hyperband", "none"),
        default="halving",
        help="how trials are given up by their curves (halving)",
    )
    parser.add_argument(
        "--study",
        metavar="FILE",
        help="the study: an SQLite file, or a journal FILE.log (study.db in the folder of the runs)",
    )
    parser.add_argument(
        "--run-dir", metavar="DIR", help="where the trials' run folders are (runs/ and the spec's name and -search)"
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="write a report, with curves: OUT.html")
    parser.add_argument("--data", metavar="DATA", help="as for train")
    parser.add_argument(
        "--epochs", metavar="N", type=read_positive, help="of a trial that is not given up (the train section's)"
    )
    parser.add_argument("--batch", metavar="N", type=read_positive, help="examples in a step")
    parser.add_argument(
        "--validation", metavar="SHARE", type=float, help="of the training data, on which trials are compared"
    )
    parser.add_argument("--backend", metavar="NAME", help="as for train")
    parser.add_argument("--precision", metavar="NAME", help="as for train")
    parser.add_argument("--seed", metavar="N", type=read_seed, default=0, help="propose others (0)")
    add_network_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    add_format_option(parser)
    add_force_option(parser)
    add_spec_options(parser)


def run(options: argparse.Namespace) -> int:
    from cnnspec.cli.sweep import check_numpy

    check_numpy("search")
    if options.output is not None:
        check_report(options)
    if leads_to_model(options.file) or (source := load_source(options)).is_python:
        raise UsageError(f"{options.file} is no spec: a search goes over the parameters of one")
    parsed = parse_whole(source)
    if parsed is None:
        return FINDINGS
    from cnnspec.search.space import NothingFits

    space = read_space(parsed, options)
    try:
        _ = space.fitting
    except NothingFits as error:
        print_message(f"{source.name}: {error}")
        return FINDINGS
    found = run_step(lambda: search(space, options), options.no_network)
    if found is None:
        return FINDINGS
    tell(found, options)
    if found.ended == STOPPED:
        return INTERRUPTED
    return CLEAN if found.best is not None else FINDINGS


STOPPED = "it was stopped; the same command goes on with it"


def check_report(options: argparse.Namespace) -> None:
    """UsageError for a report that could not be written."""
    if not options.output.lower().endswith(".html"):
        raise UsageError(f"a report is written as .html, not as {options.output}; --run-dir is where the runs are kept")
    check_place(options.output)
    check_not_read(options.output, options.file)
    check_replaceable(options.output, options.force)


def read_space(parsed: Any, options: argparse.Namespace) -> SearchSpace:
    """The candidates that are asked for. UsageError where they make no sense."""
    from cnnspec.search.space import ask_space
    from cnnspec.sweep.conditions import BadCondition
    from cnnspec.sweep.question import BadRequest

    columns = ",".join(dict.fromkeys(["params", "macs", options.cost]))
    try:
        space = ask_space(
            parsed,
            options.model,
            read_parameters(options),
            options.over,
            options.where,
            columns,
            max_layers=options.max_layers,
        )
    except (BadRequest, BadCondition) as error:
        raise UsageError(str(error)) from None
    return space


def search(space: SearchSpace, options: argparse.Namespace) -> Found:
    """Search, and read what was found. Raises TrainingFailed, MissingExtra, and UsageError."""
    from cnnspec.search.asked import BadSearch
    from cnnspec.search.trials import read_found
    from cnnspec.train.progress import Lines

    try:
        asked = read_asked(space, options)
    except BadSearch as error:
        raise UsageError(str(error)) from None
    from cnnspec.search.optuna import BadStudy, quiet
    from cnnspec.search.search import Search

    made = None
    try:
        made = Search(asked, Lines(sys.stderr, options.quiet, fit_sentence), options.cost)
        return made.run()
    except KeyboardInterrupt:
        if made is None:
            raise
        with quiet():
            return read_found(asked, made.study, STOPPED, options.cost)
    except BadStudy as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or asked.folder}: {error.strerror or error}") from None


def read_asked(space: SearchSpace, options: argparse.Namespace) -> Asked:
    """What the options ask. Raises BadSearch, and TrainingFailed for a train section that is wrong."""
    from cnnspec.search.asked import Asked, analyse_candidate, choose_objective, read_budget, read_settings

    given = {name: getattr(options, name) for name in OVERRIDES if getattr(options, name) is not None}
    if given.get("data", "").lower() not in NAMED_DATA and os.path.isdir(given.get("data", "")):
        given["data"] = os.path.join(given["data"], "")
    first = space.request.space.candidate(next(iter(space.fitting)))
    network, _ = analyse_candidate(space, first, options.max_layers)
    settings: TrainSettings = read_settings(network, given)
    announce_reach(settings, options.no_network)
    objective, lower = choose_objective(settings, options.objective)
    seconds, epochs = (None, None) if options.budget is None else read_budget(options.budget)
    folder = options.run_dir or os.path.join("runs", f"{network.source.stem}-search")
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise UsageError(f"{folder} is a file, no folder for runs: choose another --run-dir")
    study = options.study or os.path.join(folder, "study.db")
    return Asked(
        space, {**given, "best": objective}, objective, lower, options.trials, folder, study, settings.epochs,
        options.pruner, seconds, epochs, options.seed, options.max_layers,
    )  # fmt: skip


def tell(found: Found, options: argparse.Namespace) -> None:
    """Print what was found, and write the report."""
    if options.format != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.search.answer import SearchAnswer

        print_form(make_answer(SearchAnswer, found), options.format)
    else:
        from cnnspec.search.text import write_text

        print(write_text(found, find_width(sys.stdout)), end="")
    if options.output is not None:
        from cnnspec.search.html import write_page

        write_output(options.output, write_page(found), options.force)
        print_message(f"wrote {options.output}")
