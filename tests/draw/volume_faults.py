"""What every picture of volumes holds, read from its coordinates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from cnnspec.network import AnalysedNetwork
from cnnspec.pictures.drawing import Drawing, Group, Path, Rect, Text
from cnnspec.pictures.text_width import measure_text

Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]


def faults(network: AnalysedNetwork, drawing: Drawing) -> Iterator[str]:
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Group) and "box" in shape.classes]
    edges = [shape for shape in drawing.shapes if isinstance(shape, Group) and "edge" in shape.classes]
    yield from find_wrong_layers(network, boxes, edges)
    yield from find_overlaps(drawing, boxes, edges)
    ids = Counter(group.id for group in boxes)
    yield from [f"{name} is there twice" for name, times in ids.items() if times > 1]


# ---- what is drawn ---------------------------------------------------------------------------------------------------
def read_layers(group: Group, name: str) -> list[int]:
    return [int(word) for word in dict(group.data).get(name, "").split()]


def find_wrong_layers(network: AnalysedNetwork, boxes: list[Group], edges: list[Group]) -> Iterator[str]:
    """Every layer in one box or on one line; every edge of the network within a box, on a line's way, or one line."""
    nodes = network.graph.nodes
    box = {index: at for at, group in enumerate(boxes) for index in read_layers(group, "layers")}
    way = {index: at for at, group in enumerate(edges) for index in read_layers(group, "layers")}
    shown = Counter([index for group in [*boxes, *edges] for index in read_layers(group, "layers")])
    if shown != Counter(range(len(nodes))):
        yield f"layers: {shown}"
    drawn = Counter(
        [pair for group in edges for pair in zip(read_layers(group, "from"), read_layers(group, "to"), strict=True)]
    )
    wanted = Counter(
        [
            (index, node.index)
            for node in nodes
            for index in {*node.inputs}
            if box.get(index, -1) != box.get(node.index, -2) and node.index not in way
        ]
    )
    if drawn != wanted:
        yield f"edges: {drawn - wanted} {wanted - drawn}"


# ---- where it is drawn -----------------------------------------------------------------------------------------------
def measure(text: Text) -> Box:
    width, up, down = measure_text(text.words, text.size), 0.7 * text.size, 0.2 * text.size
    if text.turn:
        assert text.turn == -90 and text.anchor == "start"
        return text.x - up, text.y - width, text.x + down, text.y
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return left, text.y - up, left + width, text.y + down


def find_outline(group: Group) -> tuple[Point, ...]:
    """The six corners around a box: the longest closed path."""
    paths = [shape.steps for shape in group.shapes if isinstance(shape, Path) and shape.closed]
    return tuple([(x, y) for x, y in max(paths, key=len)])


def bound(points: tuple[Point, ...]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def meet(a: Box, b: Box, room: float = 0.3) -> bool:
    return a[0] < b[2] - room and b[0] < a[2] - room and a[1] < b[3] - room and b[1] < a[3] - room


def hits(corners: tuple[Point, ...], box: Box) -> bool:
    """Whether a convex shape and a rectangle have an area in common: no side of either parts them."""
    rect = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
    for shape in (corners, rect):
        for (x1, y1), (x2, y2) in pairwise((*shape, shape[0])):
            across = (y2 - y1, x1 - x2)
            first, second = ([x * across[0] + y * across[1] for x, y in one] for one in (corners, rect))
            length = (across[0] ** 2 + across[1] ** 2) ** 0.5
            if max(first) <= min(second) + 0.3 * length or max(second) <= min(first) + 0.3 * length:
                return False
    return True


def follow(group: Group) -> list[tuple[Point, Point]]:
    """The straight pieces of a line, by the ends of its steps."""
    (path, *_) = [shape for shape in group.shapes if isinstance(shape, Path)]
    return [*pairwise([(step[-2], step[-1]) for step in path.steps])]


def find_overlaps(drawing: Drawing, boxes: list[Group], edges: list[Group]) -> Iterator[str]:
    outlines = [find_outline(box) for box in boxes]
    labels = [
        (measure(shape), at, shape.words)
        for at, group in enumerate([*boxes, *edges])
        for shape in group.shapes
        if isinstance(shape, Text)
    ]
    page = (0.0, 0.0, drawing.width, drawing.height)
    for (first, one), (second, other) in combinations(enumerate(map(bound, outlines)), 2):
        if meet(one, other):
            yield f"boxes {boxes[first].id} and {boxes[second].id} overlap"
    for (one, _, words), (other, _, more) in combinations(labels, 2):
        if meet(one, other):
            yield f"{words!r} and {more!r} overlap"
    for box, _, words in labels:
        for at, outline in enumerate(outlines):
            if hits(outline, box):
                yield f"{words!r} stands on {boxes[at].id}"
        if not (page[0] <= box[0] and box[2] <= page[2] and page[1] <= box[1] and box[3] <= page[3]):
            yield f"{words!r} is not on the page"
    for at, edge in enumerate(edges, len(boxes)):
        for (x1, y1), (x2, y2) in follow(edge):
            piece = (min(x1, x2) - 0.1, min(y1, y2) - 0.1, max(x1, x2) + 0.1, max(y1, y2) + 0.1)
            if not (piece[0] >= 0 and piece[1] >= 0 and piece[2] <= page[2] and piece[3] <= page[3]):
                yield f"{edge.data} leaves the page"
            for number, outline in enumerate(outlines):
                if (
                    hits(outline, (piece[0] + 0.1, piece[1] + 0.1, piece[2] - 0.1, piece[3] - 0.1))
                    or meet((piece[0] - 0.4, piece[1] - 0.4, piece[2] + 0.4, piece[3] + 0.4), bound(outline))
                    and crosses(outline, (x1, y1), (x2, y2))
                ):
                    yield f"{edge.data} runs through {boxes[number].id}"
            for box, owner, words in labels:
                if owner != at and meet(piece, box, 0.0):
                    yield f"{edge.data} runs through {words!r}"
    legend = [
        shape
        for group in drawing.shapes
        if isinstance(group, Group) and "legend" in group.classes
        for shape in group.shapes
    ]
    for shape in legend:
        area = (
            measure(shape)
            if isinstance(shape, Text)
            else (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
            if isinstance(shape, Rect)
            else page
        )
        if any([meet(area, bound(outline)) for outline in outlines]) or any([meet(area, box) for box, _, _ in labels]):
            yield "the legend stands on the picture"


def crosses(outline: tuple[Point, ...], start: Point, end: Point) -> bool:
    """Whether a straight piece has its middle parts inside of a convex shape."""
    points = [(start[0] + (end[0] - start[0]) * i / 20, start[1] + (end[1] - start[1]) * i / 20) for i in range(21)]
    return any(
        [all([side(a, b, point) > 0.5 for a, b in pairwise((*outline, outline[0]))]) for point in points]
    ) or any([all([side(a, b, point) < -0.5 for a, b in pairwise((*outline, outline[0]))]) for point in points])


def side(a: Point, b: Point, point: Point) -> float:
    """How far a point stands from the line through two others, by the side."""
    length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 or 1.0
    return ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])) / length
