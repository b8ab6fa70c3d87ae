"""The run folders below a folder: what a list and a comparison of trainings are made of. A damaged one is named, not fatal."""

from __future__ import annotations

import os

from cnnspec.base.record import Record
from cnnspec.train.conflicts import OWN_FILES
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.folder import read_record
from cnnspec.train.runs.folds import find_fold_runs
from cnnspec.train.runs.history import read_rows
from cnnspec.train.runs.lock import is_locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Run(Record):
    """A run folder: `record` is what its run.json says; of a damaged one that is empty, and `wrong` says what is wrong.

    `state` is running, stopped, finished or failed; killed, where it says running, and no process does; or damaged.
    """

    path: str
    record: dict[str, Any]
    state: str
    wrong: str = ""

    def __fspath__(self) -> str:
        """The folder, for whatever takes a path."""
        return self.path

    @property
    def figures(self) -> dict[str, float]:
        """The figures to judge it by: the best epoch's, then the test's."""
        return collect_figures(self.record)

    def read_epochs(self) -> list[dict[str, Any]]:
        """The figures of every epoch that is done: epoch, loss, …, learning_rate, seconds. OSError when they cannot be read."""
        return read_rows(os.path.join(self.path, "metrics.jsonl"))


def read_run(path: str) -> Run:
    """The run in a folder. Raises TrainingFailed when there is no folder."""
    if not os.path.isdir(path):
        raise TrainingFailed(f"there is no run folder {path}", "cnnspec runs lists those that there are", 2)
    try:
        record = read_record(path)
    except TrainingFailed as error:
        return Run(path, {}, "damaged", error.message)
    status = record["status"]
    return Run(path, record, "killed" if status == "running" and not is_locked(path) else status)


def find_runs(paths: Sequence[str]) -> list[Run]:
    """The runs in one folder, which may be a run itself, or several runs, of a cross-validation each of its folds. Raises
    TrainingFailed when there is no such folder."""
    if len(paths) == 1 and not os.path.lexists(os.path.join(paths[0], "run.json")):
        return list_runs(paths[0])
    return [run for path in paths for run in _read_runs(path)]


def _read_runs(path: str) -> list[Run]:
    """The run in a folder, or the folds in it."""
    return [read_run(one) for one in find_fold_runs(path).values() or [path]]


def list_runs(path: str) -> list[Run]:
    """The runs in a folder, by name, numbers in their order: the folders that hold something of a run, or folds."""
    try:
        names = [name for name in os.listdir(path) if not name.startswith(".") and _has_runs(os.path.join(path, name))]
    except OSError as error:
        raise TrainingFailed(f"{path} cannot be read: {error.strerror or error}", "", 2) from None
    return [run for name in sorted(names, key=_natural_key) for run in _read_runs(os.path.join(path, name))]


def _has_runs(path: str) -> bool:
    return any([os.path.lexists(os.path.join(path, name)) for name in OWN_FILES]) or bool(find_fold_runs(path))


def _natural_key(name: str) -> tuple[str, int, str]:
    stem, _, number = name.rpartition("-")
    return (stem, int(number), name) if number.isdecimal() else (name, 0, name)


def collect_figures(record: dict[str, Any]) -> dict[str, float]:
    """The figures to judge a training by: the best epoch's, then the test's."""
    best, test = record.get("best") or {}, record.get("test") or {}
    apart = ("by", "epoch", "seconds", "learning_rate", "on")
    found = {name: value for name, value in best.items() if name not in apart}
    found |= {f"test_{name}": value for name, value in test.items() if name not in apart}
    return {name: value for name, value in found.items() if isinstance(value, (int, float))}


def read_seconds(record: dict[str, Any]) -> float:
    """The seconds for which a run has trained."""
    return float(record["seconds"])


SAME = ("spec", "model", "parameters", "backend", "precision", "devices")


def collect_settings(record: dict[str, Any]) -> dict[str, Any]:
    """Everything that was chosen: the settings, and what was trained where."""
    found = {name: record.get(name) for name in SAME}
    found |= {"version of the spec": " ".join(sum[:8] for sum in record["files"].values())}
    found |= {"parameters of the network": record["params"]["total"], "data found": record["data"]["fingerprint"][:8]}
    found |= {f"version of {name}": version for name, version in record["versions"].items()}
    return {**found, **record["settings"]}


def compare_settings(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The settings that are not the same in all runs: name → the value in each, None where a run has none."""
    every = [collect_settings(record) for record in records]
    names = list(dict.fromkeys(name for found in every for name in found))
    rows = {name: [found.get(name) for found in every] for name in names}
    return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}
