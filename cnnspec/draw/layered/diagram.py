"""What is laid out, and what comes of it. All lengths are in one unit (pixels); y grows downwards."""

from __future__ import annotations

from cnnspec.base.record import Record

Point = tuple[float, float]


class Size(Record):
    """The size of a text."""

    width: float
    height: float


class Box(Record):
    """A box of a size, and the innermost group that it lies in, None for none."""

    width: float
    height: float
    group: int | None = None


class Group(Record):
    """A group of boxes, the room that its title needs, and the group that it lies in, which stands before it in the list."""

    title: Size = Size(0, 0)
    parent: int | None = None


class Edge(Record):
    """What leads from one box to another. Edges of one source and one `tensor` share their trunk and their label, which is
    that of the first of them that has one. The order of a box's edges is the order of its inputs."""

    source: int
    target: int
    label: Size | None = None
    tensor: int = 0


class Spacing(Record):
    """The least distances. "Along" is the direction of flow, "across" the other."""

    layers: float = 26  # along, between boxes
    boxes: float = 24  # across, between boxes or groups
    lanes: float = 14  # across, between a line and a line or a box
    tracks: float = 9  # along, between two lines that run across
    ends: float = 11  # along, the straight stretch of a line that leaves or enters a box
    ports: float = 16  # across, between the ends of lines at one box; less where the box is too small
    padding: float = 14  # between a group's border and what it holds
    titles: float = 4  # around the title of a group
    labels: float = 5  # around a label
    margin: float = 16  # around the whole


class Rect(Record):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height

    def move_right(self, by: float) -> Rect:
        """The same, further to the right."""
        return self.replace(x=self.x + by)


class Frame(Record):
    """The border of a group and the place of its title."""

    rect: Rect
    title: Rect


class Route(Record):
    """The line of an edge, and the place of its label, None where it has none or its trunk bears another's."""

    points: tuple[Point, ...]
    label: Rect | None = None


class Layout(Record):
    """The places of all. A group has one frame; several where edges leave it and enter it again, so that no one frame
    could hold it alone; none where no box lies in it."""

    width: float
    height: float
    boxes: tuple[Rect, ...]
    groups: tuple[tuple[Frame, ...], ...]
    routes: tuple[Route, ...]

    def widen(self, width: float) -> Layout:
        """The same in the middle of a width, where that is larger."""
        by = (width - self.width) / 2
        if by <= 0:
            return self
        frames = [
            tuple([Frame(frame.rect.move_right(by), frame.title.move_right(by)) for frame in group])
            for group in self.groups
        ]
        routes = [
            Route(tuple([(x + by, y) for x, y in route.points]), route.label and route.label.move_right(by))
            for route in self.routes
        ]
        boxes = tuple([box.move_right(by) for box in self.boxes])
        return Layout(width, self.height, boxes, tuple(frames), tuple(routes))
