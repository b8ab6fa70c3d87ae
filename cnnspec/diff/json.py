"""The difference of two networks as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.diff.difference import SAME, gain_of_macs, gain_of_params
from cnnspec.diff.layer_call import write_argument
from cnnspec.facts.facts import CONVENTIONS
from cnnspec.tables.data import field_data, figure_data, layer_data, shape_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.diff.changes import FileChanges, NetworkChange
    from cnnspec.diff.difference import LayerDifference, NetworkDifference, NetworkSide, TotalDifference
    from cnnspec.diff.verdict import Verdict

SCHEMA_VERSION = 1


def write_data(difference: NetworkDifference, verdicts: Sequence[Verdict] = ()) -> dict[str, Any]:
    """The documented fields; `budget` is one of them where limits are given.

    `layers` holds those that are not the same. A layer's `a` and `b` are as in the summary's JSON, None where it is
    missing; differences are B minus A; unknown figures are None; a size that depends on the input is an expression.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "same": difference.same,
        "a": side_data(difference.a),
        "b": side_data(difference.b),
        "layers": [difference_data(layer) for layer in difference.layers if layer.status != SAME],
        "inputs_differ": difference.inputs_differ,
        "outputs_differ": difference.outputs_differ,
        "totals": {
            "params": total_data(difference.params),
            "trainable_params": total_data(difference.trainable_params),
            "non_trainable_params": total_data(difference.non_trainable_params),
            "macs": total_data(difference.macs),
        },
        "conventions": CONVENTIONS,
    } | budget_data(verdicts)


def write_changes(changes: FileChanges) -> dict[str, Any]:
    """The documented fields of what changed between two states of files."""
    return {
        "schema_version": SCHEMA_VERSION,
        "a": changes.a,
        "b": changes.b,
        "failed": changes.failed,
        "networks": [change_data(change) for change in changes.networks],
        "conventions": CONVENTIONS,
    }


def change_data(change: NetworkChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "status": change.status,
        "failed": change.failed,
        "a": change.a and side_data(change.a),
        "b": change.b and side_data(change.b),
        "message": change.message,
        "params": total_data(change.params),
        "macs": total_data(change.macs),
        "difference": change.difference and write_data(change.difference),
    } | budget_data(change.verdicts)


def budget_data(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The field `budget`; no field where no limit is given."""
    return {"budget": [verdict_data(verdict) for verdict in verdicts]} if verdicts else {}


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """What came of one limit. Figures are as the quantity has them: one value, or one an axis in a list."""
    limit = verdict.limit.limit
    return {
        "limit": verdict.limit.text,
        "quantity": limit.quantity,
        "operator": limit.operator,
        "status": verdict.status,
        "a": values_data(verdict.a.values if verdict.a else ()),
        "b": values_data(verdict.b.values if verdict.b else ()),
        "allowed": values_data(verdict.bounds),
        "difference": values_data(verdict.changes),
        "message": verdict.message,
    }


def values_data(values: tuple[Any, ...]) -> Any:
    """One value as it is, several in a list; None for none."""
    made = [shape_data(value) if isinstance(value, tuple) else figure_data(value) for value in values]
    return made[0] if len(made) == 1 else made or None


def side_data(side: NetworkSide) -> dict[str, Any]:
    return {
        "model": side.name,
        "file": side.file,
        "parameters": dict(side.parameters),
        "layers": side.layers,
        "inputs": list(side.inputs),
        "outputs": list(side.outputs),
        "receptive_field": field_data(side.receptive_field),
    }


def difference_data(layer: LayerDifference) -> dict[str, Any]:
    sides = ((layer.a, layer.call_a), (layer.b, layer.call_b))
    a, b = (None if s is None else {"call": call, **layer_data(s), "line": s.line or None} for s, call in sides)
    arguments = [
        {
            "name": change.name,
            "old": write_argument(change.name, change.old),
            "new": write_argument(change.name, change.new),
        }
        for change in layer.arguments
    ]
    return {
        "status": layer.status,
        "a": a,
        "b": b,
        "arguments": arguments,
        "rewired": layer.rewired,
        "shared": layer.shared and [list(names) for names in layer.shared],
        "params": figure_data(gain_of_params(layer)),
        "macs": figure_data(gain_of_macs(layer)),
    }


def total_data(total: TotalDifference) -> dict[str, Any]:
    return {"a": figure_data(total.a), "b": figure_data(total.b), "difference": figure_data(total.difference)}
