"""Receptive fields as figures: of every layer, and of one unit with its box, its paths and its holes.

What mixes a whole map into every position of it is left out and named: gates (branches that have seen the whole input)
and statistics (of normalisations, of a softmax over positions).
Positions are counted from 0, from the first row and column of the input; negative ones lie in the padding.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.base.source import brief, printable
from cnnspec.explain.explanation import layer_called
from cnnspec.facts import regions
from cnnspec.facts.geometry import Geometry
from cnnspec.layers.window import AXIS_NAMES
from cnnspec.tables.rows import ReceptiveField, keras_type, receptive_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.base.size import Dim
    from cnnspec.facts.regions import Region, Sizes
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork

    Span = tuple[int, int]  # first and last position


class LayerField(Record):
    """One layer's receptive field in input positions, one figure an axis; None is unknown.

    `field` has size, stride (the jump between neighbours) and padding; `start` and `centre` are those of the first
    position's field, `coverage` is the share of the input's area that a field of this size covers, `effective` an
    estimate of the effective field: four standard deviations of uniform weights along the largest path. `least` is the
    size where it is smallest: behind upsampling it may differ by position, and the size of `field` is the largest.
    `assumed`: these figures rest on a word that was taken for the one that is misspelt.
    """

    name: str
    type: str
    line: int
    output_shape: Shape | None
    field: ReceptiveField | None
    least: tuple[int, ...] | None
    start: tuple[int | None, ...] | None
    centre: tuple[float | None, ...] | None
    coverage: float | None
    effective: tuple[float, ...] | None
    assumed: bool = False


class Path(Record):
    """The path with the smallest or the largest field along one axis: its size, and its layers that read neighbours."""

    axis: str
    size: int
    layers: tuple[str, ...]


class InputRead(Record):
    """What a unit reads of one input: the box, clipped to the input (None: nothing), and how many positions inside.

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
        return None if self.read is None else area(self.box)

    @property
    def holes(self) -> int | None:
        """Positions in the clipped box that the unit does not read."""
        return None if self.read is None else area(self.box) - self.read

    @property
    def coverage(self) -> float | None:
        """The share of the input's positions that the unit reads."""
        total = 1
        for n in self.size or ():
            if not isinstance(n, int):
                return None
            total *= n
        return None if self.read is None else self.read / total


class Offset(Record):
    """A merge whose branches have their centres apart: `pixels` of the input, `positions` of its own output."""

    layer: str
    axis: str
    pixels: float
    positions: float
    branches: tuple[str, str]


class Statistics(Record):
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
    smallest: tuple[Path, ...]
    largest: tuple[Path, ...]
    gates: tuple[str, ...]
    statistics: tuple[Statistics, ...]
    with_mixing: tuple[InputRead, ...]
    misaligned: tuple[Offset, ...]


def area(box: tuple[Span, ...] | None) -> int:
    total = 1 if box is not None else 0
    for first, last in box or ():
        total *= last - first + 1
    return total


def axis_names(rank: int) -> tuple[str, ...]:
    return AXIS_NAMES.get(rank, tuple([f"axis {i}" for i in range(1, rank + 1)]))


def layer_fields(network: AnalysedNetwork, geometry: Geometry) -> tuple[LayerField, ...]:
    """The field of every layer, inputs included, in the order of the text."""
    facts, largest = network.facts, geometry.routes(True)
    made = []
    for node in network.graph.nodes:
        field, routes = geometry.fields[node.index], largest[node.index]
        figures = receptive_field(field, facts.seen[node.index])
        least: tuple[int, ...] | None = None
        start: tuple[int | None, ...] | None = None
        centre: tuple[float | None, ...] | None = None
        if isinstance(field, tuple):
            least = tuple([axis.least for axis in field])
            spans = [axis.spans[0] if axis.placed else None for axis in field]
            start = tuple([span and span[0] for span in spans])
            centre = tuple([None if span is None else (span[0] + span[1]) / 2 for span in spans])
        made.append(
            LayerField(
                node.name,
                keras_type(node, network),
                node.site.source.position(node.site.node.start)[0],
                node.shape,
                figures,
                least,
                start,
                centre,
                facts.coverage_of(node.index),
                tuple([route.effective for route in routes]) if routes else None,
                node.assumed,
            )
        )
    return tuple(made)


def unit_field(
    network: AnalysedNetwork, name: str, at: tuple[int, ...] | None = None, geometry: Geometry | None = None
) -> UnitField:
    """The field of one output position of a layer: of the middle one, unless told (the first, where sizes are unknown).

    Raises LookupError for a layer that is not there, ValueError for a position that the layer does not have.
    """
    geometry = geometry or Geometry(network.facts)
    graph, index = network.graph, layer_called(network, name)
    node, field = graph.nodes[index], geometry.fields[index]
    at = position(node.name, node.shape, geometry.sizes[index], at)
    box = None
    if isinstance(field, tuple):
        spans = [axis.at(i) if axis.placed else None for axis, i in zip(field, at, strict=True)]
        box = None if None in spans else tuple(spans)
    gates, statistics = geometry.gates_of(index), geometry.statistics_of(index)
    before = geometry.before(index)
    return UnitField(
        layer_fields(network, geometry)[index],
        brief(printable(node.site.span.text.split("\n")[0])),
        at,
        box,  # type: ignore[arg-type]
        reads(network, geometry, index, at, before, False),
        paths(network, geometry, index, False),
        paths(network, geometry, index, True),
        tuple([graph.nodes[i].name for i in gates]),
        mixing(network, statistics),
        reads(network, geometry, index, at, before, True) if gates or statistics else (),
        tuple([offset for i, offset in offsets(network, geometry) if i in before]),
    )


def position(name: str, shape: Shape | None, sizes: Sizes | None, at: tuple[int, ...] | None) -> tuple[int, ...]:
    """A position of a layer, the middle one if none is given. ValueError where the layer has no such position."""
    if shape is None:
        raise ValueError(f"{name} has a mistake, or one before it has: it has no positions")
    rank = len(shape) - 1 if sizes is None else len(sizes)
    if at is None:
        return (0,) * rank if sizes is None else tuple([(n - 1) // 2 for n in sizes])
    if len(at) != rank:
        has = f"{rank} {'axis' if rank == 1 else 'axes'}: {', '.join(axis_names(rank))}" if rank else "no axes"
        raise ValueError(f"{name} has {has}; the position {','.join(map(str, at))} has {len(at)}")
    outside = [i for i, n in zip(at, sizes or at, strict=True) if i < 0 or (sizes is not None and i >= n)]
    if outside:
        last = f"0 to {','.join([str(n - 1) for n in sizes])}" if sizes else "0 on"
        raise ValueError(f"{name} has no position {','.join(map(str, at))}: it has {last}")
    return at


def reads(
    network: AnalysedNetwork, geometry: Geometry, index: int, at: tuple[int, ...], before: set[int], mixing: bool
) -> tuple[InputRead, ...]:
    """What a unit reads of every input that its layer depends on."""
    graph = network.graph
    found = geometry.read(index, at, mixing) if geometry.sizes[index] is not None else {}
    made = []
    for i in graph.inputs:
        if i not in before:
            continue
        sizes, region, shape = geometry.sizes[i], found.get(i), graph.nodes[i].shape
        if region is None or sizes is None:
            made.append(InputRead(graph.nodes[i].name, shape and shape[:-1], None, None, None))
        else:
            box = regions.hull(region, len(sizes))
            made.append(InputRead(graph.nodes[i].name, sizes, box, regions.count(region), region))
    return tuple(made)


def mixing(network: AnalysedNetwork, nodes: Iterable[int]) -> tuple[Statistics, ...]:
    """The statistics of some nodes, named."""
    made = []
    for index in nodes:
        over = network.facts.statistics[index]
        axes = [axis for axis, count in zip(axis_names(len(over)), over, strict=True) if count != 1]
        made.append(Statistics(network.graph.nodes[index].name, tuple(axes)))
    return tuple(made)


def paths(network: AnalysedNetwork, geometry: Geometry, index: int, largest: bool) -> tuple[Path, ...]:
    """The smallest or the largest path of every axis; none where the whole input is mixed."""
    routes, nodes = geometry.routes(largest)[index], network.graph.nodes
    names = axis_names(len(routes or ()))
    return tuple(
        [
            Path(axis, route.field.size, tuple([nodes[i].name for i in route.nodes()]))
            for axis, route in zip(names, routes or (), strict=True)
        ]
    )


def offsets(network: AnalysedNetwork, geometry: Geometry) -> list[tuple[int, Offset]]:
    """The misaligned merges of a network, with their indices."""
    nodes = network.graph.nodes
    made = []
    for m in geometry.misaligned:
        field = geometry.fields[m.node]
        axis = axis_names(len(field) if isinstance(field, tuple) else 0)[m.axis]
        branches = (nodes[m.branches[0]].name, nodes[m.branches[1]].name)
        made.append((m.node, Offset(nodes[m.node].name, axis, m.pixels, m.positions, branches)))
    return made
