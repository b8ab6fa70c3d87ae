"""Groups of a network that says of none: the stretches between two tensors that everything goes through.

In a Keras or ONNX file residual blocks and Inception modules are layers like all others. But a tensor through which everything
flows ends one stretch and begins the next, and a stretch of several layers with a merge at its end is what papers draw as a
block.
"""

from __future__ import annotations

from cnnspec.draw.outline.parts import STRETCH, Fold, Group, describe_parts, join_nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.outline.parts import Part
    from cnnspec.graph import Graph

FEWEST = 13  # parts that are looked at for stretches: fewer are seen at a glance
SHORTEST, LARGEST_SHARE = 3, 0.5  # parts of a stretch, at least; its share of all, at most


def group_stretches(graph: Graph, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts, with each stretch of several of them put into a group, where there are many; in their groups likewise."""
    inner = tuple(
        [
            part.replace(parts=group_stretches(graph, part.parts)) if isinstance(part, (Group, Fold)) else part
            for part in parts
        ]
    )
    if len(inner) < FEWEST:
        return inner
    made: list[Part] = []
    for first, behind in find_stretches(graph, inner):
        stretch = inner[first:behind]
        if SHORTEST <= len(stretch) <= LARGEST_SHARE * len(inner):
            nodes = join_nodes(stretch)
            made.append(Group(nodes, STRETCH, describe_parts(graph, stretch), "", nodes[0], stretch))
        else:
            made += stretch
    return tuple(made)


def find_stretches(graph: Graph, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Parts cut wherever everything behind reads no tensor before but that of the part at the cut: first, and behind the last."""
    place = {index: at for at, part in enumerate(parts) for index in part.nodes}
    last = [*range(len(parts))]  # the last part that reads each
    for at, part in enumerate(parts):
        for index in part.nodes:
            for source in graph.nodes[index].inputs:
                if source in place:
                    last[place[source]] = max(last[place[source]], at)
    found, start, furthest = [], 0, -1
    for at in range(len(parts)):
        if furthest <= at:  # nothing before this part is read behind it
            found.append((start, at + 1))
            start = at + 1
        furthest = max(furthest, last[at])
    return [*found, *[(start, len(parts))] * (start < len(parts))]
