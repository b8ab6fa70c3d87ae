"""The difference of two networks as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.diff.difference import SAME, gain_of_macs, gain_of_params
from cnnspec.diff.layer_call import write_argument
from cnnspec.facts.facts import CONVENTIONS
from cnnspec.tables.data import field_data, figure_data, layer_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.diff.difference import LayerDifference, NetworkDifference, NetworkSide, TotalDifference

SCHEMA_VERSION = 1


def write_data(difference: NetworkDifference) -> dict[str, Any]:
    """The documented fields.

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
    }


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
