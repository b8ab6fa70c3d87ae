"""Receptive fields as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.facts.facts import LEFT_OUT
from cnnspec.rf.layer_field import ESTIMATE
from cnnspec.tables.assumed import assumed_flag, assumption_data
from cnnspec.tables.data import box_data, field_data, shape_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.fields import NetworkFields
    from cnnspec.rf.layer_field import LayerField
    from cnnspec.rf.seen_layers import SeenLayer, SeenLayers
    from cnnspec.rf.unit_field import BranchOffset, FieldPath, InputRead, MixedAxes, UnitField

SCHEMA_VERSION = 1
CONVENTIONS = {
    "receptive_field": LEFT_OUT,
    "gates": "merges that mix in a branch that has seen the whole input, or is repeated along an axis",
    "statistics": "layers that take means or sums over their map, and the axes along which these mix its positions",
    "positions": "counted from 0; negative ones, or beyond the input, lie in the padding",
    "start": "first input position of the first position's field",
    "effective": ESTIMATE,
    "coverage": "of a layer: the product of min(1, size/input); of a unit: positions read/positions of the input",
}
SEEN_CONVENTIONS = {
    "receptive_field": LEFT_OUT,
    "size": "of the receptive field in positions of the layer, unclipped; the largest where it differs by position",
    "box": "what is read, clipped to the layer; unclipped_box: the field of this position, unclipped",
    "positions": CONVENTIONS["positions"].replace("input", "layer"),
    "coverage": "positions read/positions of the layer",
}


def write_data(network: AnalysedNetwork, fields: NetworkFields) -> dict[str, Any]:
    """The documented fields. Lists have one entry an axis, boxes [first, last] pairs; unknown figures are None. `units`
    are those of the layers asked for."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "layers": [layer_data(layer) for layer in fields.layers],
        "units": [unit_data(unit) for unit in fields.units],
        "gates": list(fields.gates),
        "statistics": [statistics_data(mixed) for mixed in fields.statistics],
        "misaligned": [offset_data(offset) for offset in fields.misaligned],
        **assumption_data(network),
        "conventions": CONVENTIONS,
    }


def layer_data(layer: LayerField) -> dict[str, Any]:
    return {
        "name": layer.name,
        "type": layer.type,
        "line": layer.line,
        "output_shape": shape_data(layer.output_shape),
        **field_data(layer.field),
        "least_size": shape_data(layer.least),
        "whole": None if layer.field is None else layer.field.whole,
        "start": shape_data(layer.start),
        "centre": shape_data(layer.centre),
        "coverage": layer.coverage,
        "effective": shape_data(layer.effective),
        **assumed_flag(layer.assumed),
    }


def unit_data(unit: UnitField) -> dict[str, Any]:
    return {
        "layer": unit.layer.name,
        "at": list(unit.at),
        "box": box_data(unit.box),
        "inputs": [read_data(read) for read in unit.inputs],
        "smallest_path": [path_data(path) for path in unit.smallest],
        "largest_path": [path_data(path) for path in unit.largest],
        "gates": list(unit.gates),
        "statistics": [statistics_data(mixed) for mixed in unit.statistics],
        "with_mixing": [read_data(read) for read in unit.with_mixing],
        "misaligned": [offset_data(offset) for offset in unit.misaligned],
    }


def read_data(read: InputRead) -> dict[str, Any]:
    return {
        "name": read.name,
        "size": shape_data(read.size),
        "box": box_data(read.box),
        "read": read.read,
        "holes": read.holes,
        "coverage": read.coverage,
    }


def path_data(path: FieldPath) -> dict[str, Any]:
    return {"axis": path.axis, "size": path.size, "layers": list(path.layers)}


def offset_data(o: BranchOffset) -> dict[str, Any]:
    return {
        "layer": o.layer,
        "axis": o.axis,
        "pixels": o.pixels,
        "positions": o.positions,
        "branches": list(o.branches),
    }


def statistics_data(mixed: MixedAxes) -> dict[str, Any]:
    return {"layer": mixed.layer, "axes": list(mixed.axes)}


def write_seen_data(network: AnalysedNetwork, seen: SeenLayers) -> dict[str, Any]:
    """The documented fields of what one position sees of each layer before it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "layer": seen.layer,
        "at": list(seen.at),
        "layers": [seen_data(layer) for layer in seen.layers],
        "left_out": list(seen.left_out),
        "gates": list(seen.gates),
        "statistics": [statistics_data(mixed) for mixed in seen.statistics],
        **assumption_data(network),
        "conventions": SEEN_CONVENTIONS,
    }


def seen_data(layer: SeenLayer) -> dict[str, Any]:
    read, field = layer.read, layer.field
    return {
        "name": layer.name,
        "type": layer.type,
        "line": layer.line,
        "output_shape": shape_data(layer.output_shape),
        "size": None if field is None else shape_data(field.size),
        "whole": None if field is None else field.whole,
        "unclipped_box": box_data(layer.box),
        "box": box_data(read.box),
        "read": read.read,
        "holes": read.holes,
        "coverage": read.coverage,
        **assumed_flag(layer.assumed),
    }
