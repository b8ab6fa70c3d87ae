"""Runs of positions, [a, b) each, in order and apart: what sets of positions are made of.

A pattern is runs within a period, [0, period). TooLong where there would be too many of them.
"""

from __future__ import annotations

from cnnspec.base.limits import MAX_RUNS, TooLong

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Runs = tuple[tuple[int, int], ...]


def join(runs: Iterable[tuple[int, int]]) -> Runs:
    """Runs in order of their beginnings, those that touch or overlap made one."""
    made: list[tuple[int, int]] = []
    for a, b in runs:
        if made and a <= made[-1][1]:
            if b > made[-1][1]:
                made[-1] = made[-1][0], b
        else:
            made.append((a, b))
    return tuple(made)


def union(left: Runs, right: Runs, length: int) -> Runs:
    return join(sorted(left + right))


def intersection(left: Runs, right: Runs, length: int) -> Runs:
    made = []
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if a < b:
            made.append((a, b))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(made)


def difference(left: Runs, right: Runs, length: int) -> Runs:
    ends = [0, *[end for run in right for end in run], length]
    gaps = tuple([(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if a < b])
    return intersection(left, gaps, length)


def repeat(pattern: Runs, period: int, length: int) -> Runs:
    """A pattern written out over a length."""
    if period == 1:
        return ((0, length),) if pattern else ()
    if length <= period:
        return intersection(pattern, ((0, length),), length) if length < period else pattern
    times = -(-length // period)
    if times * len(pattern) > MAX_RUNS:
        raise TooLong
    found = join([(a + turn, b + turn) for turn in range(0, times * period, period) for a, b in pattern])
    return intersection(found, ((0, length),), length)


def rotate(pattern: Runs, period: int, by: int) -> Runs:
    """A pattern that begins `by` later."""
    if by == 0:
        return pattern
    behind = [(max(a, by) - by, b - by) for a, b in pattern if b > by]
    before = [(a - by + period, min(b, by) - by + period) for a, b in pattern if a < by]
    return join(behind + before)


def shortest_period(pattern: Runs, period: int) -> int:
    """The shortest period of a pattern."""
    if pattern == ((0, period),):
        return 1
    seam = len(pattern) > 1 and pattern[0][0] == 0 and pattern[-1][1] == period  # the last run goes on as the first
    number = len(pattern) - seam
    for parts in range(number, 1, -1):
        if number % parts == 0 == period % parts and rotate(pattern, period, period // parts) == pattern:
            return period // parts
    return period
