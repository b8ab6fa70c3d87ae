"""The places of all on the page, from those on the sheets."""

from __future__ import annotations

from cnnspec.draw.layered.diagram import Frame, Layout, Point, Rect, Route
from cnnspec.draw.layered.tracks import LEAST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Spacing
    from cnnspec.draw.layered.forks import Fork
    from cnnspec.draw.layered.nesting import Nesting
    from cnnspec.draw.layered.sheet import End


def gather(nesting: Nesting, forks: Sequence[Fork], groups: int, edges: int, spacing: Spacing) -> Layout:
    """The places of all on the page, from those on the sheets."""
    frames: list[list[Frame]] = [[] for _ in range(groups)]
    labels: dict[int, Rect] = {}  # of edges
    for sheet in nesting.sheets:
        if sheet.group >= 0:
            assert sheet.title is not None
            around = Rect(sheet.x, sheet.y, sheet.width, sheet.height)
            frames[sheet.group].append(Frame(around, moved(sheet.title, sheet.x, sheet.y)))
        for fork, node in sheet.labels.items():
            label = forks[fork].label
            assert label is not None
            x, y = sheet.x + node.x + spacing.labels, sheet.y + node.y + (node.height - label.height) / 2
            labels[forks[fork].labelled] = Rect(x, y, label.width, label.height)
    rects = []
    for node, home in zip(nesting.nodes, nesting.homes, strict=True):
        rects.append(Rect(home.x + node.x, home.y + node.y, node.width, node.height))
    routes = tuple([Route(line, labels.get(i)) for i, line in enumerate(trace(nesting, edges))])
    whole = nesting.sheets[0]
    return Layout(whole.width, whole.height, tuple(rects), tuple([tuple(found) for found in frames]), routes)


def moved(rect: Rect, x: float, y: float) -> Rect:
    return Rect(rect.x + x, rect.y + y, rect.width, rect.height)


def trace(nesting: Nesting, edges: int) -> list[tuple[Point, ...]]:
    """The line of every edge, through all sheets from its source to its target."""
    lines: list[tuple[Point, ...]] = [()] * edges
    for end in [end for sheet in nesting.sheets for made in sheet.wires for end in made.ends if end.edge >= 0]:
        lines[end.edge] = tuple(line_to(end))
    return lines


def line_to(end: End) -> list[Point]:
    """The corners of the line from the source of a fork to one of its ends."""
    pieces = []
    at: End | None = end
    while at is not None:
        assert at.route is not None
        sheet = at.wire.sheet
        pieces.append([(x + sheet.x, y + sheet.y) for x, y in at.route.points()])
        at = at.wire.came
    return straightened([point for piece in reversed(pieces) for point in piece])


def straightened(points: list[Point]) -> list[Point]:
    """A polyline without the points at which it does not turn."""
    kept = points[:1]
    for point in points[1:]:
        while kept and same(kept[-1], point) or len(kept) > 1 and in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def same(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) <= LEAST and abs(a[1] - b[1]) <= LEAST


def in_line(a: Point, b: Point, c: Point) -> bool:
    return any([abs(a[axis] - b[axis]) <= LEAST and abs(b[axis] - c[axis]) <= LEAST for axis in (0, 1)])
