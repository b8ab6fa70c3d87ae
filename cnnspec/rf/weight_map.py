"""Weights of positions, and how a layer hands them on to the positions that it reads.

A map is cut to the box outside which all weights are nought, so that one unit's takes no more than its receptive field. Lists of
floats serve: a layer's windows are taken axis by axis.
"""

from __future__ import annotations

from math import prod

from cnnspec.base.limits import TooLong
from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnspec.layers.window import Reach

    Rows = list[list[float]]

MAX_STEPS = 60_000_000  # products of a weight and a share, in all


class WeightMap(Record):
    """A box of weights: its first position, its sizes, and the weights in row-major order as one list for each position of the
    first axis. Without axes it is one weight."""

    first: tuple[int, ...]
    sizes: tuple[int, ...]
    rows: tuple[list[float], ...]

    @property
    def total(self) -> float:
        return sum(map(sum, self.rows))


def put_on(position: tuple[int, ...]) -> WeightMap:
    """All weight on one position."""
    return WeightMap(position, (1,) * len(position), ([1.0],))


def spread_evenly(weight: float, sizes: tuple[int, ...]) -> WeightMap:
    """A weight shared by all positions of a map."""
    inner = prod(sizes[1:])
    share = weight / prod(sizes)
    return WeightMap((0,) * len(sizes), sizes, tuple([[share] * inner for _ in range(sizes[0] if sizes else 1)]))


def add_maps(a: WeightMap, b: WeightMap) -> WeightMap:
    """The sum of two maps of one tensor."""
    if not a.sizes:
        return WeightMap((), (), ([a.total + b.total],))
    first = tuple(map(min, a.first, b.first))
    ends = [max(f + n, g + m) for f, n, g, m in zip(a.first, a.sizes, b.first, b.sizes, strict=True)]
    sizes = tuple([end - start for end, start in zip(ends, first, strict=True)])
    made = [[0.0] * prod(sizes[1:]) for _ in range(sizes[0])]
    for one in (a, b):
        width = one.sizes[-1] if len(one.sizes) > 1 else 1
        for i, row in enumerate(one.rows):
            target = made[one.first[0] - first[0] + i]
            for start in range(0, len(row), width):
                place = find_place(start, one, first, sizes)
                target[place : place + width] = map(
                    float.__add__, target[place : place + width], row[start : start + width]
                )
    return WeightMap(first, sizes, tuple(made))


def find_place(start: int, one: WeightMap, first: tuple[int, ...], sizes: tuple[int, ...]) -> int:
    """Where in a row of a larger box the place `start` of a row of a map lies."""
    place, scale = 0, 1
    for axis in range(len(sizes) - 1, 0, -1):
        start, index = divmod(start, one.sizes[axis])
        place += (one.first[axis] - first[axis] + index) * scale
        scale *= sizes[axis]
    return place


def scale_map(one: WeightMap, factor: float) -> WeightMap:
    return one if factor == 1 else one.replace(rows=tuple([[factor * weight for weight in row] for row in one.rows]))


class Windows(Record):
    """What an output position reads along one axis of `size` positions, and how its weight is shared by them.

    `evenly`: each gets the same, however many there are of one output, as with a kernel's weights; else those that are read share the
    whole, padding among them where that `counts`."""

    reach: Reach
    size: int
    evenly: bool
    counts: bool

    def find_shares(self, output: int) -> tuple[range, float, float]:
        """The positions that an output reads inside, the share of each, and that of padding."""
        reach = self.reach
        low = reach.low or 0
        first, last = (reach.step * output + low) // reach.over, (reach.step * output + reach.high) // reach.over
        read = range(first, last + 1, reach.gap)
        inside = range(first % reach.gap if first < 0 else first, min(last + 1, self.size), reach.gap)
        if self.evenly:
            share = 1 / self.taps
        elif self.counts and read:
            share = 1 / len(read)
        else:
            return inside, 1 / max(1, len(inside)), 0.0 if inside else 1.0
        return inside, share, share * (len(read) - len(inside))

    @property
    def taps(self) -> float:
        """How many positions an output reads, in the mean over outputs."""
        reach = self.reach
        low = reach.low or 0
        ends = [
            ((reach.step * i + low) // reach.over, (reach.step * i + reach.high) // reach.over)
            for i in range(reach.over)
        ]
        return max(1, sum([(last - first) // reach.gap + 1 for first, last in ends])) / reach.over


def hand_on(one: WeightMap, windows: Sequence[Windows], take: Callable[[int], None]) -> tuple[WeightMap | None, float]:
    """The weights of the positions that a layer's outputs read, and how much falls on padding; None where all does.

    `take` is told the steps. TooLong where it says so."""
    first, sizes, rows = list(one.first), list(one.sizes), list(one.rows)
    lost = 0.0
    for axis, window in enumerate(windows):
        rows, start, out = hand_on_along(rows, first[axis], window, take)
        lost += out
        if not rows:
            return None, lost
        first[axis], sizes[axis] = start, len(rows)
        rows = turn_axes(rows, [*sizes[axis + 1 :], *sizes[:axis]])
    return WeightMap(tuple(first), tuple(sizes), tuple(rows)), lost


def hand_on_along(rows: Rows, first: int, window: Windows, take: Callable[[int], None]) -> tuple[Rows, int, float]:
    """The same along the first axis: the rows, where they begin, and what falls on padding."""
    found: dict[int, list[float]] = {}
    lost = 0.0
    for i, row in enumerate(rows):
        read, share, outside = window.find_shares(first + i)
        take(len(read) * len(row))
        lost += outside * sum(row)
        scaled = [share * weight for weight in row]
        for position in read:
            before = found.get(position)
            found[position] = scaled if before is None else list(map(float.__add__, before, scaled))
    if not found:
        return [], 0, lost
    nothing = [0.0] * len(rows[0])
    return [found.get(p, nothing) for p in range(min(found), max(found) + 1)], min(found), lost


def turn_axes(rows: Rows, sizes: Sequence[int]) -> Rows:
    """The first axis behind the others, whose sizes these are."""
    if not sizes:
        return rows
    columns = list(zip(*rows, strict=True))
    count = prod(sizes[1:])
    return [[weight for column in columns[i : i + count] for weight in column] for i in range(0, len(columns), count)]


class Steps:
    """Counts steps, so that a computation ends. TooLong beyond MAX_STEPS."""

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def take(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooLong
