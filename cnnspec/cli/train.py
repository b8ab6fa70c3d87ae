"""cnnspec train FILE: trains as the train section says; options stand above the section."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile

from cnnspec.cli.common import CLEAN, FINDINGS, UsageError, add_model_options, in_color, load_one, say
from cnnspec.compile.backend import BACKENDS
from cnnspec.diagnostic import ERROR, Diagnostic
from cnnspec.layers.argument import Unfit, count, natural, rate
from cnnspec.names import NAMED_DATA
from cnnspec.report.findings import show
from cnnspec.source import printable
from cnnspec.train.precision import PRECISIONS
from cnnspec.train.reading import positive
from cnnspec.train.settings import TrainSettings, resolve, seed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.pipeline import Checked
    from cnnspec.train.run import Outcome

INTERRUPTED = 130
OPTIONS = (
    "data", "epochs", "batch", "learning_rate", "validation", "seed", "backend", "precision", "devices", "xla",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "--data", metavar="DATA", help=f"{', '.join(NAMED_DATA)}, or a .npz file with x_train and y_train"
    )
    parser.add_argument("--epochs", type=_number(count), metavar="N", help="how often to go through the training data")
    parser.add_argument("--batch", type=_number(count), metavar="N", help="examples in a step")
    parser.add_argument("--learning-rate", type=_number(positive), metavar="RATE", help="in place of the optimizer's")
    parser.add_argument("--validation", type=_number(rate), metavar="SHARE", help="of the training data; 0 for none")
    parser.add_argument("--seed", type=_number(seed), metavar="N", help="the same seed gives the same training")
    parser.add_argument("-o", "--output", metavar="OUT", help="where to save the model (the spec's name, .keras)")
    parser.add_argument("--backend", metavar="NAME", help=f"{', '.join(BACKENDS)}: what Keras computes with")
    parser.add_argument("--precision", metavar="NAME", help=f"what layers compute in: {', '.join(PRECISIONS)}")
    parser.add_argument("--devices", metavar="N", help="how many: a count, all, cpu, gpu, gpu:N; cpu:N to try it out")
    parser.add_argument("--xla", action=argparse.BooleanOptionalAction, help="whether XLA compiles the step")
    parser.add_argument("--processes", type=_number(count), metavar="N", help="processes that train together (JAX)")
    parser.add_argument("--process", type=_number(natural), metavar="I", help="which of them this is, from 0")
    parser.add_argument("--coordinator", metavar="HOST:PORT", help="where process 0 can be reached")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    add_model_options(parser)


def _number(kind: Callable[[Any], Any]) -> Callable[[str], Any]:
    def read(written: str) -> Any:
        try:
            try:
                value: int | float = int(written)
            except ValueError:
                value = float(written)
            return kind(value)
        except (Unfit, ValueError) as error:
            expected = error.expected if isinstance(error, Unfit) else "a number"
            raise argparse.ArgumentTypeError(f'must be {expected}, not "{printable(written)}"') from None

    return read


def run(options: argparse.Namespace) -> int:
    network = load_one(options)
    if network is None or any(d.severity == ERROR for d in network.diagnostics):
        return FINDINGS
    settings = _settings(network, options)
    if settings is None:
        return FINDINGS
    from cnnspec.compile.live import MissingExtra
    from cnnspec.train.distribution import cluster
    from cnnspec.train.match import TrainingFailed
    from cnnspec.train.progress import display
    from cnnspec.train.run import train

    output = options.output or _stem(network.source.name) + ".keras"
    try:
        together = cluster(options.processes, options.process, options.coordinator)
        if together is not None and together.process:  # the first one speaks and writes for all
            with tempfile.TemporaryDirectory() as folder:
                train(network.graph, settings, os.path.join(folder, "x.keras"), display(sys.stderr, True), together)
            return CLEAN
        outcome = train(network.graph, settings, output, display(sys.stderr, options.quiet), together)
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    except TrainingFailed as error:
        if error.status != FINDINGS:
            raise UsageError(str(error)) from None
        _show(Diagnostic("E030", error.message, error.span, error.help))
        return FINDINGS
    return _report(outcome)


def _settings(network: Checked, options: argparse.Namespace) -> TrainSettings | None:
    """The settings, the options above the section; None when what is wrong with them has been shown."""
    given = {name: getattr(options, name) for name in OPTIONS if getattr(options, name) is not None}
    settings, found = resolve(network.train, given)
    for diagnostic in found:
        if diagnostic.span is None:
            raise UsageError("--" + diagnostic.message + (f"; {diagnostic.help}" if diagnostic.help else ""))
        _show(diagnostic)
    if found:
        return None
    if settings.data is None:
        raise UsageError(
            f"{network.source.name} does not say what to train on: write train {{ data = digits }}, or give --data digits"
        )
    return settings


def _show(diagnostic: Diagnostic) -> None:
    print(show(diagnostic, in_color(sys.stderr)), file=sys.stderr)


def _stem(name: str) -> str:
    return "network" if name == "<stdin>" else os.path.splitext(os.path.basename(name))[0]


def _report(outcome: Outcome) -> int:
    from cnnspec.train.progress import figure

    if outcome.figures:
        accuracy = outcome.figures.get("accuracy")
        rest = [f"{name} {figure(value)}" for name, value in outcome.figures.items() if name != "accuracy"]
        noun = outcome.held_back.split()[1]
        shown = ([] if accuracy is None else [f"accuracy {100 * accuracy:.2f} %"]) + rest
        print(f"{noun} {', '.join(shown)} ({outcome.held_back})")
    elif outcome.model and not outcome.stopped:
        say("nothing was held back to test on")
    if outcome.model:
        print(f"saved {printable(outcome.model)}")
    if outcome.stopped:
        say(f"stopped at {outcome.stopped}" if outcome.model else f"stopped {outcome.stopped}; nothing was saved")
        return INTERRUPTED
    return CLEAN
