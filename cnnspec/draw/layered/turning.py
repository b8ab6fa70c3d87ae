"""A flow to the right: laid out as one that goes down, of boxes that lie on their side, and turned."""

from __future__ import annotations

from cnnspec.draw.layered.diagram import Box, Edge, Frame, Layout, Rect, Route, Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def on_their_side(boxes: Sequence[Box], edges: Sequence[Edge]) -> tuple[list[Box], list[Edge]]:
    """Boxes and labels with width and height exchanged."""
    return [Box(box.height, box.width, box.group) for box in boxes], [
        edge if edge.label is None else Edge(edge.source, edge.target, turned_size(edge.label), edge.tensor)
        for edge in edges
    ]


def turned_size(size: Size) -> Size:
    return Size(size.height, size.width)


def turned(layout: Layout) -> Layout:
    """A layout that goes down, turned so that it goes to the right; what was at the right is at the top."""

    def place(rect: Rect) -> Rect:
        return Rect(rect.y, layout.width - rect.right, rect.height, rect.width)

    return Layout(
        layout.height,
        layout.width,
        tuple([place(rect) for rect in layout.boxes]),
        tuple([tuple([Frame(place(frame.rect), place(frame.title)) for frame in frames]) for frames in layout.groups]),
        tuple(
            [
                Route(
                    tuple([(y, layout.width - x) for x, y in route.points]),
                    None if route.label is None else place(route.label),
                )
                for route in layout.routes
            ]
        ),
    )
