"""The network and the settings of a run, read again from its folder, to go on with its training."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.did_you_mean import GIVEN
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.pipeline import analyse
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.resume import make_resume_plan
from cnnspec.train.runs.spec import make_reader
from cnnspec.train.section import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.settings import TrainSettings


def reopen(run: RunFolder, epochs: int | None, output: str | None, max_layers: int) -> TrainingPlan:
    """The plan of a run that goes on, to another number of epochs where one is given. Raises TrainingFailed."""
    network = _analyse_spec(run, max_layers)
    settings = _resolve_settings(network, run.record, epochs)
    return make_resume_plan(run, network.graph, settings, output, network.facts)


def _analyse_spec(run: RunFolder, max_layers: int) -> AnalysedNetwork:
    """The network of the spec that was trained, from the files in the run folder."""
    record, spec = run.record, os.path.join(run.path, *run.record["spec"].split("/"))
    read = make_reader(run.inside, record["files"])
    source = read(os.path.realpath(spec))
    if isinstance(source, Diagnostic):
        raise TrainingFailed(source.message, "", 2)
    source = source.replace(name=spec)
    try:
        parameters = {name: evaluate_text(value, name) for name, value in record["parameters"].items()}
        networks = analyse(source, parameters, record["model"], max_layers, read=read).networks
    except (KeyError, ValueError) as error:
        raise TrainingFailed(f"{run.path}/run.json is damaged: {error.args[0]}", "", 2) from None
    if len(networks) != 1 or networks[0].broken:
        first = next(
            (f"{d.message}; {d.help}" for d in (networks[0].diagnostics if networks else ()) if d.severity == ERROR), ""
        )
        raise TrainingFailed(f"this cnnspec cannot read {source.name}, which was trained", first, 2)
    return networks[0]


def _resolve_settings(network: AnalysedNetwork, record: dict[str, Any], epochs: int | None) -> TrainSettings:
    overrides = {**record["overrides"], **({} if epochs is None else {"epochs": epochs})}
    settings, found = resolve(network.train, overrides, name_outputs(network.graph))
    if found:
        message = f"this cnnspec cannot read the settings of {network.source.name}: {found[0].message}"
        raise TrainingFailed(message, "", 2)
    given = {"data": GIVEN} if record["data"]["given"] == GIVEN else {}
    start_folder = record.get("start", {}).get("folder", "")
    return settings.replace(folder=record["data"]["folder"], start_folder=start_folder, **given)
