"""A picture before it is written: shapes with coordinates in pixels of 1/96 inch, x to the right, y downwards."""

from __future__ import annotations

from math import hypot

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

START, MIDDLE, END = "start", "middle", "end"  # where words stand at their point
HEAD, HALF = 7.0, 3.2  # the length and half the width of an arrow's head
CORNER = (
    0.45  # of a rounded corner's radius: how far from the corner a cubic curve near a circle has its control points
)


class Look(Record):
    """How an outline and what it encloses look. Colors are names of the palette, "" for none; lengths in pixels."""

    fill: str = ""
    stroke: str = "ink"
    width: float = 1.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0  # of the fill


class Rect(Record):
    """A rectangle; `radius`: of its corners."""

    x: float
    y: float
    width: float
    height: float
    look: Look = Look()
    radius: float = 0.0


class Path(Record):
    """A line of pieces. The first step is its start; one of two numbers draws a straight line to there, one of six a cubic Bézier
    curve: two control points, and its end."""

    steps: tuple[tuple[float, ...], ...]
    look: Look = Look()
    closed: bool = False


class Text(Record):
    """Words on one line. `y` is their base line, `size` that of the letters; `turn`: degrees clockwise around their point."""

    x: float
    y: float
    words: str
    size: float = 12.0
    color: str = "ink"
    anchor: str = START
    bold: bool = False
    turn: float = 0.0


class Group(Record):
    """Shapes that belong together, for whoever points at them: a tooltip, an id, classes and data of pages that show them."""

    shapes: tuple[Shape, ...]
    title: str = ""
    id: str = ""
    classes: tuple[str, ...] = ()
    data: tuple[tuple[str, str], ...] = ()  # layers → "3 4": the attribute data-layers


Shape = Rect | Path | Text | Group


class Drawing(Record):
    """A whole picture: what it shows in a sentence, and its shapes, those behind first."""

    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


# ---- shapes made of others -------------------------------------------------------------------------------------------
def draw_line(points: Sequence[tuple[float, float]], look: Look, radius: float = 0.0) -> Path:
    """A line along points; `radius`: of its corners, less where two are near."""
    if radius <= 0 or len(points) < 3:
        return Path(tuple(points), look)
    steps: list[tuple[float, ...]] = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(radius, measure(before, corner) / 2, measure(corner, after) / 2)
        enter, leave = move_towards(corner, before, room), move_towards(corner, after, room)
        bend = CORNER * room
        steps += [enter, (*move_towards(corner, before, bend), *move_towards(corner, after, bend), *leave)]
    return Path((*steps, points[-1]), look)


def draw_arrow(points: Sequence[tuple[float, float]], look: Look, radius: float = 0.0) -> tuple[Path, Path]:
    """Such a line with an arrow's head at its end."""
    (x, y), before = points[-1], points[-2]
    length = measure(before, (x, y)) or 1.0
    dx, dy = (x - before[0]) / length, (y - before[1]) / length
    foot = (x - dx * HEAD, y - dy * HEAD)
    wings = [(foot[0] - side * dy * HALF, foot[1] + side * dx * HALF) for side in (1, -1)]
    shaft = draw_line([*points[:-1], move_towards((x, y), before, min(HEAD * 0.8, length / 2))], look, radius)
    return shaft, Path(((x, y), *wings), Look(fill=look.stroke, stroke=""), closed=True)


def measure(a: tuple[float, float], b: tuple[float, float]) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def move_towards(start: tuple[float, float], end: tuple[float, float], length: float) -> tuple[float, float]:
    """The point at a length from one point towards another."""
    whole = measure(start, end)
    share = length / whole if whole else 0.0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
