"""Sets of positions along an axis, however long it is: exact, and small where they are regular.

A set is a row of pieces (first, end, period, pattern) that do not overlap: of the positions from `first` up to `end`
those whose offset, modulo the period, is in the pattern. A run without gaps has the period 1. What strides leave of an
axis of any length is one piece, so that its length costs nothing. TooLong where a set is too irregular to be kept.
"""

from __future__ import annotations

from math import gcd, lcm

from cnnspec.base.limits import MAX_RUNS, TooLong
from cnnspec.facts.intervals import difference, intersection, join, repeat, rotate, shortest_period, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnspec.facts.intervals import Runs

    Piece = tuple[int, int, int, Runs]

SOLID = ((0, 1),)
FEW = 64  # shifted copies of a whole set that are put together; more are made piece by piece


class Positions:
    """A set of positions. Equal sets are equal, however they were made."""

    __slots__ = ("_hash", "_size", "pieces")

    def __init__(self, pieces: tuple[Piece, ...] = ()) -> None:
        self.pieces = pieces
        self._size = self._hash = -1

    @staticmethod
    def run(first: int, end: int) -> Positions:
        """The positions from `first` up to `end`."""
        return Positions(((first, end, 1, SOLID),)) if first < end else NOWHERE

    # ---- figures -------------------------------------------------------------------------------------------
    def __len__(self) -> int:
        raise TypeError("its size may be too long for len()")

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def size(self) -> int:
        """How many positions there are."""
        if self._size < 0:
            self._size = sum(map(count_in_piece, self.pieces))
        return self._size

    @property
    def first(self) -> int:
        return self.pieces[0][0]

    @property
    def last(self) -> int:
        return self.pieces[-1][1] - 1

    @property
    def weight(self) -> int:
        """What it takes to keep: runs in all patterns."""
        return sum([len(pattern) for _, _, _, pattern in self.pieces])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Positions):
            return NotImplemented
        return self.pieces == other.pieces or (self.size == other.size and not self - other)

    def __hash__(self) -> int:
        if self._hash < 0:
            self._hash = abs(hash((self.size, self.first, self.last))) if self.pieces else 0
        return self._hash

    def __repr__(self) -> str:
        return f"Positions({', '.join([str(piece) for piece in self.pieces[:4]])}{', …' * (len(self.pieces) > 4)})"

    def runs(self) -> Iterator[tuple[int, int]]:
        """First and end of every run, in order."""
        open: tuple[int, int] | None = None
        for first, end, period, pattern in self.pieces:
            for turn in range(first, end, period) if period > 1 else (first,):
                for a, b in pattern if period > 1 else ((0, end - first),):
                    a, b = turn + a, min(turn + b, end)
                    if a >= end:
                        break
                    if open and open[1] == a:
                        open = open[0], b
                    else:
                        if open:
                            yield open
                        open = a, b
        if open:
            yield open

    def sketch(self) -> Positions:
        """The same runs, but of those that repeat only a few turns."""
        made, saved = [], 0
        for first, end, period, pattern in self.pieces:
            spared = max(0, (end - first) // period - 3) * period if period > 1 else 0
            made.append((first - saved, end - saved - spared, period, pattern))
            saved += spared
        return Positions(tuple(made))

    # ---- sets ----------------------------------------------------------------------------------------------
    def __or__(self, other: Positions) -> Positions:
        return self.with_(other, True, True, union)

    def __and__(self, other: Positions) -> Positions:
        return self.with_(other, False, False, intersection)

    def __sub__(self, other: Positions) -> Positions:
        return self.with_(other, True, False, difference)

    def with_(self, other: Positions, mine: bool, theirs: bool, both: Callable[[Runs, Runs, int], Runs]) -> Positions:
        """Two sets as one. `mine` and `theirs` say whether to keep what lies in one alone; `both` combines their patterns."""
        left, right = list(reversed(self.pieces)), list(reversed(other.pieces))
        made: list[Piece] = []
        while left and right:
            a, b = left[-1], right[-1]
            first, end = max(a[0], b[0]), min(a[1], b[1])
            if first >= end:  # one lies before the other
                keep, stack = (mine, left) if a[0] < b[0] else (theirs, right)
                piece = stack.pop()
                if keep:
                    append(made, piece)
                continue
            for piece, keep, stack in ((a, mine, left), (b, theirs, right)):
                stack.pop()
                if piece[1] > end:
                    stack.append(cut(piece, end, piece[1]))
                if piece[0] < first and keep:
                    append(made, cut(piece, piece[0], first))
            append(made, merged(cut(a, first, end), cut(b, first, end), both))
        for stack, keep in ((left, mine), (right, theirs)):
            for piece in reversed(stack) if keep else ():
                append(made, piece)
        return Positions(tuple(made))

    # ---- places --------------------------------------------------------------------------------------------
    def shifted(self, by: int) -> Positions:
        """Every position so much further on."""
        return Positions(tuple([(a + by, b + by, period, runs) for a, b, period, runs in self.pieces])) if by else self

    def stretched(self, step: int, count: int) -> Positions:
        """The positions step*q … step*q + count - 1 for every q in the set."""
        if count < 1:
            return NOWHERE
        made: list[Piece] = []
        for first, end, period, pattern in self.pieces:
            if count < step:
                if sum([b - a for a, b in pattern]) > MAX_RUNS:
                    raise TooLong
                blocks = tuple([(step * p, step * p + count) for a, b in pattern for p in range(a, b)])
                append(made, (step * first, step * (end - 1) + count, step * period, blocks))
            elif period == 1:
                append(made, (step * first, step * end, 1, SOLID))
            else:
                append(made, (step * first, step * end, step * period, scaled(pattern, step)))
        return Positions(tuple(made)).spread(1, max(1, count - step + 1))

    def spread(self, gap: int, count: int) -> Positions:
        """The positions p, p + gap, … p + (count - 1)*gap for every p in the set."""
        if count < 1:
            return NOWHERE
        if gap == 1 or count <= FEW or len(self.pieces) < 2:
            return self.doubled(gap, count) if len(self.pieces) != 1 else spread_piece(self.pieces[0], gap, count)
        return together([spread_piece(piece, gap, count) for piece in self.pieces])

    def doubled(self, gap: int, count: int) -> Positions:
        """`spread`, by shifting the whole set."""
        made, done = self, 1
        while done < count:
            more = min(done, count - done)
            made, done = made | made.shifted(more * gap), done + more
        return made

    def sampled(self, first: int, step: int, count: int) -> Positions:
        """The q in 0 … count - 1 for which first + step*q is in the set."""
        made: list[Piece] = []
        for begin, end, period, pattern in self.pieces:
            low, high = max(0, -((first - begin) // step)), min(count, -((first - end) // step))
            if low >= high:
                continue
            if period == 1:
                append(made, (low, high, 1, SOLID))
                continue
            again = min(period // gcd(period, step), high - low)
            offset = first + step * low - begin
            append(made, (low, high, again, samples(pattern, period, offset, step, again)))
        return Positions(tuple(made))


NOWHERE = Positions()


def together(sets: Iterable[Positions]) -> Positions:
    """The union of many sets."""
    left = list(sets)
    while len(left) > 1:
        left = [left[i] | left[i + 1] if i + 1 < len(left) else left[i] for i in range(0, len(left), 2)]
    return left[0] if left else NOWHERE


# ---- pieces ------------------------------------------------------------------------------------------------
def count_in_piece(piece: Piece) -> int:
    """How many positions a piece has."""
    first, end, period, pattern = piece
    turns, rest = divmod(end - first, period)
    return turns * sum([b - a for a, b in pattern]) + sum([min(b, rest) - a for a, b in pattern if a < rest])


def cut(piece: Piece, first: int, end: int) -> Piece:
    """What of a piece lies from `first` up to `end`."""
    begin, _, period, pattern = piece
    return first, end, period, pattern if period == 1 else rotate(pattern, period, (first - begin) % period)


def merged(a: Piece, b: Piece, both: Callable[[Runs, Runs, int], Runs]) -> Piece:
    """The combined patterns of two pieces with the same ends."""
    first, end = a[:2]
    period = min(lcm(a[2], b[2]), end - first)
    return first, end, period, both(repeat(a[3], a[2], period), repeat(b[3], b[2], period), period)


def append(made: list[Piece], piece: Piece) -> None:
    """Add a piece behind others, in its shortest form."""
    first, end, period, pattern = piece
    if not pattern:
        return
    if end - first <= period > 1:  # its runs, once
        for a, b in pattern:
            if first + a < end:
                append(made, (first + a, min(first + b, end), 1, SOLID))
        return
    if period > 1:
        if (least := shortest_period(pattern, period)) < period:
            period, pattern = least, intersection(pattern, ((0, least),), least)
        if (skip := pattern[0][0]) > 0:
            first, pattern = first + skip, rotate(pattern, period, skip)
        turns, rest = divmod(end - first, period)
        inside = [min(b, rest) for a, b in pattern if a < rest]
        end = first + turns * period + inside[-1] if inside else first + (turns - 1) * period + pattern[-1][1]
        if end - first <= period:
            append(made, (first, end, period, pattern))
            return
    if made and made[-1][1] == first and made[-1][2] == 1 == period:
        made[-1] = (made[-1][0], end, 1, SOLID)
    else:
        if len(made) >= MAX_RUNS:
            raise TooLong
        made.append((first, end, period, pattern))


def spread_piece(piece: Piece, gap: int, count: int) -> Positions:
    first, end, period, pattern = piece
    extent = end - first
    if count < 2:
        return Positions((piece,))
    if period == 1 and extent >= gap:
        return Positions.run(first, end + (count - 1) * gap)
    if extent <= gap:
        made: list[Piece] = []
        append(made, (first, first + count * gap, gap, repeat(pattern, period, extent)))
        return Positions(tuple(made))
    return Positions((piece,)).doubled(gap, count)


def scaled(pattern: Runs, step: int) -> Runs:
    return tuple([(a * step, b * step) for a, b in pattern])


def samples(pattern: Runs, period: int, offset: int, step: int, count: int) -> Runs:
    """The q in 0 … count - 1 for which offset + step*q, modulo the period, is in a pattern."""
    copies = (offset % period + step * count) // period + 1
    if count <= copies * len(pattern):
        if count > MAX_RUNS:
            raise TooLong
        places = [(offset + step * q) % period for q in range(count)]
        starts, found, at = sorted([(p, q) for q, p in enumerate(places)]), [], 0
        for place, q in starts:
            while at < len(pattern) and pattern[at][1] <= place:
                at += 1
            if at < len(pattern) and pattern[at][0] <= place:
                found.append((q, q + 1))
        return join(sorted(found))
    offset %= period
    whole = repeat(pattern, period, copies * period)
    lows = [(max(0, -((offset - a) // step)), min(count, -((offset - b) // step))) for a, b in whole]
    return join([(a, b) for a, b in lows if a < b])
