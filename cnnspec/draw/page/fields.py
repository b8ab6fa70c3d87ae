"""What a page must know to draw the receptive field of any position of any layer: the fields along each axis, the paths
that make them largest, and what is never read.

The page puts together what stands here and works nothing else out: `Field.at` is its one formula.
"""

from __future__ import annotations

from cnnspec.facts.geometry import Geometry
from cnnspec.facts.receptive_field import Whole
from cnnspec.lost import find_lost
from cnnspec.lost.text import write_loss, write_unknown
from cnnspec.tables.axis_names import name_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.facts.positions import Positions
    from cnnspec.facts.receptive_field import Field, NodeField
    from cnnspec.lost.lost import Loss
    from cnnspec.network import AnalysedNetwork

    Axes = dict[Field, int]

WHOLE, UNKNOWN = "whole", None
MOST_RUNS = 2000  # of the positions of a map that are read; more are not drawn
MOST_SPANS = 512  # of a field's period; one that is longer is not drawn
EXACT = 2**53  # from there on numbers of a browser are rounded


def field_data(network: AnalysedNetwork) -> dict[str, Any]:
    """`axes`: the different fields along one axis; `fields`: of every layer the number of each of its axes, "whole", or
    None; `via`: of every layer the one before it on its largest path, one for each axis; `spaces`: of every map its sizes."""
    geometry = Geometry(network.facts)
    axes: Axes = {}
    fields = [number_axes(field, axes) for field in geometry.fields]
    return {
        "axes": [axis_data(axis) for axis in axes],
        "fields": fields,
        "via": find_largest_paths(geometry),
        "spaces": [space_data(space) for space in geometry.spaces],
        "axisNames": [list(name_axes(rank)) for rank in range(4)],
        "seen": find_inputs_seen(network),
        "mixing": find_mixing(geometry),
    }


def number_axes(field: NodeField, axes: Axes) -> Any:
    """A layer's field as the numbers of its axes."""
    if field is None or isinstance(field, Whole):
        return UNKNOWN if field is None else WHOLE
    return [axes.setdefault(axis, len(axes)) for axis in field]


def axis_data(axis: Field) -> dict[str, Any] | None:
    """How a field's spans repeat; None for one that cannot be drawn: it has no place, or is too long for a page."""
    if not axis.placed or len(axis.spans) > MOST_SPANS:
        return None
    if any([abs(end) > EXACT for span in axis.spans for end in span or ()]) or axis.advance > EXACT:
        return None
    return {"advance": axis.advance, "spans": axis.spans}


def space_data(space: tuple[Any, ...] | None) -> list[int | None] | None:
    """The sizes of a map; None for one that is no number."""
    return None if space is None else [n if isinstance(n, int) else None for n in space]


def find_inputs_seen(network: AnalysedNetwork) -> list[list[int]]:
    """For every layer the inputs that it depends on."""
    seen: list[set[int]] = []
    inputs = set(network.graph.inputs)
    for node in network.graph.nodes:
        own = {node.index} & inputs
        seen.append(own.union(*[seen[i] for i in node.inputs]))
    return [sorted(one) for one in seen]


def find_mixing(geometry: Geometry) -> list[int]:
    """The layers whose fields leave gates or statistics out, which mix a whole map into every position."""
    merges, statistics = geometry.facts.left_out
    mixing: set[int] = {*merges, *statistics}
    for node in geometry.graph.nodes:
        if not mixing.isdisjoint(node.inputs):
            mixing.add(node.index)
    return sorted(mixing)


def find_largest_paths(geometry: Geometry) -> list[Any]:
    """For every layer the one before it on the path with the largest field: a number where all axes agree, else one for each."""
    found: list[Any] = []
    for routes in geometry.routes(True):
        before = [None if route.before is None else route.before.node for route in routes or ()]
        found.append(before[0] if len(set(before)) == 1 else before or None)
    return found


# ---- what is never read --------------------------------------------------------------------------------------
def lost_data(network: AnalysedNetwork) -> dict[str, Any]:
    """Of every map that is not read whole: what of it is read, as boxes of one set of positions an axis, and that in words."""
    lost = find_lost(network)
    return {
        "maps": {loss.node: loss_data(loss) for loss in lost.losses},
        "unknown": write_unknown(network, lost)
        if lost.losses or lost.unknown or lost.untraced or lost.too_long
        else [],
    }


def loss_data(loss: Loss) -> dict[str, Any]:
    boxes = [[positions_data(mask) for mask in box] for box in loss.read]
    small = sum([mask.weight for box in loss.read for mask in box]) <= MOST_RUNS
    return {"words": write_loss(loss), "read": boxes if small else None}


def positions_data(positions: Positions) -> list[Any]:
    """The pieces of a set: [first, end, period, pattern]."""
    return [list(piece) for piece in positions.pieces]
