"""A layered layout (after Sugiyama) of boxes in nested groups; it knows nothing of networks.

    from cnnspec.draw.layered import lay_out
    from cnnspec.draw.layered.diagram import Box, Edge, Group, Size

    layout = lay_out(
        [Box(120, 26), Box(120, 26, group=0), Box(40, 26, group=0)],
        [Group(Size(80, 12))],
        [Edge(0, 1, label=Size(60, 11)), Edge(1, 2), Edge(0, 2)],
        direction="down",
    )
    layout.boxes[1].x, layout.groups[0][0].title.x, layout.routes[2].points, layout.routes[0].label, layout.height

Boxes, groups and edges are known by their places in the lists given; the answer has its rectangles, frames and routes
in the same places. Edges whose source and `tensor` are equal carry one tensor: they share their trunk and one label.
A route is a polyline along the axes, from the border of the source to that of the target.

Why it is our own: a page needs no program beside Python and no package; groups are rectangles that hold their boxes and
nothing else, the trunk of a network is one straight line through all of them, and the 822 layers of InceptionResNetV2
take a tenth of a second. On ten networks with their blocks as groups no more lines cross than in Graphviz's dot, and the area is
no more than 1.4 times that of the best of dot, ELK and dagre (benchmarks/layout.py measures).

How: every group is a sheet, laid out as a picture of its own, the innermost first, with entries and exits at its border
where edges cross that; then it is one box of the sheet around it (nesting, wiring). In a sheet: ranks, layers (with labels
and long edges as nodes), an order of few crossings (ordering, threads), strands of nodes that one straight line goes
through (strands, loosening), their places across (pendulum), and tracks for what runs across between layers (tracks).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Box, Edge, Group, Layout


def lay_out(
    boxes: Sequence[Box],
    groups: Sequence[Group],
    edges: Sequence[Edge],
    direction: str = "down",
) -> Layout:
    """The places of all; equal input gives an equal answer.

    Raises ValueError where a direction is neither "down" nor "right", a box, group or edge names what is not there, or
    edges run in a circle.
    """
    from cnnspec.draw.layered.whole import lay_out_all

    return lay_out_all(boxes, groups, edges, direction)
