"""The receptive fields of a network as values: every layer's, those of single units, and what holds for all of them."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.geometry import Geometry
from cnnspec.rf.layer_field import LayerField, find_layer_fields
from cnnspec.rf.unit_field import BranchOffset, MixedAxes, UnitField, find_mixed_axes, find_offsets, find_unit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.network import AnalysedNetwork


class NetworkFields(Record):
    """The fields of a network: `layers` in the order of the text; `deepest` is the last before the whole input is mixed.

    `gates` are merges where a branch mixes the whole input into every position, `statistics` layers that mix their map:
    the fields leave out both. `misaligned` are merges whose branches have their centres apart.
    """

    layers: tuple[LayerField, ...]
    deepest: LayerField | None
    units: tuple[UnitField, ...]
    gates: tuple[str, ...]
    statistics: tuple[MixedAxes, ...]
    misaligned: tuple[BranchOffset, ...]


def work_out_fields(network: AnalysedNetwork, names: Iterable[str], at: tuple[int, ...] | None) -> NetworkFields:
    """The fields of a network; `at` is a position of the layers in `names`, the middle one where it is None."""
    geometry, facts = Geometry(network.facts), network.facts
    layers = find_layer_fields(network, geometry)
    gates, statistics = facts.left_out
    return NetworkFields(
        layers,
        None if facts.deepest is None else layers[facts.deepest],
        tuple([find_unit(network, geometry, layers, name, at) for name in names]),
        tuple([network.graph.nodes[i].name for i in gates]),
        find_mixed_axes(network, statistics),
        tuple([offset for _, offset in find_offsets(network, geometry)]),
    )
