"""The input sizes of a network, axis by axis: all that are legal, those that lose nothing, those that fit exactly.

Legal: no layer and no merge refuses them. Lossless: legal, and no stride leaves data unread (as W201 has it).
Strict: legal, and every stride fits, (N + 2P - F)/S without remainder.
Sizes are tried from 1 until two whole periods lie behind the size from which on the network must repeat; that they
are alike is checked. Formulas: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning" (2016).
"""

from __future__ import annotations

from cnnspec.base.limits import TooLong
from cnnspec.base.record import Record
from cnnspec.layers.shape import all_known
from cnnspec.sizes import size_set
from cnnspec.sizes.axis_liveness import AxisLiveness
from cnnspec.sizes.independent_axes import IndependentAxes
from cnnspec.sizes.size_sweep import ResizableGraph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cnnspec.graph import Graph, Node
    from cnnspec.layers.base import Shape
    from cnnspec.sizes.independent_axes import Depends, Equal
    from cnnspec.sizes.size_set import SizeSet
    from cnnspec.sizes.size_sweep import AxisGroup, SizeSweep

KINDS = LEGAL, LOSSLESS, STRICT = "legal", "lossless", "strict"
MEANINGS = {
    LEGAL: "no layer and no merge refuses the size",
    LOSSLESS: "legal, and no stride leaves rows or columns with data unread (no W201)",
    STRICT: "legal, and every stride fits: (N + 2P - F)/S has no remainder",
}
WORK = 2**18  # times that a layer is applied, or a window laid, along an axis, where its period asks for so many
RETRIED = 600  # sizes that are tried where no period is known


class Reason(Record):
    """A layer that imposes something, by its name and line, and the layer that rounds down before it, if one does."""

    layer: str
    line: int
    rounding: str | None = None


class SizesOfKind(Record):
    """The sizes of one kind. `sizes` is None where what was tried (`members`, a bit set of 1 … `tried`) shows no period;
    nothing was tried where that took too many steps."""

    kind: str
    sizes: SizeSet | None
    members: int
    tried: int
    period_by: tuple[Reason, ...]
    least_by: tuple[Reason, ...]


class Verdicts(Record):
    """Of the sizes 1 … `tried`, for every layer at fault (a key), as bit sets: those that it refuses, those at which it
    loses data, those that do not fit it."""

    tried: int
    refused: Mapping[Hashable, int]
    losing: Mapping[Hashable, int] | None  # None: unknown
    unfit: Mapping[Hashable, int]

    def faults(self, kind: str) -> dict[Hashable, int]:
        """For every layer at fault the sizes that it keeps out of a kind."""
        found = dict(self.refused)
        for key, mask in ({} if kind == LEGAL else self.losing or {} if kind == LOSSLESS else self.unfit).items():
            found[key] = found.get(key, 0) | mask
        return found

    def members(self, kind: str) -> int:
        """The sizes of a kind."""
        bad = 0
        for mask in self.faults(kind).values():
            bad |= mask
        return (1 << self.tried + 1) - 2 & ~bad

    def known(self, kind: str) -> bool:
        return kind != LOSSLESS or self.losing is not None

    def sets(self) -> list[int]:
        """The sizes of every kind that is known."""
        return [self.members(kind) for kind in KINDS if self.known(kind)]

    def repeat(self, period: int) -> bool:
        """Whether the last two periods are alike."""
        return all(size_set.find_size_set(members, self.tried, period) is not None for members in self.sets())


def name_reason(node: Node, rounding: Node | None = None) -> Reason:
    """A layer as a reason."""
    line = node.site.first_line
    return Reason(node.name, line, rounding.name if rounding else None)


def judge_sweep(independent: IndependentAxes, number: int, sweep: SizeSweep, tried: int) -> Verdicts:
    """What a sweep over the sizes 1 … `tried` shows of one group of axes."""
    network, graph, depends = independent.network, independent.network.graph, independent.depends_on
    refused: dict[Hashable, int] = {}
    refusing: set[int] = set()
    for index, refusals in sweep.refused.items():
        refused[index] = size_set.make_bit_set([place + 1 for place in refusals])
        refusing.update(refusals)
    unfit: dict[Hashable, int] = {}
    left: dict[int, dict[int, list[tuple[Node, int]]]] = {}  # axis → place of the size → nodes that leave so many over
    known: dict[tuple[int, int, tuple[bool, ...]], tuple[int, list[tuple[int, int, int]]]] = {}
    for node in graph.nodes:
        if node.layer is None or len(node.inputs) != 1:
            continue
        key = network.kind[node.index], id(sweep.columns[node.inputs[0]]), find_counted(depends, node.inputs[0], number)
        if key not in known:
            known[key] = find_misfits(network, node, sweep, key[2])
        misfit, over = known[key]
        if misfit:
            unfit[node.index] = misfit
        for axis, place, count in over:
            if place not in refusing:
                left.setdefault(axis, {}).setdefault(place, []).append((node, count))
    return Verdicts(tried, refused, _find_losing(network, sweep, left), unfit)


def _find_losing(
    network: ResizableGraph, sweep: SizeSweep, left: dict[int, dict[int, list[tuple[Node, int]]]]
) -> dict[Hashable, int] | None:
    """For every node the sizes at which it loses data; None where that takes too many steps."""
    found: dict[Hashable, list[int]] = {}
    try:
        for axis, places in left.items():
            liveness = AxisLiveness(network, sweep, axis)
            for place, nodes in places.items():
                for node in liveness.find_losing(place, nodes):
                    found.setdefault(node.index, []).append(place + 1)
    except TooLong:
        return None
    return {index: size_set.make_bit_set(sizes) for index, sizes in found.items()}


def find_misfits(
    network: ResizableGraph, node: Node, sweep: SizeSweep, counted: tuple[bool, ...]
) -> tuple[int, list[tuple[int, int, int]]]:
    """The sizes at which a node's windows along the counted axes have a remainder, and (axis, place of the size, positions)
    where positions are left over."""
    misfit, over = [], []
    for place, shape in enumerate(sweep.columns[node.inputs[0]]):
        if shape is not None and sweep.columns[node.index][place] is not None:
            for axis, (remainder, count) in enumerate(network.find_remainders(node, shape)):
                if counted[axis] and remainder:
                    misfit.append(place + 1)
                    if count:
                        over.append((axis, place, count))
    return size_set.make_bit_set(misfit), over


def find_counted(depends: Depends, index: int, number: int) -> tuple[bool, ...]:
    """For every axis of a node whether it counts for a group: it depends on the group, or on none."""
    return tuple([number in axis or not axis for axis in depends[index]])


def conclude_sizes(
    verdicts: Verdicts, period: int, graph: Graph | None, reasons: Mapping[Hashable, Reason]
) -> list[SizesOfKind]:
    """The sizes of each kind that follow from verdicts, and who imposes them."""
    found = []
    for kind in KINDS:
        if not verdicts.known(kind):
            found.append(SizesOfKind(kind, None, 0, 0, (), ()))
            continue
        own, members = verdicts.faults(kind), verdicts.members(kind)
        sizes = size_set.find_size_set(members, verdicts.tried, period)
        period_by: list[Reason] = []
        least_by: list[Reason] = []
        if sizes is not None:
            late = verdicts.tried - period + 1
            for key, mask in find_smallest_cover({k: m >> late for k, m in own.items()}).items():
                rounding = None
                if graph is not None and mask & verdicts.refused.get(key, 0) >> late:
                    rounding = find_rounding(graph, key, verdicts, late + (mask & -mask).bit_length() - 1)
                period_by.append(reasons[key].replace(rounding=rounding) if rounding else reasons[key])
            if sizes.residues and (before := sizes.start - 1) and before % sizes.period in sizes.residues:
                least_by = [reasons[key] for key, mask in own.items() if mask >> before & 1][:1]
        found.append(SizesOfKind(kind, sizes, members, verdicts.tried, tuple(period_by), tuple(least_by)))
    return found


def find_smallest_cover(masks: dict[Hashable, int]) -> dict[Hashable, int]:
    """A few of several sets: their union is that of all, and none of them can be spared. Of equal sets the first is kept."""
    first: dict[int, Hashable] = {}
    for key, mask in masks.items():
        if mask:
            first.setdefault(mask, key)
    kept = {key: mask for mask, key in first.items()}
    for key in sorted(kept, key=lambda k: kept[k].bit_count()):
        others = 0
        for other, mask in kept.items():
            others |= mask if other != key else 0
        if kept[key] & ~others == 0:
            del kept[key]
    return kept


def find_rounding(graph: Graph, key: Hashable, verdicts: Verdicts, n: int) -> str | None:
    """The last layer before a refusing merge whose stride has a remainder at size n."""
    node = graph.nodes[key] if isinstance(key, int) else None
    if node is None or len(node.inputs) < 2:
        return None
    above, queue = {node.index}, list(node.inputs)
    while queue:
        index = queue.pop()
        if index not in above:
            above.add(index)
            queue += graph.nodes[index].inputs
    return next((graph.nodes[i].name for i in sorted(above, reverse=True) if verdicts.unfit.get(i, 0) >> n & 1), None)


class AxisSizes(Record):
    """The sizes along a group of axes. `tied_by` is why it has several; `guessed`: the period was found by trying."""

    group: AxisGroup
    kinds: tuple[SizesOfKind, ...]
    tied_by: Reason | None
    guessed: bool


class GraphSizes(Record):
    """All axes of a graph; `weighted`: the first layer whose weights are made for the size that the input has;
    `fixed`: the first layer that takes no more than some sizes; `growing`: shapes whose channels depend on sizes."""

    axes: tuple[AxisSizes, ...]
    weighted: Reason | None
    fixed: int | None
    growing: frozenset[Shape]


def find_axis_sizes(graph: Graph, equal: Equal = ()) -> GraphSizes:
    """The sizes of a legal graph with known sizes, whose text asks for none. `equal` are groups of axes (number of the
    input, axis) that the text says are of one size."""
    independent = IndependentAxes(ResizableGraph(graph), equal)
    while (axes := _sweep_all(independent)) is None:  # axes were found to be tied
        pass
    fixed = None
    for group, axis in zip(independent.groups, axes, strict=True):
        legal = axis.kinds[0].sizes
        if legal is not None and not legal.residues:
            fixed = min(independent.probe(group).refused, default=fixed)
    depending = zip(independent.shapes, independent.depends_on, strict=True)
    growing = frozenset([shape for shape, axis in depending if shape and axis[-1]])
    return GraphSizes(tuple(axes), _find_weighted(independent), fixed, growing)


def _sweep_all(independent: IndependentAxes) -> list[AxisSizes] | None:
    """The sizes along every group of axes; None where a sweep showed that two groups are tied: they are one now."""
    network, axes = independent.network, []
    reasons: dict[Hashable, Reason] = {node.index: name_reason(node) for node in network.graph.nodes}
    for number, group in enumerate(independent.groups):
        period, start = independent.find_horizon(group)
        if independent.probe(
            group
        ).refused:  # far out lengths part, which meet about the network's own size and nowhere else
            start = max(start, independent.size_of(group) + 2 * period)
        wanted = max(start + 2 * period, 32)
        most = max(RETRIED, WORK // independent.probe(group).applied)
        for tried in (wanted, RETRIED) if wanted <= most else (RETRIED,):
            sweep = network.sweep(group, range(1, tried + 1))
            if independent.tie_axes(number, sweep):
                return None
            verdicts = judge_sweep(independent, number, sweep, tried)
            if tried == wanted and verdicts.repeat(period):
                break
        else:  # a reshape of the whole map, say, has periods of its own
            period = size_set.find_likely_period(verdicts.sets(), tried) if wanted <= most else tried
        found = conclude_sizes(verdicts, period, network.graph, reasons)
        tied = independent.tied.get(group)
        axes.append(AxisSizes(group, tuple(found), name_reason(tied) if tied else None, tried == RETRIED))
    return axes


def _find_weighted(independent: IndependentAxes) -> Reason | None:
    """The first layer whose weights are made for one input size."""
    network = independent.network
    for group in independent.groups:
        sweep = independent.probe(group)
        for node in network.graph.nodes:
            shapes = [tuple([sweep.columns[i][place] for i in node.inputs]) for place in (0, 1)]
            if node.layer is not None and all_known(shapes[0]) and all_known(shapes[1]):
                if network.weight_shapes(node, shapes[0]) != network.weight_shapes(node, shapes[1]):
                    return name_reason(node)
    return None
