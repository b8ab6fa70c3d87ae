"""Which input axes can be sized on their own, with what period a network repeats along them, and from where on.

A layer's shapes are floors of quotients, so for some period P, n + P positions of input are, at every layer, so many
positions more than n, always the same number. Probing far out with a multiple of all strides shows these numbers,
and with them P; where every axis is longer than what is read of it at once, nothing new comes.
Axes are tied where a layer that refuses sizes sees them together: in a merge's equal axes, or mixed by a reshape.
"""

from __future__ import annotations

from math import gcd, lcm

from cnnspec.layers.window import UNTRACED
from cnnspec.sizes.size_sweep import Dial, Resizing, sized_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.sizes.size_sweep import Sweep

    Equal = tuple[tuple[tuple[int, int], ...], ...]  # groups of axes, (number of the input, axis) each
    Depends = list[list[set[int]]]  # for every node and axis the dials that it depends on


class Dials:
    """The dials of a network, as far as they are tied together."""

    def __init__(self, network: Resizing, equal: Equal = ()) -> None:
        self.network = network
        self.shapes: list[Shape | None] = [node.shape for node in network.graph.nodes]
        self.far = self._far()
        graph = network.graph
        groups = {axis: group for group in equal for axis in group}
        axes = [(number, axis) for number, i in enumerate(graph.inputs) for axis in range(sized_axes(graph, i))]
        together = dict.fromkeys([groups.get(axis, (axis,)) for axis in axes])
        self.dials = [Dial(tuple([(graph.inputs[number], axis, 1) for number, axis in group])) for group in together]
        self.tied: dict[Dial, Node] = {}  # why a dial has several members
        self.depends_on: Depends = []
        while self._tie_far():
            pass

    def _far(self) -> int:
        """A multiple of the strides along every path."""
        steps: list[int] = []
        for node in self.network.graph.nodes:
            step = lcm(*[steps[i] for i in node.inputs])
            if node.layer is not None:
                windows = node.layer.windows(tuple([self.shapes[i] for i in node.inputs])) or ()  # type: ignore[misc]
                step *= lcm(*[window.stride for window in windows])
            steps.append(step)
        return lcm(*steps) * 720_720  # which has all small factors, for layers that divide without a window

    def value(self, dial: Dial) -> int:
        """Where a dial stands in the network as it is."""
        index, axis, times = dial.members[0]
        size = self.network.base[index][axis]
        assert isinstance(size, int)
        return size // times

    def probe(self, dial: Dial) -> Sweep:
        """The network as it is, and thrice further out."""
        value = self.value(dial)
        return self.network.sweep(dial, [value + times * self.far for times in range(4)])

    def _depends(self) -> Depends:
        """For every axis of every node the numbers of the dials that it depends on."""
        found: list[list[set[int]]] = [[set() for _ in shape or ()] for shape in self.shapes]
        for number, dial in enumerate(self.dials):
            for index, (here, *others) in enumerate(self.probe(dial).columns):
                other = next((shape for shape in others if shape is not None), None)
                if here is not None and other is not None and len(here) == len(other):
                    for axis, (n, m) in enumerate(zip(here, other, strict=True)):
                        if n != m:
                            found[index][axis].add(number)
        return found

    # ---- ties --------------------------------------------------------------------------------------------------
    def _tie_far(self) -> bool:
        self.depends_on = self._depends()
        return any(self.tie(number, self.probe(dial)) for number, dial in enumerate(list(self.dials)))

    def tie(self, number: int, sweep: Sweep) -> bool:
        """Whether a layer that refuses some of a dial's sizes sees others together with it: they are one from now on."""
        for index in sweep.refused:
            node = self.network.graph.nodes[index]
            together = self._seen_together(node, number) | {number}
            if len(together) > 1:
                self._join(sorted(together), node)
                self.depends_on = self._depends()
                return True
        return False

    def _seen_together(self, node: Node, number: int) -> set[int]:
        depends = self.depends_on
        entering = [depends[i] for i in node.inputs]
        if node.shares is not None:
            entering += [depends[i] for i in self.network.graph.nodes[node.shares].inputs]
        assert node.layer is not None
        reach = node.layer.reach(tuple([self.shapes[i] for i in node.inputs]))  # type: ignore[misc]
        axes: list[set[int]] = []
        if reach is None or reach is UNTRACED or len({len(e) for e in entering}) > 1:
            axes = [set().union(*[axis for e in entering for axis in e])]
        else:
            axes = [set().union(*column) for column in zip(*entering, strict=True)]
        return set().union(*[axis for axis in axes if number in axis])

    def _join(self, numbers: list[int], node: Node) -> None:
        """Make one dial of several; their proportion stays where one divides the other, else they become equal."""
        joined = [self.dials[number] for number in numbers]
        values = [self.value(dial) for dial in joined]
        least = min(values)
        proportional = all(value % least == 0 for value in values)
        members = tuple(
            [
                (index, axis, times * (value // least if proportional else 1))
                for dial, value in zip(joined, values, strict=True)
                for index, axis, times in dial.members
            ]
        )
        made = Dial(members)
        self.dials = [made if i == numbers[0] else d for i, d in enumerate(self.dials) if i not in numbers[1:]]
        self.tied = {d: n for d, n in self.tied.items() if d in self.dials} | {made: node}

    # ---- period and horizon ------------------------------------------------------------------------------------
    def horizon(self, dial: Dial) -> tuple[int, int]:
        """(the period of a dial, the size from which on the network repeats with it)."""
        sweep = self.probe(dial)
        period, start = 1, 1
        needs = self._needs()
        for index, (_, *far) in enumerate(sweep.columns):
            if None in far or is_vector(far[0]):
                continue
            first, second, third = far
            assert first is not None and second is not None and third is not None
            for axis, (a, b, c) in enumerate(zip(first[:-1], second, third, strict=False)):
                grown = b - a
                if not isinstance(a, int) or not isinstance(grown, int) or grown < 1 or c - b != grown:
                    continue
                period = lcm(period, self.far // gcd(self.far, grown))
                need = needs[index][axis] if axis < len(needs[index]) else 1
                start = max(start, self.value(dial) + self.far - (a - need) * self.far // grown + 1)
        return period, start

    def _needs(self) -> list[list[int]]:
        """For every axis of every node the length beyond which both its ends cannot be read at once."""
        needs = [[2] * len(shape or ()) for shape in self.shapes]
        for node in self.network.graph.nodes:
            entering = tuple([self.shapes[i] for i in node.inputs])
            reach = node.layer.reach(entering) if node.layer is not None else None  # type: ignore[arg-type]
            made = self.depends_on[node.index]
            for axis, r in enumerate(reach or ()):
                if axis >= len(made) or not made[axis]:  # of a fixed length: what it reads depends on the input's
                    continue
                need = (abs(r.low or 0) + abs(r.high)) // r.over + r.step + 2
                for index in node.inputs:
                    if axis < len(needs[index]):
                        needs[index][axis] = max(needs[index][axis], need)
        return needs


def is_vector(shape: Shape | None) -> bool:
    """Whether a shape has no axis but channels."""
    return shape is None or len(shape) < 2
