"""Receptive fields as lengths alone: of each node's paths from the input the shortest field and the longest.

Two numbers an axis, so that a rule may ask at every node of every network. Gates and statistics are left out, as they
are in `receptive_field`. Without upsampling the lengths are exact: r = 1 + the sum of (F - 1)
times the strides before (Araujo, Norris & Sim 2019); `geometry` has places, and upsampling.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.facts.receptive_field import own_branches
from cnnspec.layers.window import EACH, UNTRACED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.graph import Graph
    from cnnspec.layers.base import Shape
    from cnnspec.layers.window import Reach


class Length(Record):
    """One axis of a node: the shortest and the longest field of its paths, input positions between two neighbours."""

    least: int
    most: int
    stride: int


START = Length(1, 1, 1)


def find_lengths(
    graph: Graph, shapes: Sequence[Shape | None], reaches: Sequence[tuple[Reach, ...] | None]
) -> list[tuple[Length, ...] | None] | None:
    """Lengths of every node, None behind what mixes the whole input; None for a network that upsamples or moves
    positions elsewhere, or whose input is no map."""
    found: list[tuple[Length, ...] | None] = []
    grown: dict[tuple[int, ...], Length] = {}  # by what is read, the step, and the length before
    for node in graph.nodes:
        if node.layer is None:
            if node.shape is None or len(node.shape) < 2:
                return None
            found.append((START,) * (len(node.shape) - 1))
            continue
        reach = reaches[node.index]
        branches = own_branches(node, [found[i] is None for i in node.inputs], shapes)
        entering = [f for i in branches if (f := found[i]) is not None]
        if reach is None or not entering or node.shape is None:
            found.append(None)
            continue
        if reach is UNTRACED or any([axis.over > 1 for axis in reach]):
            return None
        if len(entering) == 1 and all([axis is EACH for axis in reach]):
            found.append(entering[0])
            continue
        column = []
        for axis, one in enumerate(reach):
            before = entering[0][axis]
            if len(entering) > 1:
                sides = [f[axis] for f in entering]
                before = Length(min([s.least for s in sides]), max([s.most for s in sides]), before.stride)
            read = one.high - (one.low or 0)
            key = (read, one.step, before.least, before.most, before.stride)
            if key not in grown:
                growth = read * before.stride
                grown[key] = Length(before.least + growth, before.most + growth, before.stride * one.step)
            column.append(grown[key])
        found.append(tuple(column))
    return found
