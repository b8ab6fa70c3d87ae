"""Exact sets of positions: what one output position, or all of them, read of every tensor.

On several axes branches may together read what is no box (a cross, from 1x3 and 3x1), so a `Region` is a union of boxes,
one set of positions an axis. In its one normal form the boxes share no position of the first axis, nor their remainders
any of the next, so that equal sets are equal regions.
"""

from __future__ import annotations

from cnnspec.base.limits import Work
from cnnspec.facts.liveness import Reading, full, reaches_of, sizes_known, widen
from cnnspec.facts.positions import NOWHERE, Positions
from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cnnspec.base.size import Dim
    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.layers.window import Reach

    Box = tuple[Positions, ...]  # one set an axis
    Region = tuple[Box, ...]
    Sizes = tuple[int, ...]

NOTHING: tuple[tuple[Positions, ...], ...] = ()


def everything(sizes: Sizes) -> Region:
    return (tuple([full(n) for n in sizes]),)


def position(at: Sizes) -> Region:
    """One position alone."""
    return (tuple([Positions.run(i, i + 1) for i in at]),)


def normalise(boxes: Iterable[Box], work: Work | None = None) -> Region:
    """The union of boxes, in normal form."""
    work = work or Work()
    boxes = list(dict.fromkeys([box for box in boxes if all(box)]))
    if len(boxes) < 2 or not boxes[0]:
        return tuple(boxes)
    pieces: list[tuple[Positions, list[Box]]] = []  # disjoint sets of the first axis, and what their boxes go on with
    for first, *rest in boxes:
        left, cut = first, []
        for mask, rests in pieces:
            work.take(1 + mask.weight)
            if both := mask & first:
                cut.append((both, [*rests, tuple(rest)]))
            if other := mask - first:
                cut.append((other, rests))
            left -= mask
        pieces = [*cut, (left, [tuple(rest)])] if left else cut
    merged: dict[Region, Positions] = {}
    for mask, rests in pieces:
        region = normalise(rests, work)
        merged[region] = merged.get(region, NOWHERE) | mask
    rows = sorted(merged.items(), key=lambda row: row[1].first)
    return tuple([(mask, *box) for region, mask in rows for box in region])


def count_positions(region: Region) -> int:
    """How many positions a region holds."""
    total = 0
    for box in region:
        held = 1
        for mask in box:
            held *= mask.size
        total += held
    return total


def cut_to(region: Region, box: Box) -> Region:
    """What of a region lies in a box."""
    return normalise([tuple([a & b for a, b in zip(mine, box, strict=True)]) for mine in region])


def project_region(region: Region, rank: int) -> Box:
    """For each axis the positions at which the region holds anything."""
    masks = [NOWHERE] * rank
    for box in region:
        masks = [a | b for a, b in zip(masks, box, strict=True)]
    return tuple(masks)


def hull(region: Region, rank: int) -> tuple[tuple[int, int], ...] | None:
    """The smallest box around a region, as first and last position of each axis; None around nothing."""
    if not region:
        return None
    return tuple([(mask.first, mask.last) for mask in project_region(region, rank)])


def find_text_nodes(graph: Graph) -> set[int]:
    """The nodes whose values are positions that a layer looks up: words of a text."""
    return {node.inputs[0] for node in graph.nodes if node.layer is not None and node.layer.indexes}


def find_spaces(graph: Graph, shapes: Sequence[Shape | None]) -> list[tuple[Dim, ...] | None]:
    """The spatial sizes of every node, None where it was refused. A text whose words are looked up has its length."""
    found: list[tuple[Dim, ...] | None] = []
    words = find_text_nodes(graph)
    for node in graph.nodes:
        shape = shapes[node.index]
        found.append(shape if shape is None or (node.layer is None and node.index in words) else shape[:-1])
    return found


def known_sizes(space: tuple[Dim, ...] | None) -> Sizes | None:
    """Spatial sizes, None where one is no number."""
    return space if sizes_known(space) else None


def find_reaches(
    graph: Graph, shapes: Sequence[Shape | None], untraced: tuple[Reach, ...] | None
) -> list[tuple[Reach, ...] | None]:
    """`reaches_of`, and each position of a text whose words are looked up reads its own word."""
    reaches = reaches_of(graph, shapes, untraced=untraced)
    inputs = set(graph.inputs)
    for node in graph.nodes:
        shape = shapes[node.inputs[0]] if node.inputs and node.inputs[0] in inputs else None
        if shape is not None and node.layer is not None and node.layer.indexes:
            reaches[node.index] = (EACH,) * len(shape)
    return reaches


def find_read_regions(
    graph: Graph, sizes: Sequence[Sizes | None], reaches: Sequence[tuple[Reach, ...] | None], seeds: Mapping[int, Region],
    statistics: Mapping[int, tuple[Dim, ...]], without: AbstractSet[tuple[int, int]] = frozenset(),
) -> list[Region | None]:  # fmt: skip
    """What the `seeds` read of every node; None where that is not known: behind UNTRACED reaches.

    `statistics` are those that are followed (`Facts.statistics`), `without` edges (reader, read) that are not.
    TooLong where it takes too much.
    """
    boxes: list[list[Box] | None] = [list(seeds.get(node.index, ())) for node in graph.nodes]
    found: list[Region | None] = [None] * len(boxes)
    reading = Reading()
    for node in reversed(graph.nodes):
        mine, m = boxes[node.index], sizes[node.index]
        region = found[node.index] = None if mine is None or m is None else normalise(mine, reading.work)
        if region == NOTHING:
            continue
        reach, over = reaches[node.index], statistics.get(node.index)
        if over is not None and region is not None and m is not None:
            region = normalise([widen(box, over, m) for box in region], reading.work)
        for index in node.inputs:
            theirs, n = boxes[index], sizes[index]
            if (node.index, index) in without or theirs is None:
                continue
            if region is None or m is None or n is None or reach is UNTRACED:
                boxes[index] = None
            else:
                theirs += [_reads(box, m, n, reach, len(node.inputs) > 1, reading) for box in region]
    return found


def _reads(
    box: Box, outputs: Sizes, inputs: Sizes, reach: tuple[Reach, ...] | None, merging: bool, reading: Reading
) -> Box:
    """The box of a layer's input that a box of its output reads."""
    reading.work.take(len(inputs))
    masks = []
    for axis, n in enumerate(inputs):
        if reach is None or axis >= min(len(reach), len(box)):
            masks.append(reading.full(n))
        elif merging and n == 1 != outputs[axis]:  # repeated along this axis by a merge
            masks.append(reading.full(1))
        else:
            masks.append(reading.marked(reach[axis], n, box[axis]))
    return tuple(masks)
