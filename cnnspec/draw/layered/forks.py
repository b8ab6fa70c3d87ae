"""Edges that carry one tensor, as one fork."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Edge, Size


class Fork:
    """The edges of one source and one tensor, by their indices. `labelled`: the first that has a label, -1 for none."""

    __slots__ = ("edges", "label", "labelled", "source")

    def __init__(self, source: int) -> None:
        self.source = source
        self.edges: list[int] = []
        self.labelled = -1
        self.label: Size | None = None


def find_forks(edges: Sequence[Edge]) -> list[Fork]:
    """The forks, in the order of their first edges."""
    forks: dict[tuple[int, int], Fork] = {}
    for index, edge in enumerate(edges):
        key = (edge.source, edge.tensor)
        fork = forks.get(key)
        if fork is None:
            fork = forks[key] = Fork(edge.source)
        fork.edges.append(index)
        if fork.label is None and edge.label is not None:
            fork.labelled, fork.label = index, edge.label
    return list(forks.values())
