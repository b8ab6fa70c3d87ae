"""cnnspec resume RUN: goes on with a training that was stopped, or that ended too early for its owner."""

from __future__ import annotations

import argparse
import os
import sys

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source_files import find_project_root
from cnnspec.cli.load import add_layer_limit, read_parameters
from cnnspec.cli.messages import FINDINGS, UsageError
from cnnspec.cli.train import add_network_option, announce, given, ran, report
from cnnspec.layers.argument import count
from cnnspec.pipeline import analyse
from cnnspec.train.runs.spec import reader
from cnnspec.train.section import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.run import Outcome
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.settings import TrainSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder, such as runs/digits-1")
    parser.add_argument("--epochs", type=given(count), metavar="N", help="train to this epoch (the spec's)")
    parser.add_argument("-o", "--output", metavar="OUT", help="where to save the model, too")
    add_layer_limit(parser)
    add_network_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    from cnnspec.train.progress import display
    from cnnspec.train.resume import resume, taken

    def step() -> Outcome:
        path = os.path.normpath(options.run)
        folder = taken(path, options.epochs)
        try:
            network = _network(folder, options.max_layers)
            settings = _settings(network, folder.account, options.epochs)
            announce(settings, options.no_network, os.path.realpath(find_project_root(os.getcwd()) or os.getcwd()))
            return resume(folder, network.graph, settings, display(sys.stderr, options.quiet), options.output)
        finally:
            folder.release()

    outcome = ran(step, options.no_network)
    return FINDINGS if outcome is None else report(outcome)


def _network(run: RunFolder, max_layers: int) -> AnalysedNetwork:
    said, spec = run.account, os.path.join(run.path, *run.account["spec"].split("/"))
    read = reader(run.inside, said["files"])
    source = read(os.path.realpath(spec))
    if isinstance(source, Diagnostic):
        raise UsageError(source.message)
    source = source.replace(name=spec)
    written = argparse.Namespace(set=[f"{name}={value}" for name, value in said["parameters"].items()])
    try:
        networks = analyse(source, read_parameters(written), said["model"], max_layers, read=read).networks
    except KeyError as error:
        raise UsageError(f"{run.path}/run.json is damaged: {error.args[0]}") from None
    if len(networks) != 1 or networks[0].broken:
        first = next(
            (f"{d.message}; {d.help}" for d in (networks[0].diagnostics if networks else ()) if d.severity == ERROR), ""
        )
        raise UsageError(f"this cnnspec cannot read {source.name}, which was trained" + (f": {first}" if first else ""))
    return networks[0]


def _settings(network: AnalysedNetwork, said: dict[str, Any], epochs: int | None) -> TrainSettings:
    overrides = {**said["overrides"], **({} if epochs is None else {"epochs": epochs})}
    settings, found = resolve(network.train, overrides)
    if found:
        raise UsageError(f"this cnnspec cannot read the settings of {network.source.name}: {found[0].message}")
    return settings.replace(folder=said["data"]["folder"])
