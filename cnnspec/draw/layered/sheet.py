"""A sheet: the picture of one group, in which every inner group is one box that is laid out already."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.layered.diagram import Point, Rect, Size

BOX, INNER, ENTRY, EXIT, LABEL, LANE = range(6)


class Node:
    """What stands in a layer of a sheet: a BOX, an INNER sheet, the ENTRY or EXIT of a wire through the border, the LABEL of
    a wire, or the LANE of a wire that passes the layer.

    `which`: the box's index. `entries`, `exits`: where along its width the wires of forks enter and leave an inner sheet.
    """

    __slots__ = (
        "downs", "entries", "exits", "height", "inner", "kind", "layer", "place", "rank", "shift", "strand",
        "ups", "which", "width", "x", "y",
    )  # fmt: skip

    def __init__(self, kind: int, which: int = -1, width: float = 0, height: float = 0) -> None:
        self.kind, self.which, self.width, self.height = kind, which, width, height
        self.inner: Sheet | None = None
        self.rank = self.layer = self.place = self.strand = -1
        self.ups: list[Arc] = []
        self.downs: list[Arc] = []
        self.entries: dict[int, float] = {}
        self.exits: dict[int, float] = {}
        self.shift = self.x = self.y = 0.0


class Wire:
    """What a fork is within one sheet: a source, a label if it has one here, and its ends. `came`: the end, in another sheet,
    by which it comes into this one; None where the source is the box that it begins at. `early`: how many boxes one behind
    another it comes from, at most."""

    __slots__ = ("came", "early", "ends", "fork", "label", "sheet", "source")

    def __init__(self, fork: int, early: int, sheet: Sheet, source: Node, came: End | None) -> None:
        self.fork, self.early, self.sheet, self.source, self.came = fork, early, sheet, source, came
        self.ends: list[End] = []
        self.label: Size | None = None


class End:
    """One end of a wire: a box, an inner sheet or an exit. `edge`: the edge that ends there, -1 where it goes on. `late`: how
    many boxes one behind another it leads to, at most. `main`: how it stands on the longest path (see `ranks`). `route`: the
    corners of the line from the source to here."""

    __slots__ = ("edge", "late", "main", "node", "route", "wire")

    def __init__(self, wire: Wire, node: Node, edge: int = -1) -> None:
        self.wire, self.node, self.edge = wire, node, edge
        self.late = self.main = 0
        self.route: Corners | None = None
        wire.ends.append(self)


class Arc:
    """A piece of a wire from one layer to the next. `leaves`, `enters`: where along the widths of its nodes. `end`: the end
    that it leads to where it is the last piece. `rigid`: it is drawn as one straight line."""

    __slots__ = ("end", "enters", "leaves", "lower", "main", "rigid", "upper", "wire")

    def __init__(self, wire: Wire, upper: Node, lower: Node, end: End | None) -> None:
        self.wire, self.upper, self.lower, self.end = wire, upper, lower, end
        self.leaves = self.enters = 0.0
        self.main = 0
        self.rigid = False


class Corners:
    """The corners of a line up to some point, the last first: lines that fork share the beginning."""

    __slots__ = ("before", "point")

    def __init__(self, point: Point, before: Corners | None) -> None:
        self.point, self.before = point, before

    def points(self) -> list[Point]:
        """All corners, the first first."""
        found, at = [], self
        while at is not None:
            found.append(at.point)
            at = at.before  # type: ignore[assignment]
        return found[::-1]


class Sheet:
    """The sheet of a group, or of a part of one (`group` -1: of the whole). `node`: the box that it is in its parent."""

    __slots__ = (
        "depth", "entries", "exits", "frame", "group", "height", "items", "labels", "layers", "node", "parent", "title",
        "width", "wires", "x", "y",
    )  # fmt: skip

    def __init__(self, group: int, parent: Sheet | None) -> None:
        self.group, self.parent = group, parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.node = Node(INNER)
        self.node.inner = self
        self.items: list[Node] = []  # its boxes and inner sheets
        self.entries: list[Node] = []
        self.exits: list[Node] = []
        self.wires: list[Wire] = []
        self.layers: list[list[Node]] = []
        self.labels: dict[int, Node] = {}  # of forks
        self.width = self.height = self.x = self.y = 0.0
        self.title: Rect | None = None
