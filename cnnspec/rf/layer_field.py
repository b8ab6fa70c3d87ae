"""The receptive field of every layer, as figures.

What mixes a whole map into every position of it is left out and named: gates (branches that have seen the whole input)
and statistics (of normalisations, of a softmax over positions).
Positions are counted from 0, from the first row and column of the input; negative ones lie in the padding.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.tables.rows import ReceptiveField, find_keras_type, measure_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.geometry import Geometry
    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.network import AnalysedNetwork

ESTIMATE = "an estimate: 4 standard deviations, uniform weights; training enlarges it"  # what `effective` is


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


def find_layer_fields(network: AnalysedNetwork, geometry: Geometry) -> tuple[LayerField, ...]:
    """The field of every layer, inputs included, in the order of the text."""
    return tuple([find_layer_field(network, geometry, node) for node in network.graph.nodes])


def find_layer_field(network: AnalysedNetwork, geometry: Geometry, node: Node) -> LayerField:
    """The field of one layer."""
    facts, i = network.facts, node.index
    field, routes = geometry.fields[i], geometry.routes(True)[i]
    least: tuple[int, ...] | None = None
    start: tuple[int | None, ...] | None = None
    centre: tuple[float | None, ...] | None = None
    if isinstance(field, tuple):
        least = tuple([axis.least for axis in field])
        spans = [axis.spans[0] if axis.placed else None for axis in field]
        start = tuple([span and span[0] for span in spans])
        centre = tuple([None if span is None else (span[0] + span[1]) / 2 for span in spans])
    return LayerField(
        node.name,
        find_keras_type(node, network),
        node.site.first_line,
        node.shape,
        measure_field(field, facts.seen[i]),
        least,
        start,
        centre,
        facts.coverage_of(i),
        tuple([route.effective for route in routes]) if routes else None,
        node.assumed,
    )
