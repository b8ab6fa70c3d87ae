"""A sweep as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.layers.argument import show
from cnnspec.sweep.structure import Parameter
from cnnspec.sweep.table import read_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.sweep.histogram import Histogram
    from cnnspec.sweep.rows import Kept
    from cnnspec.sweep.space import Axis
    from cnnspec.sweep.sweep import Found, Request
    from cnnspec.sweep.table import Row

SCHEMA_VERSION = 1


def write_data(found: Found, name: str, file: str) -> dict[str, Any]:
    """The documented fields."""
    request = found.request
    return {
        "schema_version": SCHEMA_VERSION,
        "model": name,
        "file": file,
        "axes": [axis_data(axis) for axis in request.space.axes],
        "space": request.space.count,
        "seed": request.seed if found.asked < request.space.count else None,
        "candidates": found.asked,
        "done": found.done,
        "legal": found.legal,
        "reasons": [
            {
                "code": reason.error.code,
                "message": reason.error.message,
                "place": reason.error.span.origin if reason.error.span else None,
                "candidates": count,
                "example": {key: option_data(value) for key, value in reason.example.items()},
            }
            for reason, count in found.reasons
        ],
        "conditions": [
            {"condition": condition.text, "unmet": unmet}
            for condition, unmet in zip(request.conditions, found.unmet, strict=True)
        ],
        "divided_by_zero": found.divided,
        "kept": found.kept,
        "by": [str(key) for key in request.by],
        "best": kept_data(found.best, request),
        "pareto": [str(key) for key in request.front],
        "front": kept_data(found.front, request),
        "histograms": [histogram_data(histogram) for histogram in found.histograms],
        "structures": found.structures,
        "one_by_one": found.singly,
        "seconds": found.seconds,
    }


def histogram_data(histogram: Histogram) -> dict[str, Any]:
    """The bins of a histogram, from their first edge up to, not including, the second."""
    edges = histogram.edges
    return {
        "key": str(histogram.key),
        "each": histogram.each,
        "unknown": histogram.unknown,
        "bins": [
            {"from": low, "below": high, "candidates": count}
            for low, high, count in zip(edges, edges[1:], histogram.counts, strict=False)
        ],
    }


def axis_data(axis: Axis) -> dict[str, Any]:
    return {"name": axis.name, "options": [option_data(option) for option in axis.options]}


def option_data(option: Any) -> Any:
    """A number, a truth or a list as JSON has it; a word as it is written."""
    if isinstance(option, (list, tuple)):
        return [option_data(part) for part in option]
    return option if isinstance(option, (int, float, str)) else show(option)


def kept_data(kept: Kept, request: Request) -> list[dict[str, Any]]:
    return [row_data(row, request) for row in read_rows(kept, request)]


def row_data(row: Row, request: Request) -> dict[str, Any]:
    """One candidate. A figure for each axis of the network is a list."""
    quantities = zip(request.question.quantities, row.figures, strict=True)
    return {
        "number": row.number,
        "parameters": {a.name: option_data(o) for a, o in zip(request.space.axes, row.options, strict=True)},
        "figures": {str(q): values_data(values) for q, values in quantities if not isinstance(q, Parameter)},
    }


def values_data(values: tuple[Any, ...] | None) -> Any:
    return None if values is None else values[0] if len(values) == 1 else list(values)
