"""The runs of a cross-validation: `fold-1`, `fold-2`, … in one folder, and the mean and the spread of their figures."""

from __future__ import annotations

import math
import os
import re

from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cnnspec.train.runs.listing import Run

FOLD = re.compile(r"fold-([1-9]\d{0,5})")


class Spread(Record):
    """A figure over the folds: their mean, their standard deviation (with n - 1; None of one fold), the figure of each."""

    mean: float
    deviation: float | None
    values: tuple[float, ...]


class Folds(Record):
    """Runs in one folder, each tested on another fold of `count`, by its number."""

    path: str
    count: int
    runs: tuple[Run, ...]

    def __repr__(self) -> str:
        return f"<Folds of {self.path}: {len(self.finished)} of {self.count} finished>"

    @property
    def finished(self) -> tuple[Run, ...]:
        return tuple([run for run in self.runs if run.state == "finished"])

    @property
    def figures(self) -> dict[str, Spread]:
        """The figures that all finished folds have, by name: of the best epoch, and of the test ("test_accuracy")."""
        every = [run.figures for run in self.finished]
        names = [name for name in (every[0] if every else {}) if all(name in one for one in every)]
        return {name: measure_spread([one[name] for one in every]) for name in names}


def measure_spread(values: Sequence[float]) -> Spread:
    mean = math.fsum(values) / len(values)
    squares = math.fsum([(value - mean) ** 2 for value in values])
    return Spread(mean, math.sqrt(squares / (len(values) - 1)) if len(values) > 1 else None, tuple(values))


def name_fold(number: int) -> str:
    """The name of the folder of a fold's run."""
    return f"fold-{number}"


def find_fold_runs(path: str) -> dict[int, str]:
    """The run folders of the folds in a folder, by number; none where it is no folder of folds."""
    if os.path.lexists(os.path.join(path, "run.json")):
        return {}
    try:
        names = os.listdir(path)
    except OSError:
        return {}
    numbers = sorted([int(found[1]) for name in names if (found := FOLD.fullmatch(name))])
    paths = {number: os.path.join(path, name_fold(number)) for number in numbers}
    return {number: at for number, at in paths.items() if os.path.lexists(os.path.join(at, "run.json"))}


def refuse_folds(path: str) -> None:
    """Raises TrainingFailed for a folder of folds, where one run is meant."""
    runs = list(find_fold_runs(path).values())
    if runs:
        what = f"{len(runs)} fold{'s, each a run' if len(runs) > 1 else ', a run'} of its own"
        raise TrainingFailed(f"{path} holds {what}", f"give one of them, such as {runs[0]}", 2)


def gather_folds(runs: Iterable[Run]) -> list[Folds]:
    """The cross-validations among runs: those of one folder that train the same, and are tested on another fold each."""
    found: dict[str, dict[int, Run]] = {}
    for run in runs:
        settings: dict[str, Any] = run.record.get("settings", {})
        if "fold" in settings and "folds" in settings:
            found.setdefault(_describe_trained(run), {})[settings["fold"]] = run
    return [
        Folds(os.path.dirname(runs[0].path), runs[0].record["settings"]["folds"], tuple(runs))
        for runs in [[own[number] for number in sorted(own)] for own in found.values()]
        if len(runs) > 1
    ]


# settings in which the folds of one training may differ, which went on, or were trained on several machines
APART = ("fold", "epochs", "data", "backend", "devices", "xla", "memory", "save_every")


def _describe_trained(run: Run) -> str:
    """The folder of a run, and what the folds of one training have in common: network, settings, data."""
    record = run.record
    settings = sorted([pair for pair in record["settings"].items() if pair[0] not in APART])
    network = sorted(record["files"].values()), record["model"], sorted(record["parameters"].items())
    return repr((os.path.dirname(run.path), network, settings, record["data"]["fingerprint"]))
