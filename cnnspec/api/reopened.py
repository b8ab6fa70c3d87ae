"""The network and the settings of a run, read again from its folder, to go on with its training."""

from __future__ import annotations

from cnnspec.api.run_network import analyse_run
from cnnspec.base.did_you_mean import GIVEN
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.data.given import settle_given
from cnnspec.train.data.prepare import read_raw
from cnnspec.train.devices.runtime import find_backend
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.folds import refuse_output, resume_folds
from cnnspec.train.resume import check_resumable, check_spec, make_resume_plan, resume
from cnnspec.train.runs.folder import open_run
from cnnspec.train.runs.spec import reread_spec
from cnnspec.train.section import resolve
from cnnspec.train.starting.model_start import reopen_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.progress import Lines
    from cnnspec.train.run import Outcome, Reader
    from cnnspec.train.runs.folder import RunFolder
    from cnnspec.train.settings import TrainSettings

    LookAt = Callable[[TrainingPlan], TrainingPlan]


def reopen(run: RunFolder, epochs: int | None, output: str | None, max_layers: int) -> TrainingPlan:
    """The plan of a run that goes on, to another number of epochs where one is given. Raises TrainingFailed."""
    network = analyse_run(run.path, run.record, max_layers)
    settings = _resolve_settings(network, run.record, epochs)
    return make_resume_plan(run, network.graph, settings, output, network.facts)


def resume_run(
    path: str, epochs: int | None, output: str | None, max_layers: int, shown: Lines, look_at: LookAt,
    read: Reader = read_raw,
) -> Outcome:  # fmt: skip
    """Go on with the run in a folder; `look_at` sees the plan before, and may change it. Raises TrainingFailed."""
    with open_run(path) as folder:
        check_resumable(folder, epochs)
        return resume(folder, look_at(reopen(folder, epochs, output, max_layers)), shown, read)


def resume_folds_in(
    path: str, epochs: int | None, output: str | None, max_layers: int, shown: Lines, look_at: LookAt
) -> Iterator[Outcome]:
    """Go on with the folds in a folder, as `resume_run`. Raises TrainingFailed."""
    refuse_output(output)

    def go_on(run: str, epochs: int, read: Reader) -> Outcome:
        return resume_run(run, epochs, None, max_layers, shown, look_at, read)

    def plan_new(run: str, epochs: int) -> TrainingPlan:
        with open_run(run) as folder:
            check_spec(folder)
            return look_at(_plan_beside(folder, reopen(folder, epochs, None, max_layers), epochs))

    return resume_folds(path, epochs, shown, go_on, plan_new)


def _plan_beside(run: RunFolder, plan: TrainingPlan, epochs: int) -> TrainingPlan:
    """The plan of a new run, of the spec and from the start that a run folder names, on the same backend. Raises TrainingFailed."""
    record, spec = run.record, reread_spec(run.inside, run.record)
    changed: dict[str, Any] = {} if epochs == record["settings"]["epochs"] else {"epochs": epochs}
    settings = plan.settings.replace(backend=record["settings"].get("backend"))
    if find_backend(settings) != record["backend"]:
        settings, changed = plan.settings, {**changed, "backend": record["backend"]}
    start = None if plan.start is None else reopen_start(plan.graph, settings, plan.start)
    return plan.replace(settings=settings, spec=spec.replace(overrides={**spec.overrides, **changed}), start=start)


def _resolve_settings(network: AnalysedNetwork, record: dict[str, Any], epochs: int | None) -> TrainSettings:
    overrides = {**record["overrides"], **({} if epochs is None else {"epochs": epochs})}
    settings, found = resolve(network.train, overrides, name_outputs(network.graph))
    if found:
        message = f"this cnnspec cannot read the settings of {network.source.name}: {found[0].message}"
        raise TrainingFailed(message, "", 2)
    if record["data"]["given"] == GIVEN:
        settings = settle_given(settings)
    return settings.replace(folder=record["data"]["folder"], start_folder=record.get("start", {}).get("folder", ""))
