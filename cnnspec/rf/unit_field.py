"""The receptive field of one unit: its box on every input, what it reads there, its paths and its holes."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts import regions
from cnnspec.layers.shape import all_known
from cnnspec.rf.layer_field import LayerField
from cnnspec.tables.axis_names import name_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.size import Dim
    from cnnspec.facts.geometry import Geometry
    from cnnspec.facts.regions import Region, Sizes
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork

    Span = tuple[int, int]  # first and last position


class FieldPath(Record):
    """The path with the smallest or the largest field along one axis: its size, and its layers that read neighbours."""

    axis: str
    size: int
    layers: tuple[str, ...]


class InputRead(Record):
    """What a unit reads of one input, or of one layer: the box, clipped to it (None: nothing), and how many positions inside.

    `region` is the set itself: disjoint boxes of one bit set an axis. All but the names are None where sizes are unknown.
    """

    name: str
    size: tuple[Dim, ...] | None
    box: tuple[Span, ...] | None
    read: int | None
    region: Region | None

    @property
    def area(self) -> int | None:
        """Positions in the clipped box."""
        return None if self.read is None else count_positions(self.box)

    @property
    def holes(self) -> int | None:
        """Positions in the clipped box that the unit does not read."""
        return None if self.read is None else count_positions(self.box) - self.read

    @property
    def coverage(self) -> float | None:
        """The share of its positions that the unit reads."""
        total = 1
        for n in self.size or ():
            if not isinstance(n, int):
                return None
            total *= n
        return None if self.read is None else self.read / total


class BranchOffset(Record):
    """A merge whose branches have their centres apart: `pixels` of the input, `positions` of its own output."""

    layer: str
    axis: str
    pixels: float
    positions: float
    branches: tuple[str, str]


class MixedAxes(Record):
    """A layer that takes statistics over its map, and the axes along which they mix its positions."""

    layer: str
    axes: tuple[str, ...]


class UnitField(Record):
    """The receptive field of one output unit. `box` is unclipped, one span an axis; None where it is the whole input.

    `gates` are merges where a branch mixes the whole input into every position, `statistics` layers that mix their map:
    `box` and `inputs` leave both out, `with_mixing` does not. `written` is the layer's line in the text.
    """

    layer: LayerField
    written: str
    at: tuple[int, ...]
    box: tuple[Span, ...] | None
    inputs: tuple[InputRead, ...]
    smallest: tuple[FieldPath, ...]
    largest: tuple[FieldPath, ...]
    gates: tuple[str, ...]
    statistics: tuple[MixedAxes, ...]
    with_mixing: tuple[InputRead, ...]
    misaligned: tuple[BranchOffset, ...]


def count_positions(box: tuple[Span, ...] | None) -> int:
    """How many positions a box has; none where there is no box."""
    total = 1 if box is not None else 0
    for first, last in box or ():
        total *= last - first + 1
    return total


def find_unit(
    network: AnalysedNetwork,
    geometry: Geometry,
    layers: tuple[LayerField, ...],
    name: str,
    at: tuple[int, ...] | None,
) -> UnitField:
    """The field of one output position of a layer: where `at` is None, of the middle one (the first, where sizes are
    unknown). `layers` are the fields of all layers.

    Raises LookupError for a layer that is not there, ValueError for a position that the layer does not have.
    """
    graph, index = network.graph, network.find_layer(name)
    node, field = graph.nodes[index], geometry.fields[index]
    at = choose_position(node.name, node.shape, geometry.sizes[index], at)
    box = None
    if isinstance(field, tuple):
        spans = tuple([axis.at(i) if axis.placed else None for axis, i in zip(field, at, strict=True)])
        box = spans if all_known(spans) else None
    gates, statistics = geometry.gates_of(index), geometry.statistics_of(index)
    before = geometry.before(index)
    return UnitField(
        layers[index],
        node.site.written,
        at,
        box,
        find_reads(network, geometry, index, at, before, False),
        find_paths(network, geometry, index, False),
        find_paths(network, geometry, index, True),
        tuple([graph.nodes[i].name for i in gates]),
        find_mixed_axes(network, statistics),
        find_reads(network, geometry, index, at, before, True) if gates or statistics else (),
        tuple([offset for i, offset in find_offsets(network, geometry) if i in before]),
    )


def choose_position(name: str, shape: Shape | None, sizes: Sizes | None, at: tuple[int, ...] | None) -> tuple[int, ...]:
    """A position of a layer, the middle one if none is given. ValueError where the layer has no such position."""
    if shape is None:
        raise ValueError(f"{name} has a mistake, or one before it has: it has no positions")
    rank = len(shape) - 1 if sizes is None else len(sizes)
    if at is None:
        return (0,) * rank if sizes is None else tuple([(n - 1) // 2 for n in sizes])
    if len(at) != rank:
        has = f"{rank} {'axis' if rank == 1 else 'axes'}: {', '.join(name_axes(rank))}" if rank else "no axes"
        raise ValueError(f"{name} has {has}; the position {','.join(map(str, at))} has {len(at)}")
    outside = [i for i, n in zip(at, sizes or at, strict=True) if i < 0 or (sizes is not None and i >= n)]
    if outside:
        last = f"0 to {','.join([str(n - 1) for n in sizes])}" if sizes else "0 on"
        raise ValueError(f"{name} has no position {','.join(map(str, at))}: it has {last}")
    return at


def find_reads(
    network: AnalysedNetwork, geometry: Geometry, index: int, at: tuple[int, ...], before: set[int], mixing: bool
) -> tuple[InputRead, ...]:
    """What a unit reads of every input that its layer depends on."""
    graph = network.graph
    found = geometry.read(index, at, mixing) if geometry.sizes[index] is not None else {}
    inputs = [i for i in graph.inputs if i in before]
    return tuple([make_read(graph.nodes[i].name, geometry.spaces[i], found.get(i)) for i in inputs])


def make_read(name: str, space: tuple[Dim, ...] | None, region: Region | None) -> InputRead:
    """What a unit reads of an input, or of a layer, of these spatial sizes; None: that is not known."""
    sizes = regions.known_sizes(space)
    if region is None or sizes is None:
        return InputRead(name, space, None, None, None)
    return InputRead(name, sizes, regions.hull(region, len(sizes)), regions.count_positions(region), region)


def find_mixed_axes(network: AnalysedNetwork, nodes: Iterable[int]) -> tuple[MixedAxes, ...]:
    """The statistics of some nodes, named."""
    made = []
    for index in nodes:
        over = network.facts.statistics[index]
        axes = [axis for axis, count in zip(name_axes(len(over)), over, strict=True) if count != 1]
        made.append(MixedAxes(network.graph.nodes[index].name, tuple(axes)))
    return tuple(made)


def find_paths(network: AnalysedNetwork, geometry: Geometry, index: int, largest: bool) -> tuple[FieldPath, ...]:
    """The smallest or the largest path of every axis; none where the whole input is mixed."""
    routes, nodes = geometry.routes(largest)[index], network.graph.nodes
    names = name_axes(len(routes or ()))
    return tuple(
        [
            FieldPath(axis, route.field.size, tuple([nodes[i].name for i in route.nodes()]))
            for axis, route in zip(names, routes or (), strict=True)
        ]
    )


def find_offsets(network: AnalysedNetwork, geometry: Geometry) -> list[tuple[int, BranchOffset]]:
    """The misaligned merges of a network, with their indices."""
    nodes = network.graph.nodes
    made = []
    for m in geometry.misaligned:
        field = geometry.fields[m.node]
        axis = name_axes(len(field) if isinstance(field, tuple) else 0)[m.axis]
        branches = (nodes[m.branches[0]].name, nodes[m.branches[1]].name)
        made.append((m.node, BranchOffset(nodes[m.node].name, axis, m.pixels, m.positions, branches)))
    return made
