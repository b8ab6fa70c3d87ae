"""cnnspec train FILE: trains as the train section says; options stand above the section."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import nullcontext, suppress

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import NAMED_DATA
from cnnspec.base.source import printable
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_file_argument, add_model_options, load_one, read_parameters
from cnnspec.cli.messages import CLEAN, FINDINGS, UsageError, print_diagnostic, print_message
from cnnspec.cli.outcomes import print_outcome, print_outcomes, tell_result
from cnnspec.cli.python_files import refuse_python
from cnnspec.cli.streams import find_width, fit_sentence
from cnnspec.compile.backend import BACKENDS
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.layers.argument import Unfit, count, natural, rate
from cnnspec.train.devices.precision import PRECISIONS
from cnnspec.train.section import resolve
from cnnspec.train.section_keys import folds, seed
from cnnspec.train.section_values import positive
from cnnspec.train.settings import TrainSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines
    from cnnspec.train.run import Outcome
    from cnnspec.train.runs.spec import Spec

OPTIONS = (
    "data", "crop", "start", "epochs", "batch", "learning_rate", "validation", "folds", "fold", "seed", "best", "save_every",
    "backend", "precision", "devices", "xla",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec train net.cnn --dry-run": "what would be trained, and with what",
            "cnnspec train net.cnn": "train as the train section says",
            "cnnspec train net.cnn --lr-find -o rates.png": "at which learning rates the loss falls",
            "cnnspec train net.cnn --folds 5": "five trainings, each tested on another fifth",
        },
    )
    add_file_argument(parser)
    parser.add_argument(
        "--data",
        metavar="DATA",
        help=f"{', '.join(NAMED_DATA)}, tfds:NAME, a folder of class folders of images, a .csv of paths and labels, "
        "or a .npz file with x_train and y_train",
    )
    parser.add_argument("--crop", metavar="SIZE", help="train on windows of the images, such as 256x256")
    parser.add_argument(
        "--start", metavar="MODEL", help="weights to begin with: a .keras file, a run folder, or imagenet"
    )
    parser.add_argument(
        "--epochs", type=make_type(count), metavar="N", help="how often to go through the training data"
    )
    parser.add_argument("--batch", type=make_type(count), metavar="N", help="examples in a step")
    parser.add_argument("--learning-rate", type=make_type(positive), metavar="RATE", help="in place of the optimizer's")
    parser.add_argument(
        "--validation", "--val", type=make_type(rate), metavar="SHARE", help="of the training data; 0 for none"
    )
    parser.add_argument("--folds", type=make_type(folds), metavar="K", help="train K times, tested on each of K parts")
    parser.add_argument(
        "--fold", type=make_type(count), metavar="I", help="train the one that is tested on part I alone"
    )
    parser.add_argument("--seed", type=make_type(seed), metavar="N", help="the same seed gives the same training")
    parser.add_argument("--best", metavar="FIGURE", help="keep the best model by this (val_loss, else loss)")
    parser.add_argument(
        "--save-every", type=make_type(positive), metavar="MINUTES", help="keep the state within an epoch, too (10)"
    )
    parser.add_argument("--run-dir", metavar="DIR", help="the run folder (runs/ and the spec's name and a number)")
    parser.add_argument("-o", "--output", metavar="OUT", help="where to save the model, too: a .keras file")
    parser.add_argument("--dry-run", action="store_true", help="show what would be trained, and write nothing")
    parser.add_argument(
        "--lr-find",
        action="store_true",
        help="show what learning rates do to the loss; -o OUT.png draws it (.svg, .pdf)",
    )
    parser.add_argument("--backend", metavar="NAME", help=f"{', '.join(BACKENDS)}: what Keras computes with")
    parser.add_argument("--precision", metavar="NAME", help=f"what layers compute in: {', '.join(PRECISIONS)}")
    parser.add_argument("--devices", metavar="N", help="how many: a count, all, cpu, gpu, gpu:N; cpu:N to try it out")
    parser.add_argument("--xla", action=argparse.BooleanOptionalAction, help="whether XLA compiles the step")
    add_compile_cache(parser)
    parser.add_argument("--processes", type=make_type(count), metavar="N", help="processes that train together (JAX)")
    parser.add_argument("--process", type=make_type(natural), metavar="I", help="which of them this is, from 0")
    parser.add_argument("--coordinator", metavar="HOST:PORT", help="where process 0 can be reached")
    add_network_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    add_model_options(parser)


def add_compile_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--compile-cache", metavar="DIR", help="where JAX keeps what it compiles, to start sooner")


def add_network_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-network", action="store_true", help="refuse to send anything, and to download")


def make_type(kind: Callable[[Any], Any]) -> Callable[[str], Any]:
    """The function with which argparse reads a number of a kind."""

    def read(written: str) -> Any:
        value: int | float | str = written
        for number in (int, float):
            with suppress(ValueError):
                value = number(written)
                break
        try:
            return kind(value)
        except Unfit as error:
            raise argparse.ArgumentTypeError(error.complete(printable(written))) from None

    return read


def run(options: argparse.Namespace) -> int:
    refuse_python(options.file)
    network = load_one(options, [name for name in OPTIONS if getattr(options, name) is not None])
    if network is None or network.has_errors:
        return FINDINGS
    if not network.has_text:
        from cnnspec.cli.models import name_spec, tell_what_stays, write_as_spec

        if options.data is None:
            raise UsageError(f"{network.source.name} is a model, which says nothing of training: give --data digits")
        tell_what_stays(network)
        network = write_as_spec(network, name_spec(network.source.name))
    settings, overrides = _resolve_settings(network, options)
    if settings is None:
        return FINDINGS
    spec = _gather_spec(network, options, overrides)
    announce_reach(settings, options.no_network)
    if options.no_network and options.coordinator:
        raise UsageError("--coordinator is a machine in the network, which --no-network refuses; leave one out")
    from cnnspec.train.progress import choose_display

    shown = choose_display(sys.stderr, options.quiet, fit_sentence)

    def plan_training() -> TrainingPlan:
        from cnnspec.train.plan import make_plan

        if options.compile_cache is not None:
            from cnnspec.train.devices.compile_cache import keep_compiled

            keep_compiled(options.compile_cache, settings)
        output = None if options.lr_find else options.output
        return make_plan(network.graph, settings, spec, options.run_dir, output, facts=network.facts)

    if options.dry_run:
        from cnnspec.train.dry_run import describe_training

        rows = run_step(lambda: describe_training(plan_training(), shown), options.no_network)
        return FINDINGS if rows is None else print_description(rows)
    if options.lr_find:
        return find_rate(plan_training, shown, options)

    def plan_together() -> TrainingPlan:
        from cnnspec.train.devices.distribution import read_cluster

        cluster = read_cluster(options.processes, options.process, options.coordinator)
        return plan_training().replace(cluster=cluster)

    if settings.folds is not None and settings.fold is None:
        from cnnspec.train.folds import train_folds

        status = run_step(lambda: print_outcomes(train_folds(plan_together(), shown)), options.no_network)
        return FINDINGS if status is None else int(status)
    from cnnspec.train.run import Outcome, train

    def step() -> Outcome:
        plan = plan_together()
        if plan.cluster is None or plan.cluster.process == 0:
            return train(plan, shown)
        with tempfile.TemporaryDirectory() as folder:  # the first process writes and speaks for all
            plan = plan.replace(run_dir=os.path.join(folder, "run"), output=None)
            train(plan, choose_display(sys.stderr, True, fit_sentence))
        return Outcome(None)

    outcome = run_step(step, options.no_network)
    return FINDINGS if outcome is None else print_outcome(outcome)


def find_rate(plan_training: Callable[[], TrainingPlan], shown: Lines, options: argparse.Namespace) -> int:
    """Print what learning rates do, and draw it where that is asked for; the exit status."""
    from cnnspec.cli.plot_file import check_plot, write_plot
    from cnnspec.train.rate_search import describe_search, draw_search, search_rates

    if options.output is not None:
        check_plot(options.output, "--lr-find")
    if options.coordinator:
        raise UsageError("--lr-find tries rates on one machine: leave --coordinator out")
    found = run_step(lambda: search_rates(plan_training(), shown), options.no_network)
    if found is None:
        return FINDINGS
    for line in describe_search(found):
        tell_result(line)
    if options.output is not None:
        write_plot(options.output, lambda beside, ending: draw_search(found, beside, ending))
    return CLEAN


def print_description(rows: list[tuple[str, str]]) -> int:
    """Print what would be trained, a line for each thing; the exit status."""
    from cnnspec.tables.page import Page

    shown = Page(find_width(sys.stdout))
    indent = max(len(name) for name, _ in rows) + 2
    shown.add_texts([f"{name:{indent}}{words}" for name, words in rows], hanging=indent)
    print(shown.write(), end="")
    return CLEAN


def announce_reach(settings: TrainSettings, no_network: bool = False, root: str | None = None) -> None:
    """Say what a training sends elsewhere, and what it reads outside of its project (at the real path `root`), even when
    it is quiet. UsageError for what --no-network refuses."""
    from cnnspec.base.outside_reach import find_reached

    for found in find_reached(settings, root):
        if no_network and found.network:
            raise UsageError(f"the training {found.what}, which --no-network refuses; leave it out")
        print_message(f"the training {found.what}")
    if no_network and str(settings.data).startswith("tfds:"):
        raise UsageError("TensorFlow Datasets asks the network, which --no-network refuses; give other --data")


def run_step(step: Callable[[], Any], no_network: bool = False) -> Any:
    """Run a step of a training, and yield its result; None when the spec is at fault, which has been shown. UsageError."""
    from cnnspec.compile.keras_model import MissingExtra
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.offline import offline

    try:
        with offline() if no_network else nullcontext():
            return step()
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    except TrainingFailed as error:
        if error.status != FINDINGS:
            raise UsageError(str(error)) from None
        print_diagnostic(Diagnostic("E030", error.message, error.span, error.help))
        return None


def _resolve_settings(
    network: AnalysedNetwork, options: argparse.Namespace
) -> tuple[TrainSettings | None, dict[str, Any]]:
    """The settings, in which options stand above the section, and those options.

    The settings are None when something is wrong with them, which has been shown.
    """
    given = {name: getattr(options, name) for name in OPTIONS if getattr(options, name) is not None}
    if given.get("data", "").lower() not in NAMED_DATA and os.path.isdir(given.get("data", "")):
        given["data"] = os.path.join(given["data"], "")
    settings, found = resolve(network.train, given, name_outputs(network.graph))
    for diagnostic in found:
        if diagnostic.span is None:
            raise UsageError("--" + diagnostic.message + (f"; {diagnostic.help}" if diagnostic.help else ""))
        print_diagnostic(diagnostic)
    if found:
        return None, given
    if settings.data is None:
        raise UsageError(
            f"{network.source.name} does not say what to train on: write train {{ data = digits }}, or give --data digits"
        )
    return settings, given


def _gather_spec(network: AnalysedNetwork, options: argparse.Namespace, overrides: dict[str, Any]) -> Spec:
    """The spec with the files that it uses, and the options of the command."""
    from cnnspec.pipeline import find_used_files
    from cnnspec.train.runs.spec import gather_spec

    set_ = {name.strip(): value for name, _, value in (text.partition("=") for text in options.set)}
    return gather_spec(
        network.source.name, network.source.text, find_used_files(network, read_parameters(options), options.max_layers),
        model=options.model, parameters=set_, max_layers=options.max_layers, overrides=overrides,
    )  # fmt: skip
