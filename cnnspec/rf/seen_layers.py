"""What one unit sees of each layer before it: the lectures' table, read from the bottom up."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.geometry import Geometry
from cnnspec.facts.seen_fields import find_seen_fields
from cnnspec.layers.shape import all_known
from cnnspec.rf.unit_field import MixedAxes, choose_position, find_mixed_axes, make_read
from cnnspec.tables.rows import find_keras_type, measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.facts.receptive_field import NodeField
    from cnnspec.facts.regions import Region
    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.unit_field import InputRead, Span
    from cnnspec.tables.rows import ReceptiveField


class SeenLayer(Record):
    """One layer that a unit sees, and what it sees of it; None is unknown.

    `field` is the unit's receptive field in positions of this layer, and `box` where it lies, one span an axis, both
    unclipped; `box` is None where the field is the whole map. `read` is what the unit reads there, within the map.
    `assumed`: the layer rests on a word that was taken for the one that is misspelt.
    """

    name: str
    type: str
    line: int
    output_shape: Shape | None
    field: ReceptiveField | None
    box: tuple[Span, ...] | None
    read: InputRead
    assumed: bool = False


class SeenLayers(Record):
    """What one output position of `layer` sees of each layer before it, and of itself, in the order of the text.

    `gates` and `statistics` are those before it, which are left out here as in every receptive field; `left_out` are the
    layers that it sees through a gate alone, of which there is no row.
    """

    layer: str
    at: tuple[int, ...]
    layers: tuple[SeenLayer, ...]
    left_out: tuple[str, ...]
    gates: tuple[str, ...]
    statistics: tuple[MixedAxes, ...]


def work_out_seen_layers(
    network: AnalysedNetwork, name: str, at: tuple[int, ...] | None, shown: Sequence[str]
) -> SeenLayers:
    """What a position of a layer sees of the layers in `shown`, of all before it where none is named.

    Raises LookupError for a layer that is not there, ValueError for a position that the layer does not have, and for one
    in `shown` that it does not see.
    """
    graph, index = network.graph, network.find_layer(name)
    geometry = Geometry(network.facts)
    at = choose_position(name, graph.nodes[index].shape, geometry.sizes[index], at)
    seen = find_seen_fields(geometry, index)
    asked = [find_shown(network, geometry, index, other, seen) for other in shown]
    unread: list[Region | None] = [None] * len(graph.nodes)
    regions = unread if geometry.sizes[index] is None else geometry.read_layers(index, at)
    return SeenLayers(
        name,
        at,
        tuple([find_seen_layer(network, geometry, i, seen[i], regions[i], at) for i in sorted(set(asked or seen))]),
        tuple([graph.nodes[i].name for i in sorted(geometry.before(index) - seen.keys())]),
        tuple([graph.nodes[i].name for i in geometry.gates_of(index)]),
        find_mixed_axes(network, geometry.statistics_of(index)),
    )


def find_shown(network: AnalysedNetwork, geometry: Geometry, index: int, name: str, seen: dict[int, NodeField]) -> int:
    """The index of a layer that a node sees. LookupError for one that is not there, ValueError for one that it does not see."""
    unit, other = network.graph.nodes[index].name, network.find_layer(name)
    if other in seen:
        return other
    if other in geometry.before(index):
        raise ValueError(f"{unit} sees {name} only through a gate, which receptive fields leave out")
    turned = f"; {name} sees {unit}: --in {name}" if index in geometry.before(other) else ""
    raise ValueError(f"{unit} sees nothing of {name}, which is not before it{turned}")


def find_seen_layer(
    network: AnalysedNetwork,
    geometry: Geometry,
    index: int,
    field: NodeField,
    region: Region | None,
    at: tuple[int, ...],
) -> SeenLayer:
    """What a unit sees of one layer: its field there, and what it reads."""
    node: Node = network.graph.nodes[index]
    box, space = None, geometry.spaces[index]
    if isinstance(field, tuple):
        spans = tuple([axis.at(i) if axis.placed else None for axis, i in zip(field, at, strict=True)])
        box = spans if all_known(spans) else None
    return SeenLayer(
        node.name,
        find_keras_type(node, network),
        node.site.first_line,
        node.shape,
        measure_field(field, None if space is None else frozenset([space])),
        box,
        make_read(node.name, space, region),
        node.assumed,
    )
