"""A search as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.search.trials import Found, Trial

SCHEMA_VERSION = 1


def write_data(found: Found) -> dict[str, Any]:
    """The documented fields."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": found.name,
        "file": found.file,
        "objective": found.objective,
        "direction": "minimize" if found.lower else "maximize",
        "axes": list(found.axes),
        "space": found.space,
        "fitting": found.fitting,
        "asked": found.asked,
        "ended": found.ended,
        "best": found.best and found.best.number,
        "cost": found.cost,
        "front": [trial.number for trial in found.front],
        "trials": [trial_data(trial) for trial in found.trials],
    }


def trial_data(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.number,
        "state": trial.state,
        "why": trial.why,
        "parameters": trial.parameters,
        "figures": trial.figures,
        "value": trial.value,
        "epochs": trial.epochs,
        "curve": [{"epoch": epoch, "value": value} for epoch, value in trial.curve],
        "run": trial.run or None,
    }
