"""cnnspec resume RUN: go on with a training that was stopped, or train a finished one for more epochs."""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.base.source_files import find_project_root
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_layer_limit
from cnnspec.cli.messages import FINDINGS
from cnnspec.cli.outcomes import print_outcome, print_outcomes
from cnnspec.cli.streams import fit_sentence
from cnnspec.cli.train import add_compile_cache, add_network_option, announce_reach, make_type, run_step
from cnnspec.layers.argument import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.train.plan import TrainingPlan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec resume runs/net-1": "go on where the training was stopped",
            "cnnspec resume runs/net-1 --epochs 3": "train a finished one for longer",
        },
    )
    parser.add_argument("run", metavar="RUN", help="a run folder, such as runs/digits-1, or a folder of folds")
    parser.add_argument("--epochs", type=make_type(count), metavar="N", help="train to this epoch (the spec's)")
    parser.add_argument("-o", "--output", metavar="OUT", help="where to save the model, too")
    add_compile_cache(parser)
    add_layer_limit(parser)
    add_network_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    from cnnspec.api.reopened import resume_folds_in, resume_run
    from cnnspec.train.progress import choose_display
    from cnnspec.train.runs.folds import find_fold_runs

    path, shown = os.path.normpath(options.run), choose_display(sys.stderr, options.quiet, fit_sentence)

    def look_at(plan: TrainingPlan) -> TrainingPlan:
        root = os.path.realpath(find_project_root(os.getcwd()) or os.getcwd())
        announce_reach(plan.settings, options.no_network, root)
        if options.compile_cache is not None:
            from cnnspec.train.devices.compile_cache import keep_compiled

            keep_compiled(options.compile_cache, plan.settings)
        return plan

    asked = (path, options.epochs, options.output, options.max_layers, shown, look_at)
    if find_fold_runs(path):
        status = run_step(lambda: print_outcomes(resume_folds_in(*asked)), options.no_network)
        return FINDINGS if status is None else int(status)
    outcome = run_step(lambda: resume_run(*asked), options.no_network)
    return FINDINGS if outcome is None else print_outcome(outcome)
