"""Receptive fields as JSON, a contract for scripts."""

from __future__ import annotations

from cnnspec.facts.facts import LEFT_OUT
from cnnspec.facts.geometry import Geometry
from cnnspec.rf.field import (
    InputRead,
    LayerField,
    Offset,
    Path,
    Statistics,
    UnitField,
    layer_fields,
    mixing,
    offsets,
    unit_field,
)
from cnnspec.rf.text import ESTIMATE
from cnnspec.summary.text import reach_data, value_data
from cnnspec.tables.assumed import fields, flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.network import AnalysedNetwork

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


def json(network: AnalysedNetwork, names: list[str], at: tuple[int, ...] | None = None) -> dict[str, Any]:
    """The fields as data, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning.

    Lists have one entry an axis, boxes [first, last] pairs; unknown figures are None. `units` are those of the layers
    asked for.
    """
    geometry = Geometry(network.facts)
    layers = layer_fields(network, geometry)
    gates, statistics = network.facts.left_out
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "layers": [layer_data(layer) for layer in layers],
        "units": [unit_data(unit_field(network, name, at, geometry)) for name in names],
        "gates": [network.graph.nodes[i].name for i in gates],
        "statistics": [statistics_data(found) for found in mixing(network, statistics)],
        "misaligned": [offset_data(offset) for _, offset in offsets(network, geometry)],
        **fields(network),
        "conventions": CONVENTIONS,
    }


def layer_data(layer: LayerField) -> dict[str, Any]:
    return {
        "name": layer.name,
        "type": layer.type,
        "line": layer.line,
        "output_shape": layer.output_shape and [value_data(n) for n in layer.output_shape],
        **reach_data(layer.field),
        "least_size": layer.least,
        "whole": None if layer.field is None else layer.field.whole,
        "start": layer.start,
        "centre": layer.centre,
        "coverage": layer.coverage,
        "effective": layer.effective,
        **flag(layer.assumed),
    }


def unit_data(found: UnitField) -> dict[str, Any]:
    return {
        "layer": found.layer.name,
        "at": found.at,
        "box": found.box,
        "inputs": [read_data(read) for read in found.inputs],
        "smallest_path": [path_data(path) for path in found.smallest],
        "largest_path": [path_data(path) for path in found.largest],
        "gates": found.gates,
        "statistics": [statistics_data(one) for one in found.statistics],
        "with_mixing": [read_data(read) for read in found.with_mixing],
        "misaligned": [offset_data(offset) for offset in found.misaligned],
    }


def read_data(read: InputRead) -> dict[str, Any]:
    size = read.size and [value_data(n) for n in read.size]
    made = {"name": read.name, "size": size, "box": read.box, "read": read.read}
    return {**made, "holes": read.holes, "coverage": read.coverage}


def path_data(path: Path) -> dict[str, Any]:
    return {"axis": path.axis, "size": path.size, "layers": path.layers}


def offset_data(o: Offset) -> dict[str, Any]:
    return {"layer": o.layer, "axis": o.axis, "pixels": o.pixels, "positions": o.positions, "branches": o.branches}


def statistics_data(found: Statistics) -> dict[str, Any]:
    return {"layer": found.layer, "axes": found.axes}
