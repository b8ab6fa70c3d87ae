"""What every layout holds, asked of its coordinates alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from cnnspec.draw.layered.diagram import Box, Edge, Frame, Group, Layout, Point, Rect, Route, Size

NEAR = 1e-6


def faults(
    layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge], direction: str = "down"
) -> list[str]:
    """Every guarantee that a layout breaks, as a sentence."""
    if direction == "right":  # looked at with x and y exchanged, so that it goes down
        layout = exchanged(layout)
        boxes = [Box(box.height, box.width, box.group) for box in boxes]
        edges = [edge if edge.label is None else with_label(edge, edge.label) for edge in edges]
    asked = (sizes, overlaps, nesting, texts, routes, forks, page)
    return [fault for question in asked for fault in question(layout, boxes, groups, edges)]


def with_label(edge: Edge, label: Size) -> Edge:
    return Edge(edge.source, edge.target, Size(label.height, label.width), edge.tensor)


def exchanged(layout: Layout) -> Layout:
    def turn(rect: Rect) -> Rect:
        return Rect(rect.y, rect.x, rect.height, rect.width)

    return Layout(
        layout.height,
        layout.width,
        tuple(turn(rect) for rect in layout.boxes),
        tuple(tuple(Frame(turn(frame.rect), turn(frame.title)) for frame in parts) for parts in layout.groups),
        tuple(
            Route(tuple((y, x) for x, y in route.points), route.label and turn(route.label)) for route in layout.routes
        ),
    )


def meet(a: Rect, b: Rect) -> bool:
    return min(a.right, b.right) - max(a.x, b.x) > NEAR and min(a.bottom, b.bottom) - max(a.y, b.y) > NEAR


def within(a: Rect, b: Rect) -> bool:
    return a.x > b.x - NEAR and a.y > b.y - NEAR and a.right < b.right + NEAR and a.bottom < b.bottom + NEAR


def rect(a: Point, b: Point) -> Rect:
    return Rect(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))


def cuts(a: Point, b: Point, r: Rect) -> bool:
    """Whether a stretch goes through a rectangle's inside."""
    s = rect(a, b)
    return (
        min(s.right, r.right - NEAR) > max(s.x, r.x + NEAR) - NEAR
        and (min(s.bottom, r.bottom - NEAR) > max(s.y, r.y + NEAR) - NEAR)
        and s.x < r.right - NEAR
        and s.right > r.x + NEAR
        and s.y < r.bottom - NEAR
        and s.bottom > r.y + NEAR
    )


def around(groups: Sequence[Group], group: int | None) -> set[int]:
    """A group and all that it lies in."""
    found: set[int] = set()
    while group is not None:
        found.add(group)
        group = groups[group].parent
    return found


def sizes(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    if (len(layout.boxes), len(layout.groups), len(layout.routes)) != (len(boxes), len(groups), len(edges)):
        yield "Something is missing."
    for i, (box, r) in enumerate(zip(boxes, layout.boxes, strict=True)):
        if (box.width, box.height) != (r.width, r.height):
            yield f"Box {i} has another size."
    for i, (edge, route) in enumerate(zip(edges, layout.routes, strict=True)):
        if route.label is not None and (route.label.width, route.label.height) != (
            (edge.label.width, edge.label.height) if edge.label else None
        ):
            yield f"The label of edge {i} has another size."
    first: dict[tuple[int, int], int] = {}
    for i, edge in enumerate(edges):
        if edge.label is not None:
            first.setdefault((edge.source, edge.tensor), i)
    if {i for i, route in enumerate(layout.routes) if route.label} != set(first.values()):
        yield "Not every fork has one label."


def overlaps(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    for (i, a), (j, b) in combinations(enumerate(layout.boxes), 2):
        if meet(a, b):
            yield f"Boxes {i} and {j} overlap."


def nesting(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    frames = [(g, frame.rect) for g, parts in enumerate(layout.groups) for frame in parts]
    for i, (box, r) in enumerate(zip(boxes, layout.boxes, strict=True)):
        homes = around(groups, box.group)
        for g in homes:
            if sum(within(r, frame.rect) for frame in layout.groups[g]) != 1:
                yield f"Box {i} does not lie in one frame of group {g}."
        for g, f in frames:
            if g not in homes and meet(r, f):
                yield f"Box {i} lies over group {g}."
    for g, f in frames:
        parent = groups[g].parent
        if parent is not None and sum(within(f, frame.rect) for frame in layout.groups[parent]) != 1:
            yield f"Group {g} does not lie in group {parent}."
    for (g, f), (h, other) in combinations(frames, 2):
        nested = h in around(groups, g) and within(f, other) or g in around(groups, h) and within(other, f)
        if meet(f, other) and (g == h or not nested):
            yield f"Groups {g} and {h} overlap."


def texts(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    labels = [(f"label {i}", route.label) for i, route in enumerate(layout.routes) if route.label is not None]
    titles = [(f"title {g}", frame.title) for g, parts in enumerate(layout.groups) for frame in parts]
    found = labels + titles
    for (name, a), (other, b) in combinations(found, 2):
        if meet(a, b):
            yield f"{name} and {other} overlap."
    for name, a in found:
        for i, r in enumerate(layout.boxes):
            if meet(a, r):
                yield f"{name} lies over box {i}."
        for g, parts in enumerate(layout.groups):
            for frame in parts:
                if meet(a, frame.rect) and not within(a, frame.rect):
                    yield f"{name} lies over the border of group {g}."
                if name == f"title {g}" and frame.title is a and not within(a, frame.rect):
                    yield f"{name} lies outside."
        for i, route in enumerate(layout.routes):
            if any(cuts(p, q, a) for p, q in pairwise(route.points)):
                yield f"Edge {i} goes through {name}."


def routes(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    frames = [(g, frame.rect) for g, parts in enumerate(layout.groups) for frame in parts]
    for i, (edge, route) in enumerate(zip(edges, layout.routes, strict=True)):
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        begin, end = route.points[0], route.points[-1]
        if abs(begin[1] - source.bottom) > NEAR or not source.x <= begin[0] <= source.right:
            yield f"Edge {i} does not begin at box {edge.source}."
        if abs(end[1] - target.y) > NEAR or not target.x <= end[0] <= target.right:
            yield f"Edge {i} does not end at box {edge.target}."
        for p, q in pairwise(route.points):
            if p[0] != q[0] and p[1] != q[1] and min(abs(p[0] - q[0]), abs(p[1] - q[1])) > 0.02:
                yield f"Edge {i} runs askew."
            if q[1] < p[1] - NEAR:
                yield f"Edge {i} goes against the flow."
            for j, r in enumerate(layout.boxes):
                if cuts(p, q, r):
                    yield f"Edge {i} goes through box {j}."
            for g, f in frames:
                if cuts(p, q, f) and not any(within(r, f) for r in (source, target)):
                    yield f"Edge {i} goes through group {g}."
        if end[1] - route.points[-2][1] < 5:
            yield f"Edge {i} has no room for its arrow."


def forks(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    """Lines of one fork share a beginning, others nothing but crossings."""
    for i, j in combinations(range(len(edges)), 2):
        same = (edges[i].source, edges[i].tensor) == (edges[j].source, edges[j].tensor)
        if layout.routes[i].points == layout.routes[j].points:
            yield f"Edges {i} and {j} are one line."
        if same:
            continue
        for p, q in pairwise(layout.routes[i].points):
            for r, s in pairwise(layout.routes[j].points):
                a, b = rect(p, q), rect(r, s)
                along = (a.width < 0.1) == (b.width < 0.1)
                if along and (
                    min(a.right, b.right) - max(a.x, b.x) + min(a.bottom, b.bottom) - max(a.y, b.y) > 0.5
                    and min(a.right, b.right) > max(a.x, b.x) - 0.5
                    and min(a.bottom, b.bottom) > max(a.y, b.y) - 0.5
                ):
                    yield f"Edges {i} and {j} lie upon each other."


def crossings(layout: Layout, edges: Sequence[Edge]) -> int:
    """How many pairs of edges, those of one fork left out, go through each other."""
    lines = [[(p, q) for p, q in pairwise(route.points)] for route in layout.routes]
    return sum(
        any(cross(*a, *b) or cross(*b, *a) for a in one for b in other)
        for (one, e), (other, f) in combinations(zip(lines, edges, strict=True), 2)
        if (e.source, e.tensor) != (f.source, f.tensor)
    )


def cross(p: Point, q: Point, r: Point, s: Point) -> bool:
    """Whether a stretch that goes down crosses one that runs across."""
    return p[0] == q[0] and r[1] == s[1] and min(r[0], s[0]) < p[0] < max(r[0], s[0]) and p[1] < r[1] < q[1]


def page(layout: Layout, boxes: Sequence[Box], groups: Sequence[Group], edges: Sequence[Edge]) -> Iterator[str]:
    whole = Rect(0, 0, layout.width, layout.height)
    shown = [*layout.boxes, *[f.rect for parts in layout.groups for f in parts]]
    shown += [route.label for route in layout.routes if route.label is not None]
    shown += [rect(p, q) for route in layout.routes for p, q in pairwise(route.points)]
    if not all(within(r, whole) for r in shown):
        yield "Something lies outside the page."
