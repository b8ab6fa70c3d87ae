"""A route with its corners rounded, as lines and arcs."""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.draw.layered.diagram import Point


class Corner(Record):
    """A corner cut off by a curve: where it begins, the corner itself (the control point), and where it ends."""

    begin: Point
    corner: Point
    end: Point


def rounded(points: Sequence[Point], radius: float) -> list[Corner]:
    """The corners of a polyline along the axes, each rounded by `radius` or by half of a shorter side."""
    made = []
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = distance(before, corner), distance(corner, after)
        cut = min(radius, into / 2, out / 2)
        made.append(Corner(towards(corner, before, cut, into), corner, towards(corner, after, cut, out)))
    return made


def distance(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def towards(corner: Point, other: Point, by: float, of: float) -> Point:
    """The point that lies `by` away from a corner on its side of length `of`."""
    return (corner[0] + (other[0] - corner[0]) * by / of, corner[1] + (other[1] - corner[1]) * by / of)
