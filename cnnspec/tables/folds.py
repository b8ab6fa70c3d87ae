"""Which rows of a table of layers fold away: those of a block's call, of a turn of a loop, of a repeat."""

from __future__ import annotations

from cnnspec.base.count_nouns import count_nouns
from cnnspec.tables.html import FoldedRows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.graph import Graph, PathStep

FEWEST_OUTSIDE, FEWEST_INSIDE = 2, 4  # layers that fold away, at the top and within others
MOST_SEEN = 30  # layers of a network that are seen without unfolding


def fold_layers(graph: Graph, describe: Callable[[range], str] = lambda layers: "") -> tuple[FoldedRows, ...]:
    """The layers that one step of a path led to, by their places; `describe` says more of such a group in its summary."""
    paths = [node.site.steps for node in graph.nodes]

    def fold(first: int, behind: int, depth: int) -> tuple[FoldedRows, ...]:
        made: list[FoldedRows] = []
        for start, end in group_alike(paths, first, behind, depth):
            if end - start < (FEWEST_INSIDE if depth else FEWEST_OUTSIDE):
                continue
            deepest = find_deepest(paths[start:end], depth)
            led = " → ".join(map(str, paths[start][depth:deepest]))
            parts = [f"{led}: {count_nouns(end - start, 'layer')}", describe(range(start, end))]
            made.append(FoldedRows(start, end, ", ".join(filter(None, parts)), fold(start, end, deepest)))
        return tuple(made)

    return fold(0, len(paths), 0)


def group_alike(paths: Sequence[Sequence[PathStep]], first: int, behind: int, depth: int) -> list[tuple[int, int]]:
    """The stretches of layers behind one another to which the same step led at some depth."""
    found: list[tuple[int, int]] = []
    start = first
    for i in range(first, behind):
        step = paths[i][depth] if len(paths[i]) > depth else None
        after = paths[i + 1][depth] if i + 1 < behind and len(paths[i + 1]) > depth else None
        if step is None or after is not step:
            if step is not None:
                found.append((start, i + 1))
            start = i + 1
    return found


def find_deepest(paths: Sequence[Sequence[PathStep]], depth: int) -> int:
    """How many steps, one more than `depth` at least, led to all of the layers alike."""
    deepest, most = depth + 1, min(map(len, paths))
    while deepest < most and all([path[deepest] is paths[0][deepest] for path in paths]):
        deepest += 1
    return deepest
