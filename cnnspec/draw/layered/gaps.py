"""How far neighbours stand apart at least, and with that strands."""

from __future__ import annotations

from itertools import pairwise

from cnnspec.draw.layered.sheet import BOX, INNER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.sheet import Node, Sheet


class Gap:
    """By how much a strand stands right of another at least, and the two neighbours in a layer for which that is so."""

    __slots__ = ("by", "left", "right")

    def __init__(self, by: float, left: Node, right: Node) -> None:
        self.by, self.left, self.right = by, left, right


def apart(left: Node, right: Node, spacing: Spacing) -> float:
    """The least distance between two neighbours."""
    solid = left.kind in (BOX, INNER) and right.kind in (BOX, INNER)
    return spacing.boxes if solid else spacing.lanes


def least_gaps(sheet: Sheet, spacing: Spacing) -> dict[tuple[int, int], Gap]:
    """The gap of every two strands that are neighbours somewhere."""
    gaps: dict[tuple[int, int], Gap] = {}
    for layer in sheet.layers:
        for left, right in pairwise(layer):
            by = left.shift + left.width + apart(left, right, spacing) - right.shift
            key = (left.strand, right.strand)
            if key not in gaps or gaps[key].by < by:
                gaps[key] = Gap(by, left, right)
    return gaps


def width(layer: Sequence[Node], spacing: Spacing) -> float:
    """The least width of a layer."""
    return sum([node.width for node in layer]) + sum([apart(a, b, spacing) for a, b in pairwise(layer)])
