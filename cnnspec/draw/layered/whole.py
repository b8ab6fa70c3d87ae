"""The whole layout: nested sheets, from the innermost out, then the places of all on the page."""

from __future__ import annotations

from cnnspec.draw.layered.crossings import crossed_forks
from cnnspec.draw.layered.diagram import Box, Edge, Frame, Group, Layout, Point, Rect, Route, Size, Spacing
from cnnspec.draw.layered.forks import find_forks
from cnnspec.draw.layered.frames import frame
from cnnspec.draw.layered.layers import Arrangement, put_in_layers
from cnnspec.draw.layered.loosening import loosen
from cnnspec.draw.layered.nesting import nest
from cnnspec.draw.layered.ordering import SMALL, order
from cnnspec.draw.layered.placement import place_across
from cnnspec.draw.layered.ranks import rank
from cnnspec.draw.layered.strands import choose_straight
from cnnspec.draw.layered.tracks import LEAST
from cnnspec.draw.layered.wiring import wire
from cnnspec.draw.layered.work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.forks import Fork
    from cnnspec.draw.layered.nesting import Nesting
    from cnnspec.draw.layered.sheet import End, Sheet

WORK = 4_000_000  # steps for the order of one sheet
DIRECTIONS = ("down", "right")


def lay_out_all(
    boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge], direction: str, spacing: Spacing | None
) -> Layout:
    """See `cnnspec.draw.layered.lay_out`."""
    refuse_what_is_wrong(boxes, groups, edges, direction)
    spacing = spacing or Spacing()
    sideways = direction == "right"
    if sideways:
        boxes = [Box(box.height, box.width, box.group) for box in boxes]
        edges = [edge if edge.label is None else turned_label(edge) for edge in edges]
    nesting = nest(boxes, groups, edges)
    forks = find_forks(edges)
    wire(nesting, forks, edges)
    for sheet in reversed(nesting.sheets):
        title = Size(0, 0) if sheet.group < 0 else groups[sheet.group].title
        lay_out_sheet(sheet, title, spacing, sideways)
    for sheet in nesting.sheets:
        for node in sheet.items:
            if node.inner is not None:
                node.inner.x, node.inner.y = sheet.x + node.x, sheet.y + node.y
    made = gather(nesting, forks, len(groups), len(edges), spacing)
    return turned(made) if sideways else made


def refuse_what_is_wrong(boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge], direction: str) -> None:
    if direction not in DIRECTIONS:
        raise ValueError(f'A direction is "down" or "right", not {direction!r}.')
    for index, group in enumerate(groups):
        if group.parent is not None and not 0 <= group.parent < index:
            raise ValueError(f"Group {index} lies in group {group.parent}, which does not stand before it.")
    for index, box in enumerate(boxes):
        if box.group is not None and not 0 <= box.group < len(groups):
            raise ValueError(f"Box {index} lies in group {box.group}, which is not there.")
    for index, edge in enumerate(edges):
        for end in (edge.source, edge.target):
            if not 0 <= end < len(boxes):
                raise ValueError(f"Edge {index} names box {end}, which is not there.")


def lay_out_sheet(sheet: Sheet, title: Size, spacing: Spacing, sideways: bool) -> None:
    """Lay out one sheet, whose inner sheets are laid out."""
    rank(sheet)
    arrange(sheet, spacing)
    choose_straight(sheet)
    loosen(sheet, spacing)
    place_across(sheet, spacing)
    frame(sheet, title, spacing, sideways)


def arrange(sheet: Sheet, spacing: Spacing) -> None:
    """Find the layers and their order. A fork whose lines cross others has lanes of its own for each end where fewer cross
    then: they can run on both sides of a trunk."""
    put_in_layers(sheet, spacing)
    work = Work(WORK)
    fewest = order(sheet, work)
    parted: set[int] = set()
    while fewest and sum(map(len, sheet.layers)) <= SMALL and (more := crossed_forks(sheet.layers) - parted):
        parted |= more
        best = Arrangement(sheet)
        put_in_layers(sheet, spacing, parted)
        count = order(sheet, work)
        if count >= fewest:
            best.put_back(sheet)
            break
        fewest = count


# ---- places on the page ------------------------------------------------------------------------------------------


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


# ---- directions --------------------------------------------------------------------------------------------------


def turned_label(edge: Edge) -> Edge:
    assert edge.label is not None
    return Edge(edge.source, edge.target, Size(edge.label.height, edge.label.width), edge.tensor)


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
