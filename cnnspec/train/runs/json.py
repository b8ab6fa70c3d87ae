"""Runs as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.train.runs.folds import gather_folds
from cnnspec.train.runs.listing import compare_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.runs.folds import Folds
    from cnnspec.train.runs.listing import Run

SCHEMA_VERSION = 1


def write_data(found: Sequence[Run], compared: bool) -> dict[str, Any]:
    """The runs; where they are compared, the settings that they have apart, and their figures side by side."""
    said: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "runs": [run_data(run) for run in found]}
    if compared:
        whole = [run for run in found if not run.wrong]
        said["settings"] = compare_settings([run.record for run in whole])
        said["figures"] = compare_figures(whole)
    if folds := gather_folds(found):
        said["folds"] = [folds_data(one) for one in folds]
    return said


def folds_data(folds: Folds) -> dict[str, Any]:
    """A cross-validation: mean, standard deviation (n - 1; None of one fold) and values of each figure of its finished folds."""
    figures = {
        name: {"mean": one.mean, "deviation": one.deviation, "values": list(one.values)}
        for name, one in folds.figures.items()
    }
    return {
        "path": folds.path, "folds": folds.count, "finished": [run.path for run in folds.finished], "figures": figures,
    }  # fmt: skip


def run_data(run: Run) -> dict[str, Any]:
    """One run: what its run.json says, or what is wrong with it."""
    return {"path": run.path, "state": run.state, **({"wrong": run.wrong} if run.wrong else run.record)}


def compare_figures(runs: Sequence[Run]) -> dict[str, list[float | None]]:
    """name → the figure in each run, None where a run has none."""
    figures = [run.figures for run in runs]
    names = dict.fromkeys([name for one in figures for name in one])
    return {name: [one.get(name) for one in figures] for name in names}
