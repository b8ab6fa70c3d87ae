"""What one position of a layer sees of each layer before it: its receptive field, counted in that layer's positions.

It is the composition of `receptive_field`, begun at one layer after another rather than at the input. Where the only
reader of a layer reads it position by position, both are seen alike, and one walk is enough for them.
"""

from __future__ import annotations

from cnnspec.facts.receptive_field import START, WHOLE, Steps, compose_branches
from cnnspec.layers.window import EACH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.facts.geometry import Geometry
    from cnnspec.facts.receptive_field import NodeField


def find_seen_fields(geometry: Geometry, end: int) -> dict[int, NodeField]:
    """The field of a node in each of those that it sees, itself among them; what gates alone let through is left out.

    Gates and statistics are left out as everywhere. None where it is not known what some layer reads.
    """
    readers: dict[int, list[int]] = {end: []}
    for index in range(end, -1, -1):
        for read in geometry.branches(index) if index in readers else ():
            readers.setdefault(read, []).append(index)
    seen = sorted(readers)
    found: dict[int, NodeField] = {}
    steps = Steps()
    for place in range(len(seen) - 1, -1, -1):
        index = seen[place]
        only = readers[index][0] if len(set(readers[index])) == 1 else None
        if only is not None and keeps_positions(geometry, only, index):
            found[index] = found[only]
        else:
            found[index] = follow_field(geometry, seen[place:], steps)
    return found


def keeps_positions(geometry: Geometry, index: int, read: int) -> bool:
    """Whether each position of a node reads the same one alone of a node that it reads."""
    reaches, spaces = geometry.reaches[index], geometry.spaces
    if not reaches or spaces[index] is None or spaces[index] != spaces[read]:
        return False
    return all([axis is EACH for axis in reaches])


def follow_field(geometry: Geometry, nodes: Sequence[int], steps: Steps) -> NodeField:
    """What the last of some nodes sees of the first, through those between them."""
    graph, first = geometry.graph, nodes[0]
    whole = geometry.spaces[first]
    fields: dict[int, NodeField] = {first: None if whole is None else (START,) * len(whole) or WHOLE}
    hidden: set[int] = set()  # of which nobody knows what they read
    for index in nodes[1:]:
        node = graph.nodes[index]
        branches = {i: fields[i] for i in geometry.branches(index) if i in fields}
        if not branches:
            continue
        if node.layer is None or node.layer.stated or not hidden.isdisjoint(branches):
            hidden.add(index)
        fields[index] = (
            None
            if index in hidden or geometry.shapes[index] is None
            else compose_branches(node, geometry.reaches[index], branches, geometry.shapes, steps, whole)
        )
    return fields[nodes[-1]]
