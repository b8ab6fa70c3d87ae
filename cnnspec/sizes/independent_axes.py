"""Which input axes can be sized on their own, with what period a network repeats along them, and from where on.

A layer's shapes are floors of quotients. So there is a period P: P more positions of input are always the same number of
positions more at a layer. Probing far out, with a multiple of all strides, shows these numbers, and with them P. Once
every axis is longer than what is read of it at once, nothing new comes.
Axes are tied where a layer that refuses sizes sees them together: in a merge's equal axes, or mixed by a reshape.
"""

from __future__ import annotations

from math import gcd, lcm

from cnnspec.layers.window import UNTRACED
from cnnspec.sizes.size_sweep import AxisGroup, ResizableGraph, count_sized_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.base import Shape
    from cnnspec.sizes.size_sweep import SizeSweep

    Equal = tuple[tuple[tuple[int, int], ...], ...]  # groups of axes, (number of the input, axis) each
    Depends = list[list[set[int]]]  # for every node and axis the groups that it depends on


class IndependentAxes:
    """The axes of a network's inputs, in groups: those that are tied together are one group."""

    def __init__(self, network: ResizableGraph, equal: Equal = ()) -> None:
        self.network = network
        self.shapes: list[Shape | None] = [node.shape for node in network.graph.nodes]
        self.far = self._find_far()
        graph = network.graph
        alike = {axis: axes for axes in equal for axis in axes}
        axes = [(number, axis) for number, i in enumerate(graph.inputs) for axis in range(count_sized_axes(graph, i))]
        together = dict.fromkeys([alike.get(axis, (axis,)) for axis in axes])
        self.groups = [
            AxisGroup(tuple([(graph.inputs[number], axis, 1) for number, axis in axes])) for axes in together
        ]
        self.tied: dict[AxisGroup, Node] = {}  # why a group has several axes
        self.depends_on: Depends = []
        while self._tie_far():
            pass

    def _find_far(self) -> int:
        """A multiple of the strides along every path."""
        steps: list[int] = []
        for node in self.network.graph.nodes:
            step = lcm(*[steps[i] for i in node.inputs])
            if node.layer is not None:
                windows = node.layer.windows(self.network.graph.input_shapes(node) or ()) or ()
                step *= lcm(*[window.stride for window in windows])
            steps.append(step)
        return lcm(*steps) * 720_720  # which has all small factors, for layers that divide without a window

    def size_of(self, group: AxisGroup) -> int:
        """The size of a group in the network as it is."""
        index, axis, times = group.members[0]
        size = self.network.base[index][axis]
        assert isinstance(size, int)
        return size // times

    def probe(self, group: AxisGroup) -> SizeSweep:
        """The network as it is, and thrice further out."""
        value = self.size_of(group)
        return self.network.sweep(group, [value + times * self.far for times in range(4)])

    def _find_dependences(self) -> Depends:
        """For every axis of every node the numbers of the groups that it depends on."""
        found: list[list[set[int]]] = [[set() for _ in shape or ()] for shape in self.shapes]
        for number, group in enumerate(self.groups):
            for index, (here, *others) in enumerate(self.probe(group).columns):
                other = next((shape for shape in others if shape is not None), None)
                if here is not None and other is not None and len(here) == len(other):
                    for axis, (n, m) in enumerate(zip(here, other, strict=True)):
                        if n != m:
                            found[index][axis].add(number)
        return found

    # ---- ties --------------------------------------------------------------------------------------------------
    def _tie_far(self) -> bool:
        self.depends_on = self._find_dependences()
        return any(self.tie_axes(number, self.probe(group)) for number, group in enumerate(list(self.groups)))

    def tie_axes(self, number: int, sweep: SizeSweep) -> bool:
        """Whether a layer that refuses some sizes of a group sees other groups together with it: then they become one."""
        for index in sweep.refused:
            node = self.network.graph.nodes[index]
            together = self._seen_together(node, number) | {number}
            if len(together) > 1:
                self._join(sorted(together), node)
                self.depends_on = self._find_dependences()
                return True
        return False

    def _seen_together(self, node: Node, number: int) -> set[int]:
        depends = self.depends_on
        entering = [depends[i] for i in node.inputs]
        if node.shares is not None:
            entering += [depends[i] for i in self.network.graph.nodes[node.shares].inputs]
        assert node.layer is not None
        reach = node.layer.reach(self.network.graph.input_shapes(node) or ())
        axes: list[set[int]] = []
        if reach is None or reach is UNTRACED or len({len(e) for e in entering}) > 1:
            axes = [set().union(*[axis for e in entering for axis in e])]
        else:
            axes = [set().union(*column) for column in zip(*entering, strict=True)]
        return set().union(*[axis for axis in axes if number in axis])

    def _join(self, numbers: list[int], node: Node) -> None:
        """Make one group of several. Their proportion stays where the smallest size divides the others; else they become equal."""
        joined = [self.groups[number] for number in numbers]
        values = [self.size_of(group) for group in joined]
        least = min(values)
        proportional = all(value % least == 0 for value in values)
        members = tuple(
            [
                (index, axis, times * (value // least if proportional else 1))
                for group, value in zip(joined, values, strict=True)
                for index, axis, times in group.members
            ]
        )
        made = AxisGroup(members)
        self.groups = [made if i == numbers[0] else d for i, d in enumerate(self.groups) if i not in numbers[1:]]
        self.tied = {d: n for d, n in self.tied.items() if d in self.groups} | {made: node}

    # ---- period and horizon ------------------------------------------------------------------------------------
    def find_horizon(self, group: AxisGroup) -> tuple[int, int]:
        """The period of a group, and the size from which on the network repeats with it."""
        sweep = self.probe(group)
        period, start = 1, 1
        needs = self._find_needs()
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
                start = max(start, self.size_of(group) + self.far - (a - need) * self.far // grown + 1)
        return period, start

    def _find_needs(self) -> list[list[int]]:
        """For every axis of every node the length beyond which both its ends cannot be read at once."""
        needs = [[2] * len(shape or ()) for shape in self.shapes]
        for node in self.network.graph.nodes:
            entering = self.network.graph.input_shapes(node) or ()
            reach = node.layer.reach(entering) if node.layer is not None else None
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
