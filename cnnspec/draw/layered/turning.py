"""A flow to the right: laid out as one that goes down, of boxes that lie on their side, and turned."""

from __future__ import annotations

from cnnspec.draw.layered.diagram import Box, Edge, Frame, Layout, Rect, Route, Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def on_their_side(boxes: Sequence[Box], edges: Sequence[Edge]) -> tuple[list[Box], list[Edge]]:
    """Boxes and labels with width and height exchanged, the last first: what comes to lie at the right is at the top once it is
    turned, where the first belongs. Of edges that share a label the same one bears it."""
    last, labelled = len(boxes) - 1, set[tuple[int, int]]()
    lying: list[Edge] = []
    for edge in edges:
        trunk = edge.source, edge.tensor
        label = None if edge.label is None or trunk in labelled else turned_size(edge.label)
        labelled.update([trunk] if label else [])
        lying.append(Edge(last - edge.source, last - edge.target, label, edge.tensor))
    return [Box(box.height, box.width, box.group) for box in reversed(boxes)], lying[::-1]


def turned_size(size: Size) -> Size:
    return Size(size.height, size.width)


def turned(layout: Layout) -> Layout:
    """A layout of what lies on its side, turned so that it goes to the right; what was at the right is at the top."""

    def place(rect: Rect) -> Rect:
        return Rect(rect.y, layout.width - rect.right, rect.height, rect.width)

    return Layout(
        layout.height,
        layout.width,
        tuple([place(rect) for rect in reversed(layout.boxes)]),
        tuple([tuple([Frame(place(frame.rect), place(frame.title)) for frame in frames]) for frames in layout.groups]),
        tuple(
            [
                Route(
                    tuple([(y, layout.width - x) for x, y in route.points]),
                    None if route.label is None else place(route.label),
                )
                for route in reversed(layout.routes)
            ]
        ),
    )
