"""A layered layout (after Sugiyama) of boxes in nested groups; it knows nothing of networks.

    from cnnspec.draw.layered import lay_out
    from cnnspec.draw.layered.diagram import Box, Edge, Group, Size, Spacing

    layout = lay_out(
        [Box(120, 26), Box(120, 26, group=0), Box(40, 26, group=0)],
        [Group(Size(80, 12))],
        [Edge(0, 1, label=Size(60, 11)), Edge(1, 2), Edge(0, 2)],
        direction="down",
    )
    layout.boxes[1].x, layout.groups[0][0].title.x, layout.routes[2].points, layout.routes[0].label, layout.height

Boxes, groups and edges are known by their places in the lists given; the answer has its rectangles, frames and routes
in the same places. Edges whose source and `tensor` are equal carry one tensor: they share their trunk and one label.
A route is a polyline along the axes, from the border of the source to that of the target, its corners to be rounded
(`corners.rounded`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Box, Edge, Group, Layout, Spacing


def lay_out(
    boxes: Sequence[Box],
    groups: Sequence[Group],
    edges: Sequence[Edge],
    direction: str = "down",
    spacing: Spacing | None = None,
) -> Layout:
    """The places of all; equal input gives an equal answer.

    Raises ValueError where a direction is neither "down" nor "right", a box, group or edge names what is not there, or
    edges run in a circle.
    """
    from cnnspec.draw.layered.whole import lay_out_all

    return lay_out_all(boxes, groups, edges, direction, spacing)
