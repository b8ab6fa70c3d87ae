"""Where the boxes of a row stand, and the lines between them: along the axis, into lanes and out of them, and over the row.

Every box has a place of its own from left to right, wide enough for its labels, so that nothing covers anything else.
"""

from __future__ import annotations

from itertools import pairwise

from cnnspec.draw.volumes.blocks import Block
from cnnspec.draw.volumes.lines import LETTERS
from cnnspec.pictures.text_width import measure_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnspec.draw.volumes.blocks import Items
    from cnnspec.draw.volumes.lines import Line, Point
    from cnnspec.draw.volumes.solids import Solid

GAP = 18.0  # between two boxes, with their labels
FORK = 20.0  # more before and behind lanes, for the line up and down
BETWEEN = 16.0  # lanes
CLEAR, STEP, LABEL = 8.0, 9.0, 11.0  # over boxes; between lines over the row; more for a label


class Spot:
    """A box with its place: `x` of its left in its row, `y` of its axis."""

    def __init__(self, solid: Solid, row: RowPlan, at: int) -> None:
        self.solid, self.row, self.at = solid, row, at
        self.left, self.right, self.up, self.down = -solid.left, solid.right, solid.up, solid.down
        self.x = self.y = 0.0


class ForkPlan:
    """Lanes with their places: of each row the axis below that of the whole, and its start."""

    def __init__(self, row: RowPlan, at: int) -> None:
        self.row, self.at = row, at
        self.rows: list[RowPlan] = []
        self.left = self.right = self.up = self.down = 0.0
        self.x = self.y = 0.0


class RowPlan:
    """A row: its parts, and the lines over it. `fork`: whose lane it is."""

    def __init__(self, fork: ForkPlan | None, lane: int) -> None:
        self.fork, self.lane = fork, lane
        self.parts: list[Spot | ForkPlan] = []
        self.lines: list[Line] = []
        self.width = self.up = self.down = 0.0
        self.x = self.y = 0.0


class Plan:
    """The places of all boxes and lines."""

    def __init__(
        self, items: Items, solids: dict[int, Solid], lines: Sequence[Line], levels: Sequence[int] = ()
    ) -> None:
        """`solids` by the identities of their boxes; `levels` of the boxes where they stand in the shape of a U."""
        self.solids = solids
        self.levels = [*levels] or [0] * len(items)
        self.bent = len({*self.levels}) > 1
        self.spots: dict[int, Spot] = {}
        self.forks: list[ForkPlan] = []
        self.row = self.make_row(items, None, 0)
        self.lines = lines
        self.sort_lanes([line for line in lines if line.over])
        for line in lines:
            if line.over:
                self.find_home(line)[0].lines.append(line)
        self.measure(self.row)
        self.place(self.row, 0.0, 0.0)
        for line in lines:
            line.points = self.route_over(line) if line.over else self.route_along(line)
        self.put_labels()

    # ---- structure -------------------------------------------------------------------------------------------------------
    def make_row(self, items: Items, fork: ForkPlan | None, lane: int) -> RowPlan:
        row = RowPlan(fork, lane)
        for at, item in enumerate(items):
            if isinstance(item, Block):
                spot = Spot(self.solids[id(item)], row, at)
                self.spots[id(item)] = spot
                row.parts.append(spot)
            else:
                inner = ForkPlan(row, at)
                self.forks.append(inner)
                inner.rows = [self.make_row(part, inner, number) for number, part in enumerate(item.rows)]
                row.parts.append(inner)
        return row

    def sort_lanes(self, lines: Sequence[Line]) -> None:
        """Put lanes to which lines lead from outside above others."""
        reached: dict[int, int] = {}  # lines by the identities of rows
        for line in lines:
            home = self.find_home(line)[0]
            for end in (line.source, line.target):
                for row, _ in climb(self.spots[id(end)]):
                    if row is home:
                        break
                    reached[id(row)] = reached.get(id(row), 0) + 1
        for fork in self.forks:
            fork.rows.sort(key=lambda row: -reached.get(id(row), 0))
            for lane, row in enumerate(fork.rows):
                row.lane = lane

    def find_home(self, line: Line) -> tuple[RowPlan, int, int]:
        """The innermost row that both ends of a line lie in, and in which of its parts they do."""
        first, second = dict(climb(self.spots[id(line.source)])), [*climb(self.spots[id(line.target)])]
        row, at = next((row, at) for row, at in second if row in first)
        return row, first[row], at

    # ---- sizes -----------------------------------------------------------------------------------------------------------
    def measure(self, row: RowPlan) -> None:
        """The places of a row's parts from its start and its axis, and the heights of the lines over it."""
        if row is self.row and self.bent:
            self.bend(row)
        else:
            self.stretch(row)
        row.width = max([part.x + part.right for part in row.parts])
        row.up, row.down = (
            max([part.up - part.y for part in row.parts]),
            max([part.down + part.y for part in row.parts]),
        )
        spans = sorted(
            [(sorted(self.find_home(line)[1:]), number) for number, line in enumerate(row.lines)],
            key=lambda one: (one[0][1] - one[0][0], one),
        )
        done: list[tuple[int, int, Line]] = []
        for (first, last), number in spans:
            line = row.lines[number]
            between = row.parts[first : last + 1]
            if between[0].y == between[-1].y:
                between = [part for part in between if part.y == between[0].y]
            height = max([part.up - part.y for part in between]) + CLEAR
            for start, end, other in done:
                if max(first, start) < min(last, end) or first == last:
                    height = max(height, other.height + STEP + LABEL * bool(other.words))
            line.height = height
            row.up = max(row.up, height + 2 + LABEL * bool(line.words))
            done.append((first, last, line))

    def stretch(self, row: RowPlan) -> None:
        """Parts beside one another on one axis."""
        x = 0.0
        for at, part in enumerate(row.parts):
            if isinstance(part, ForkPlan):
                self.measure_fork(part)
                x += FORK if at else 0.0
            part.x, part.y = x + part.left, 0.0
            x += part.left + part.right + GAP
            if isinstance(part, ForkPlan) and at + 1 < len(row.parts):
                x += FORK

    def bend(self, row: RowPlan) -> None:
        """Parts on levels, one below another: down to the smaller maps, and up again."""
        spots = [part for part in row.parts if isinstance(part, Spot)]
        axes: list[float] = []
        bottom = 0.0
        over = [self.levels[self.find_home(line)[2]] for line in row.lines]
        for level in range(max(self.levels) + 1):
            here = [spot for spot, its in zip(spots, self.levels, strict=True) if its == level]
            axes.append(bottom + CLEAR + (STEP + LABEL) * over.count(level) + max([spot.up for spot in here]))
            bottom = axes[-1] + max([spot.down for spot in here])
        ends: dict[int, float] = {}
        for at, (spot, level) in enumerate(zip(spots, self.levels, strict=True)):
            start = ends[level] + GAP if level in ends else 0.0
            if at and self.levels[at - 1] < level:
                start = max(start, spots[at - 1].x + spots[at - 1].right + CLEAR - spot.solid.arriving - spot.left)
            elif at and self.levels[at - 1] > level:
                start = max(start, spots[at - 1].x + spots[at - 1].solid.leaving + GAP)
            spot.x, spot.y = start + spot.left, axes[level] - axes[0]
            ends[level] = spot.x + spot.right

    def measure_fork(self, fork: ForkPlan) -> None:
        if len({len(row.parts) for row in fork.rows}) == 1:
            for column in zip(*[row.parts for row in fork.rows], strict=True):
                spots = [part for part in column if isinstance(part, Spot)]
                for spot in spots:
                    spot.left, spot.right = max([one.left for one in spots]), max([one.right for one in spots])
        for row in fork.rows:
            self.measure(row)
        total = sum([row.up + row.down for row in fork.rows]) + BETWEEN * (len(fork.rows) - 1)
        fork.right = max([row.width for row in fork.rows])
        top = -total / 2
        for row in fork.rows:
            row.y = top + row.up
            top += row.up + row.down + BETWEEN
            row.x = fork.right - row.width if fork.at == 0 else 0.0
        fork.up = fork.down = total / 2

    # ---- places ----------------------------------------------------------------------------------------------------------
    def place(self, row: RowPlan, x: float, y: float) -> None:
        row.x, row.y = x, y
        for part in row.parts:
            part.x, part.y = part.x + x, part.y + y
            if isinstance(part, ForkPlan):
                for inner in part.rows:
                    self.place(inner, part.x + inner.x, part.y + inner.y)

    # ---- lines -----------------------------------------------------------------------------------------------------------
    def route_along(self, line: Line) -> list[Point]:
        """From the right of a box to the left of the next, by way of the gap before or behind lanes."""
        source, target = self.spots[id(line.source)], self.spots[id(line.target)]
        start = (source.x + source.solid.extent.right_at_axis + 1, source.y)
        end = (target.x + target.solid.entry - 1, target.y)
        if abs(start[1] - end[1]) < 0.5:
            return [start, end]
        row, first, last = self.find_home(line)
        if row is self.row and self.bent:
            if start[1] < end[1]:
                x = target.x + target.solid.arriving
                return [start, (x, start[1]), (x, target.y + target.solid.extent.top - 1)]
            x = source.x + source.solid.leaving
            return [(x, source.y + source.solid.extent.top), (x, end[1]), end]
        fork = row.parts[last]
        if isinstance(fork, ForkPlan):
            turn = fork.x - FORK * 0.6
        else:
            inner = row.parts[first]
            turn = inner.x + inner.right + FORK * 0.6
        return [start, (turn, start[1]), (turn, end[1]), end]

    def route_over(self, line: Line) -> list[Point]:
        """Up, over all boxes between, and down; from within lanes by the gap beside them."""
        row = self.find_home(line)[0]
        source, target = self.spots[id(line.source)], self.spots[id(line.target)]
        y = row.y - line.height
        start = (source.x + source.solid.leaving, source.y + source.solid.extent.top)
        end = (target.x + target.solid.arriving, target.y + target.solid.extent.top - 1)
        rise = [start, *self.leave_lanes(source, row, start[0], 1)]
        fall = [end, *self.leave_lanes(target, row, end[0], -1)]
        return [*rise, (rise[-1][0], y), (fall[-1][0], y), *fall[::-1]]

    def leave_lanes(self, spot: Spot, home: RowPlan, x: float, side: int) -> list[Point]:
        """The way out of lanes that have others above them: over the lane, and to its side."""
        points: list[Point] = []
        row = spot.row
        while row is not home and row.fork is not None:
            fork = row.fork
            if row.lane:
                beside = fork.x + fork.right + FORK * 0.3 if side > 0 else fork.x - FORK * 0.3
                points += [(x, row.y - row.up - BETWEEN * 0.4), (beside, row.y - row.up - BETWEEN * 0.4)]
                x = beside
            row = fork.row
        return points

    def put_labels(self) -> None:
        """The words of lines over the row, where no other line crosses them; those for which there is no room are left out."""
        over = [line for line in self.lines if line.over]
        for line in over:
            if not line.words:
                continue
            (left, y), (right, _) = max(
                zip(line.points, line.points[1:], strict=False), key=lambda pair: abs(pair[1][0] - pair[0][0])
            )
            left, right = sorted((left, right))
            rising = [
                a[0]
                for other in over
                for a, b in zip(other.points, other.points[1:], strict=False)
                if other is not line
                and a[0] == b[0]
                and left < a[0] < right
                and min(a[1], b[1]) < y
                and max(a[1], b[1]) > y - LABEL
            ]
            stops = [left, *sorted(rising), right]
            start, end = max(pairwise(stops), key=lambda pair: pair[1] - pair[0])
            if measure_text(line.words, LETTERS) + 6 <= end - start:
                line.label = ((start + end) / 2, y - 3)


def climb(spot: Spot) -> Iterator[tuple[RowPlan, int]]:
    """The rows that a box lies in, the innermost first, and in which of their parts."""
    part: Spot | ForkPlan | None = spot
    while part is not None:
        yield part.row, part.at
        part = part.row.fork
