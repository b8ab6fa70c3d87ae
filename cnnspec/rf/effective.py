"""The effective receptive field of one unit: how much each position of an input has to do with it.

After Luo, Li, Urtasun & Zemel, "Understanding the effective receptive field in deep CNNs" (2016), for uniform weights: every layer
is taken as the mean of what it reads, a merge as the mean of the channels that it merges. So the weight of an input position is the
share of all paths from the unit down to the input that end there, and the derivative of the unit by that position where every
weight of a kernel is one over their number and every other function is left away. It is Gaussian in shape for many windows in a row.
What training makes of the weights nobody knows: it usually enlarges the effective field.

As in every receptive field, gates and statistics are left out.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.limits import TooLong
from cnnspec.base.record import Record
from cnnspec.facts.geometry import Geometry
from cnnspec.layers.shape import all_known
from cnnspec.layers.window import UNTRACED, Reach
from cnnspec.rf.unit_field import choose_position, find_mixed_axes
from cnnspec.rf.weight_map import Steps, WeightMap, Windows, add_maps, hand_on, put_on, scale_map, spread_evenly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.network import AnalysedNetwork
    from cnnspec.rf.unit_field import MixedAxes, Span

WITHIN = 0.95  # of the weight along an axis, which `core` holds
TOP = Reach(0, 1, 0, 0)  # every output reads the first position


class AxisWeights(Record):
    """The weights of an input along one axis, all others added up: from position `first` on, together 1.

    `core`: the positions between which WITHIN of them lie, as much outside on each side. `deviation`: their standard deviation."""

    first: int
    weights: tuple[float, ...]
    core: Span
    deviation: float


class InputWeights(Record):
    """The weights of one input's positions, together `share`; none outside the box of `map`. `axes`: along each axis."""

    name: str
    size: tuple[int, ...]
    share: float
    map: WeightMap
    axes: tuple[AxisWeights, ...]

    @property
    def largest(self) -> float:
        """The largest weight of a position."""
        return max(map(max, self.map.rows))


class EffectiveField(Record):
    """The effective field of one unit: the weights of every input, which with those of `padding` are together 1.

    `gates` and `statistics` are those before it, which are left out."""

    layer: str
    at: tuple[int, ...]
    inputs: tuple[InputWeights, ...]
    padding: float
    gates: tuple[str, ...]
    statistics: tuple[MixedAxes, ...]


def work_out_effective_field(network: AnalysedNetwork, name: str, at: tuple[int, ...] | None) -> EffectiveField:
    """The effective field of a layer's position, of its middle one where none is given.

    Raises LookupError for a layer that is not there, ValueError for a position that it does not have, and where sizes are not known,
    what some layer reads is not followed, or it would take too long.
    """
    graph, index = network.graph, network.find_layer(name)
    geometry = Geometry(network.facts)
    at = choose_position(name, graph.nodes[index].shape, geometry.sizes[index], at)
    try:
        maps, padding = find_weights(geometry, index, at)
    except TooLong:
        raise ValueError(f"the effective field of {name} would take too many steps: ask for a smaller input") from None
    whole = padding + sum([one.total for one in maps.values()])
    if not sum([one.total for one in maps.values()]):
        raise ValueError(
            f"position {','.join(map(str, at))} of {name} reads nothing of an input: there is no effective field"
        )
    inputs = [
        make_input(graph.nodes[i], geometry.sizes[i] or (), scale_map(one, 1 / whole))
        for i, one in sorted(maps.items())
    ]
    gates = tuple([graph.nodes[i].name for i in geometry.gates_of(index)])
    statistics = find_mixed_axes(network, geometry.statistics_of(index))
    return EffectiveField(name, at, tuple(inputs), padding / whole, gates, statistics)


def find_weights(geometry: Geometry, index: int, at: tuple[int, ...]) -> tuple[dict[int, WeightMap], float]:
    """The weights that a unit gives to the positions of every input, and to padding. ValueError, TooLong."""
    weights, padding, steps = {index: put_on(at)}, 0.0, Steps()
    for node in reversed(geometry.graph.nodes[: index + 1]):
        mine = weights.get(node.index)
        if mine is None or node.layer is None:
            continue
        branches = geometry.branches(node.index)
        for i, share in zip(branches, share_channels(geometry, branches), strict=True):
            theirs, lost = hand_to(geometry, node, i, scale_map(mine, share), steps)
            padding += lost
            if theirs is not None:
                weights[i] = add_maps(weights[i], theirs) if i in weights else theirs
        if node.index not in geometry.graph.inputs:
            del weights[node.index]
    return {i: one for i, one in weights.items() if i in geometry.graph.inputs}, padding


def share_channels(geometry: Geometry, branches: tuple[int, ...]) -> list[float]:
    """The share of each branch in a merge: that of its channels."""
    channels = [shape[-1] if (shape := geometry.shapes[i]) else 1 for i in branches]
    counts = [count if isinstance(count, int) else 1 for count in channels]
    return [count / sum(counts) for count in counts]


def hand_to(
    geometry: Geometry, node: Node, index: int, mine: WeightMap, steps: Steps
) -> tuple[WeightMap | None, float]:
    """What a node's weights are for one of its inputs, and for padding. ValueError where that cannot be told."""
    reaches, sizes, inputs = (
        geometry.reaches[node.index],
        geometry.sizes[index],
        tuple([geometry.shapes[i] for i in node.inputs]),
    )
    if node.layer is None or not all_known(inputs) or reaches is UNTRACED or node.layer.stated:
        raise ValueError(f"there is no effective field: what {node.name} reads is not followed")
    if sizes is None:
        raise ValueError(
            f"there is no effective field where sizes are not known: {geometry.graph.nodes[index].name} has an unknown one"
        )
    if reaches is None or len(sizes) > min(len(reaches), len(mine.sizes)):  # everything
        steps.take(prod(sizes))
        return spread_evenly(mine.total, sizes), 0.0
    layer, outputs = node.layer, geometry.sizes[node.index] or ()
    evenly = bool(layer.own_weights(inputs))
    left_out = layer.leaves_out_padding(inputs) or layer.takes_largest
    windows = []
    for reach, n, m in zip(reaches, sizes, outputs, strict=False):
        own = TOP if n == 1 != m and len(node.inputs) > 1 else reach
        windows.append(Windows(own, n, evenly, not (left_out or own.over > 1)))
    if all([window.reach == Reach() for window in windows]):
        return mine, 0.0
    return hand_on(mine, windows, steps.take)


def make_input(node: Node, size: tuple[int, ...], own: WeightMap) -> InputWeights:
    """An input's weights, with those along each axis."""
    return InputWeights(node.name, size, own.total, own, tuple([add_up(own, axis) for axis in range(len(own.sizes))]))


def add_up(own: WeightMap, axis: int) -> AxisWeights:
    """The weights along one axis."""
    inner = prod(own.sizes[axis + 1 :])
    sums = [0.0] * own.sizes[axis]
    for i, row in enumerate(own.rows):
        if axis == 0:
            sums[i] = sum(row)
        else:
            for start in range(0, len(row), inner):
                sums[start // inner % own.sizes[axis]] += sum(row[start : start + inner])
    whole = sum(sums)
    weights = [weight / whole for weight in sums]
    mean = sum([i * weight for i, weight in enumerate(weights)])
    variance = sum([(i - mean) ** 2 * weight for i, weight in enumerate(weights)])
    first = own.first[axis]
    return AxisWeights(first, tuple(weights), find_core(weights, first), variance**0.5)


def find_core(weights: list[float], first: int) -> Span:
    """The first and the last position between which WITHIN of the weights lie: not more than half of the rest on either side."""
    rest = (1 - WITHIN) / 2 + 1e-12
    low, high, below, above = 0, len(weights) - 1, weights[0], weights[-1]
    while below <= rest and low < high:
        low += 1
        below += weights[low]
    while above <= rest and high > low:
        high -= 1
        above += weights[high]
    return first + low, first + high


# ---- the map, smaller ------------------------------------------------------------------------------------------------------
class Cells(Record):
    """The weights along the last two axes of an input, those before added up: the mean weight of a position in each cell.

    Cell (i, j) holds `step` rows and columns from row `first` on; there is one row of cells where the input has one axis."""

    first: tuple[int, int]
    step: int
    rows: tuple[list[float], ...]


def shrink_map(one: InputWeights, most_rows: int, most_columns: int) -> Cells:
    """The map in square cells, not more than so many. Their step is a power of 2, which fits the pattern that strides leave."""
    height, width = (1, 1, *one.map.sizes)[-2:]
    flat = [[0.0] * width for _ in range(height)]
    weights = [weight for row in one.map.rows for weight in row]
    for number in range(len(weights) // width):
        line = flat[number % height]
        line[:] = map(float.__add__, line, weights[number * width : (number + 1) * width])
    step = find_step(max(-(-height // most_rows), -(-width // most_columns)))
    cells = []
    for y in range(0, height, step):
        lines = [sum(column) for column in zip(*flat[y : y + step], strict=True)]
        tall = min(step, height - y)
        cells.append([sum(lines[x : x + step]) / (tall * min(step, width - x)) for x in range(0, width, step)])
    top, left = (0, 0, *one.map.first)[-2:]
    return Cells((top, left), step, tuple(cells))


def find_step(least: int) -> int:
    """The smallest power of 2 that is at least so large."""
    return 1 << (least - 1).bit_length()


def shrink_axis(axis: AxisWeights, step: int) -> list[float]:
    """The mean weight of a position in each stretch of `step` positions."""
    parts = [axis.weights[i : i + step] for i in range(0, len(axis.weights), step)]
    return [sum(part) / len(part) for part in parts]
