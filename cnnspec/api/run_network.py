"""The network of a run: that of the spec that was trained, from the files in the run's folder."""

from __future__ import annotations

import os

from cnnspec.base.confined_folder import ConfinedFolder
from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.limits import MAX_LAYERS
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.pipeline import analyse
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.spec import make_reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set
    from typing import Any

    from cnnspec.network import AnalysedNetwork


def analyse_run(
    path: str, record: Mapping[str, Any], max_layers: int = MAX_LAYERS,
    choose_rules: Callable[[str], Set[str] | None] = lambda name: None,
) -> AnalysedNetwork:  # fmt: skip
    """The network of a run folder with this record; `choose_rules` gives the codes of the rules that run on a file, None: the
    default ones. Raises TrainingFailed."""
    spec = os.path.join(path, *record["spec"].split("/"))
    read = make_reader(ConfinedFolder(path), record["files"])
    source = read(os.path.realpath(spec))
    if isinstance(source, Diagnostic):
        raise TrainingFailed(source.message, "", 2)
    source = source.replace(name=spec)
    try:
        parameters = {name: evaluate_text(value, name) for name, value in record["parameters"].items()}
        networks = analyse(source, parameters, record["model"], max_layers, choose_rules(spec), read).networks
    except (KeyError, ValueError) as error:
        raise TrainingFailed(f"{path}/run.json is damaged: {error.args[0]}", "", 2) from None
    if len(networks) != 1 or networks[0].broken:
        first = next(
            (f"{d.message}; {d.help}" for d in (networks[0].diagnostics if networks else ()) if d.severity == ERROR), ""
        )
        raise TrainingFailed(f"this cnnspec cannot read {source.name}, which was trained", first, 2)
    return networks[0]
