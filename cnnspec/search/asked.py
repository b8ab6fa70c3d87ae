"""What `cnnspec search` is asked: the candidates, what they are judged by, how many are trained, and where all is kept."""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.layers.argument import show
from cnnspec.pipeline import analyse, find_used_files
from cnnspec.sweep.structure import INPUT
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.figures import LOSS, is_lower_better, list_figures
from cnnspec.train.section import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.search.space import SearchSpace
    from cnnspec.train.plan import TrainingPlan
    from cnnspec.train.settings import TrainSettings

PRUNERS = ("halving", "hyperband", "none")
BUDGET = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|epochs?)\s*\Z")
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600}


class BadSearch(ValueError):
    """A search that makes no sense; the message is a sentence."""


class Asked(Record):
    """A search. Each candidate is trained by its train section, `overrides` above it, in a folder of its own below `folder`,
    `trials` of them, for `each` epochs; `objective` is the figure that is to be large, or small where `lower`. It ends early after
    `seconds`, and after so many `epochs` of all trials together. `study` is the study's file."""

    space: SearchSpace
    overrides: Mapping[str, Any]
    objective: str
    lower: bool
    trials: int
    folder: str
    study: str
    each: int = 10
    pruner: str = PRUNERS[0]
    seconds: float | None = None
    epochs: int | None = None
    seed: int = 0
    max_layers: int = 0

    @property
    def direction(self) -> str:
        return "minimize" if self.lower else "maximize"

    def agreed(self) -> dict[str, Any]:
        """What all who work on the study must agree in, besides its space."""
        changed = {name: show(value) for name, value in self.overrides.items() if name not in ("backend", "devices")}
        return {"objective": self.objective, "settings": changed}

    def plan(self, parameters: Mapping[str, Any], run_dir: str | None = None) -> TrainingPlan:
        """The training of a candidate. Raises TrainingFailed where its train section is wrong."""
        from cnnspec.train.plan import make_plan
        from cnnspec.train.runs.spec import gather_spec

        network, given = analyse_candidate(self.space, parameters, self.max_layers)
        spec = gather_spec(
            network.source.name, network.source.text, find_used_files(network, given, self.max_layers),
            model=self.space.request.question.model, parameters={name: show(value) for name, value in given.items()},
            max_layers=self.max_layers, overrides=dict(self.overrides),
        )  # fmt: skip
        settings = read_settings(network, self.overrides)
        return make_plan(network.graph, settings, spec, run_dir, facts=network.facts)


def analyse_candidate(
    space: SearchSpace, parameters: Mapping[str, Any], max_layers: int
) -> tuple[AnalysedNetwork, dict[str, Any]]:
    """The network of a candidate, and the parameters that its text is given: all, but where the input's size is one, which stands
    in the text itself, with all others."""
    question = space.request.question
    source, given = question.tree.source, dict(parameters)
    if INPUT in given:
        source, given = source.replace(text=space.write_spec(given, find_folder(source.name))), {}
    (network,) = analyse(source, given, question.model, max_layers).networks
    return network, given


def find_folder(name: str) -> str:
    """The folder of a spec's file."""
    import os

    folder = os.path.dirname(name)
    return folder if os.path.isdir(folder) else "."


def read_settings(network: AnalysedNetwork, overrides: Mapping[str, Any]) -> TrainSettings:
    """The settings of a candidate's training. Raises TrainingFailed for what is wrong with them."""
    settings, found = resolve(network.train, dict(overrides), name_outputs(network.graph))
    if found:
        option = "" if found[0].span is not None else "--"
        raise TrainingFailed(f"{option}{found[0].message}", found[0].help or "", 2 if option else 1, found[0].span)
    if settings.data is None:
        name = network.source.name
        help = "write train { data = digits }, or give --data digits"
        raise TrainingFailed(f"{name} does not say what to train on", help, 2)
    if settings.folds is not None:
        raise TrainingFailed("a search trains each candidate once", "leave folds out of the train section", 2)
    return settings


def choose_objective(settings: TrainSettings, wanted: str | None) -> tuple[str, bool]:
    """The figure that a search is after, and whether lower is better: the accuracy on the validation data where nothing else is
    `wanted`. Raises BadSearch."""
    from cnnspec.base.did_you_mean import write_suggestion

    figures = list(list_figures(settings))
    if wanted is not None:
        if wanted not in figures:
            near = write_suggestion(wanted, figures) or f"; it reports {', '.join(figures)}"
            raise BadSearch(f'this training does not report "{wanted}"{near}')
        return wanted, is_lower_better(wanted, settings)
    if not settings.validation:
        raise BadSearch(
            "nothing is held back to compare candidates on: give --validation 0.1, or name a figure with --objective"
        )
    judged = [name for name in figures if name.startswith("val_") and not name.endswith(LOSS)]
    if len([name for name in settings.outputs if settings.trains(name)]) > 1:
        raise BadSearch(
            f"the network has several outputs: say what is compared with --objective, {', '.join(judged)} or val_loss"
        )
    chosen = judged[0] if len(judged) == 1 else f"val_{LOSS}" if not judged else None
    if chosen is None:
        raise BadSearch(f"say which figure is compared with --objective: {', '.join(judged)} or val_loss")
    return chosen, is_lower_better(chosen, settings)


def read_budget(text: str) -> tuple[float | None, int | None]:
    """The seconds, or else the epochs, that a search may take: 90s, 30m, 2h, 500 epochs. Raises BadSearch."""
    found = BUDGET.match(text)
    number = float(found[1]) if found else 0
    if found is None or number <= 0 or found[2].startswith("epoch") and number != int(number):
        raise BadSearch(f'--budget is a time or a number of epochs, such as 90s, 30m, 2h or "500 epochs", not "{text}"')
    return (None, int(number)) if found[2].startswith("epoch") else (number * SECONDS[found[2]], None)
