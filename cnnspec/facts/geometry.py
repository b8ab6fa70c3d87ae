"""Receptive fields as geometry: what one unit reads, through which paths, how its branches lie on one another.

The field leaves out what mixes a whole map into every position, branches (gates) and statistics: see `receptive_field`.
Along each axis the smallest and the largest path to a node are kept. Where no layer upsamples, a field grows by the
same from its merge on, so taking the smaller and the larger branch at every merge finds them; with upsampling, where
fields differ by phase, each merge is decided by the longest field of its branch.
"""

from __future__ import annotations

from math import sqrt

from cnnspec.base.limits import TooLong
from cnnspec.base.record import Record
from cnnspec.facts import regions
from cnnspec.facts.receptive_field import MAX_PERIOD, START, Field, Steps
from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.facts.facts import Facts
    from cnnspec.facts.regions import Region, Sizes
    from cnnspec.layers.window import Reach

HALF = 0.5  # positions of a merge's output: from there on its branches count as misaligned


class Route(Record):
    """One path from an input to a node along one axis: its field, and the route that it goes on from."""

    node: int
    field: Field
    variance: float  # of the place that a value comes from, in input positions, if every window were a mean
    before: Route | None
    grew: bool  # whether the last node reads more or elsewhere than position by position

    def nodes(self) -> tuple[int, ...]:
        """The nodes on the way that read more than position by position, in order; an input among them."""
        found: list[int] = []
        route: Route | None = self
        while route is not None:
            if route.grew:
                found.append(route.node)
            route = route.before
        return tuple(reversed(found))

    @property
    def effective(self) -> float:
        """An estimate of the effective field: four standard deviations, not more than the field itself.

        It holds for uniform weights, so about for a network before training, which enlarges it. After Luo, Li,
        Urtasun & Zemel, "Understanding the effective receptive field in deep CNNs" (2016): a Gaussian.
        """
        return min(float(self.field.size), max(1.0, 4 * sqrt(self.variance)))


class Misaligned(Record):
    """A merge whose branches have their centres apart along an axis: by so many input positions, and of its own.

    `ends`: by how many of its own their last positions are apart; none, where all look back from the same place."""

    node: int
    axis: int
    pixels: float
    positions: float
    ends: float
    branches: tuple[int, int]  # the inputs whose centres lie first and last


class Geometry:
    """The geometry of a network, each part worked out when it is first asked for."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.graph, self.shapes = facts, facts.graph, facts.shapes
        self.fields, self.gates, self.statistics = facts.fields, facts.gates, facts.statistics
        self.spaces = regions.find_spaces(self.graph, self.shapes)
        self.sizes = [regions.known_sizes(space) for space in self.spaces]
        self._reaches: list[tuple[Reach, ...] | None] | None = None
        self._routes: dict[bool, list[tuple[Route, ...] | None]] = {}
        self._misaligned: tuple[Misaligned, ...] | None = None

    @property
    def reaches(self) -> list[tuple[Reach, ...] | None]:
        """What every node reads along each axis; None for everything."""
        if self._reaches is None:
            self._reaches = regions.find_reaches(self.graph, self.shapes, UNTRACED)
        return self._reaches

    def branches(self, index: int) -> tuple[int, ...]:
        """The inputs of a node that its structural field comes from."""
        return tuple([i for i in self.graph.nodes[index].inputs if (index, i) not in self.gates])

    # ---- one unit ------------------------------------------------------------------------------------------
    def read(self, index: int, at: Sizes | None, mixing: bool = False) -> dict[int, Region | None]:
        """The positions of every network input that one position of a node reads, or all of them; see `read_layers`."""
        found = self.read_layers(index, at, mixing)
        return {i: found[i] for i in self.graph.inputs if self.sizes[i] is not None}

    def read_layers(self, index: int, at: Sizes | None, mixing: bool = False) -> list[Region | None]:
        """The positions of every node that one position of a node reads, or all of them (`at` is None); None where that
        cannot be told.

        With `mixing` through gates and statistics too. The sizes of the node must be known numbers.
        """
        statistics, without = (self.statistics, frozenset()) if mixing else ({}, self.gates)
        seeds = {index: regions.everything(self.sizes[index] or ()) if at is None else regions.position(at)}
        try:
            return regions.find_read_regions(self.graph, self.sizes, self.reaches, seeds, statistics, without)
        except TooLong:
            return [None] * len(self.sizes)

    def gates_of(self, index: int) -> tuple[int, ...]:
        """The merges before (or at) a node that have a gate."""
        before = self.before(index)
        return tuple([merge for merge in self.facts.left_out[0] if merge in before])

    def statistics_of(self, index: int) -> tuple[int, ...]:
        """The layers before (or at) a node that take statistics over their map."""
        before = self.before(index)
        return tuple([i for i in self.facts.left_out[1] if i in before])

    def before(self, index: int) -> set[int]:
        """A node and all that it depends on."""
        found, waiting = {index}, [index]
        while waiting:
            for i in self.graph.nodes[waiting.pop()].inputs:
                if i not in found:
                    found.add(i)
                    waiting.append(i)
        return found

    # ---- paths ---------------------------------------------------------------------------------------------
    def routes(self, largest: bool) -> list[tuple[Route, ...] | None]:
        """For every node the path with the smallest or the largest field along each axis; None where there is none."""
        if largest not in self._routes:
            self._routes[largest] = self._find(1 if largest else -1)
        return self._routes[largest]

    def _find(self, sign: int) -> list[tuple[Route, ...] | None]:
        found: list[tuple[Route, ...] | None] = []
        steps, spreads = Steps(), dict[int, float]()
        for node in self.graph.nodes:
            field, reaches = self.fields[node.index], self.reaches[node.index]
            routes = [r for i in self.branches(node.index) if (r := found[i]) is not None]
            if not isinstance(field, tuple):
                found.append(None)
            elif not routes:  # an input
                found.append((Route(node.index, START, 0.0, None, True),) * len(field))
            else:
                column = []
                for axis in range(len(field)):
                    before = routes[0][axis]
                    for route in routes[1:]:
                        if sign * route[axis].field.size > sign * before.field.size:
                            before = route[axis]
                    reach = reaches[axis] if reaches is not None and axis < len(reaches) else EACH
                    grown = steps.compose(reach, before.field) or before.field
                    if id(reach) not in spreads:  # the reaches are kept, so their ids stay theirs
                        spreads[id(reach)] = spread(reach)
                    variance = before.variance + spreads[id(reach)] * before.field.stride**2
                    column.append(Route(node.index, grown, variance, before, reach is not EACH))
                found.append(tuple(column))
        return found

    # ---- branches ------------------------------------------------------------------------------------------
    @property
    def misaligned(self) -> tuple[Misaligned, ...]:
        """The merges whose branches' fields have their centres half a position or more apart."""
        if self._misaligned is None:
            self._misaligned = tuple([m for node in self.graph.nodes for m in self._apart(node.index)])
        return self._misaligned

    def _apart(self, index: int) -> list[Misaligned]:
        field = self.fields[index]
        if not isinstance(field, tuple):
            return []
        branches = [(f, i) for i in self.branches(index) if isinstance(f := self.fields[i], tuple)]
        found = []
        for axis, mine in enumerate(field) if len(branches) > 1 else ():
            centres = [(c, i) for f, i in branches if (c := f[axis].centre) is not None]
            (low, first), (high, last) = min(centres, default=(0.0, 0)), max(centres, default=(0.0, 0))
            if high - low >= HALF * mine.stride > 0:
                ends = [end for f, _ in branches if (end := f[axis].end) is not None]
                apart = (max(ends) - min(ends)) / mine.stride
                found.append(Misaligned(index, axis, high - low, (high - low) / mine.stride, apart, (first, last)))
        return found


def spread(reach: Reach) -> float:
    """The variance of the position that a value is taken from, all that are read being alike, in positions read."""
    low = reach.low if reach.low is not None else 0
    phases = min(reach.over, MAX_PERIOD)
    total = 0.0
    for phase in range(phases):
        first, last = (reach.step * phase + low) // reach.over, (reach.step * phase + reach.high) // reach.over
        taps = (last - first) // reach.gap + 1
        total += max(0, taps * taps - 1) / 12 * reach.gap**2
    return total / phases
