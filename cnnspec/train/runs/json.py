"""Runs as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.train.runs.listing import compare_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.train.runs.listing import Run

SCHEMA_VERSION = 1


def write_data(found: Sequence[Run], compared: bool) -> dict[str, Any]:
    """The runs; where they are compared, the settings that they have apart, and their figures side by side."""
    said: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "runs": [run_data(run) for run in found]}
    if compared:
        whole = [run for run in found if not run.wrong]
        said["settings"] = compare_settings([run.record for run in whole])
        said["figures"] = compare_figures(whole)
    return said


def run_data(run: Run) -> dict[str, Any]:
    """One run: what its run.json says, or what is wrong with it."""
    return {"path": run.path, "state": run.state, **({"wrong": run.wrong} if run.wrong else run.record)}


def compare_figures(runs: Sequence[Run]) -> dict[str, list[float | None]]:
    """name → the figure in each run, None where a run has none."""
    figures = [run.figures for run in runs]
    names = dict.fromkeys([name for one in figures for name in one])
    return {name: [one.get(name) for one in figures] for name in names}
