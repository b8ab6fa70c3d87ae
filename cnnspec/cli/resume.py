"""cnnspec resume RUN: go on with a training that was stopped, or train a finished one for more epochs."""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source_files import find_project_root
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.load import add_layer_limit, read_parameters
from cnnspec.cli.messages import FINDINGS, UsageError
from cnnspec.cli.streams import fit_sentence
from cnnspec.cli.train import add_network_option, announce_reach, make_type, print_outcome, run_step
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.layers.argument import count
from cnnspec.pipeline import analyse
from cnnspec.train.runs.spec import make_reader
from cnnspec.train.section import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.run import Outcome
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.settings import TrainSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec resume runs/net-1": "go on where the training was stopped",
            "cnnspec resume runs/net-1 --epochs 3": "train a finished one for longer",
        },
    )
    parser.add_argument("run", metavar="RUN", help="a run folder, such as runs/digits-1")
    parser.add_argument("--epochs", type=make_type(count), metavar="N", help="train to this epoch (the spec's)")
    parser.add_argument("-o", "--output", metavar="OUT", help="where to save the model, too")
    add_layer_limit(parser)
    add_network_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    from cnnspec.train.progress import choose_display
    from cnnspec.train.resume import check_resumable, make_resume_plan, resume
    from cnnspec.train.runs.folder import open_run

    def step() -> Outcome:
        with open_run(os.path.normpath(options.run)) as folder:
            check_resumable(folder, options.epochs)
            network = _analyse_spec(folder, options.max_layers)
            settings = _resolve_settings(network, folder.record, options.epochs)
            announce_reach(
                settings, options.no_network, os.path.realpath(find_project_root(os.getcwd()) or os.getcwd())
            )
            plan = make_resume_plan(folder, network.graph, settings, options.output, network.facts)
            return resume(folder, plan, choose_display(sys.stderr, options.quiet, fit_sentence))

    outcome = run_step(step, options.no_network)
    return FINDINGS if outcome is None else print_outcome(outcome)


def _analyse_spec(run: RunFolder, max_layers: int) -> AnalysedNetwork:
    """The network of the spec that was trained, from the files in the run folder. UsageError."""
    record, spec = run.record, os.path.join(run.path, *run.record["spec"].split("/"))
    read = make_reader(run.inside, record["files"])
    source = read(os.path.realpath(spec))
    if isinstance(source, Diagnostic):
        raise UsageError(source.message)
    source = source.replace(name=spec)
    written = argparse.Namespace(set=[f"{name}={value}" for name, value in record["parameters"].items()])
    try:
        networks = analyse(source, read_parameters(written), record["model"], max_layers, read=read).networks
    except KeyError as error:
        raise UsageError(f"{run.path}/run.json is damaged: {error.args[0]}") from None
    if len(networks) != 1 or networks[0].broken:
        first = next(
            (f"{d.message}; {d.help}" for d in (networks[0].diagnostics if networks else ()) if d.severity == ERROR), ""
        )
        raise UsageError(f"this cnnspec cannot read {source.name}, which was trained" + (f": {first}" if first else ""))
    return networks[0]


def _resolve_settings(network: AnalysedNetwork, record: dict[str, Any], epochs: int | None) -> TrainSettings:
    """The settings of a run, with another number of epochs where one is given. UsageError."""
    overrides = {**record["overrides"], **({} if epochs is None else {"epochs": epochs})}
    settings, found = resolve(network.train, overrides, name_outputs(network.graph))
    if found:
        raise UsageError(f"this cnnspec cannot read the settings of {network.source.name}: {found[0].message}")
    return settings.replace(folder=record["data"]["folder"], start_folder=record.get("start", {}).get("folder", ""))
