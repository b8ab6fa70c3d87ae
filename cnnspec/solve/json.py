"""An answer as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.sweep.json import axis_data, option_data, values_data
from cnnspec.sweep.structure import Parameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.solve.answer import Solved

SCHEMA_VERSION = 1


def write_data(solved: Solved, name: str, file: str) -> dict[str, Any]:
    """The documented fields."""
    request, search = solved.request, solved.search
    quantities = zip(request.quantities, solved.figures, strict=bool(solved.figures))
    return {
        "schema_version": SCHEMA_VERSION,
        "model": name,
        "file": file,
        "axes": [axis_data(axis) for axis in request.space.axes],
        "space": request.space.count,
        "objective": request.objective.text,
        "largest": request.objective.is_largest,
        "method": search.method,
        "status": solved.status,
        "value": solved.value,
        "bound": solved.bound,
        "gap": solved.gap,
        "parameters": {
            a.name: option_data(o) for a, o in zip(request.space.axes, solved.options, strict=bool(solved.options))
        },
        "figures": {str(q): values_data(values) for q, values in quantities if not isinstance(q, Parameter)},
        "conditions": [
            {"condition": limit.text, "value": limit.left, "limit": limit.right, "binds": limit.binds}
            for limit in solved.limits
        ],
        "obstacles": [
            {
                "condition": obstacle.text,
                "alone": obstacle.is_alone,
                "nearest": obstacle.nearest[0] if obstacle.nearest else None,
                "parameters": {key: option_data(value) for key, value in (obstacle.options or {}).items()},
                "heaviest": obstacle.heaviest,
            }
            for obstacle in solved.obstacles
        ],
        "why": solved.why,
        "structures": search.structures,
        "steps": search.steps,
        "text": solved.text,
        "seconds": solved.seconds,
    }
