"""The longest common subsequence of two sequences of tokens, and where the gaps between its pairs stand best.

Myers, "An O(ND) difference algorithm and its variations" (1986): time grows with the length times the number of edits.
Sequences that have little in common would make that quadratic; after `EFFORT` steps in all, the furthest path found is
kept and the search goes on from its end, as xdiff does, so that the time stays linear in the length.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Pairs = list[tuple[int, int]]

EFFORT = 4_000_000
LEAST_EDITS = 64  # that are searched before a path is kept, however long the sequences are


def find_common(a: Sequence[int], b: Sequence[int]) -> Pairs:
    """Positions (i, j) of a longest common subsequence, in order."""
    pairs: Pairs = []
    most = max(LEAST_EDITS, EFFORT // (len(a) + len(b) + 1))
    i = j = 0
    while i < len(a) and j < len(b):
        found, i, j = _find_stretch(a, b, i, j, most)
        pairs += found
    return pairs


def _find_stretch(a: Sequence[int], b: Sequence[int], i: int, j: int, most: int) -> tuple[Pairs, int, int]:
    """The pairs of a path from (i, j) with at most `most` edits that goes furthest, and where it ends."""
    n, m = len(a) - i, len(b) - j
    rows: list[dict[int, int]] = []  # for each number of edits: diagonal x - y → the furthest x on it
    for edits in range(min(most, n + m) + 1):
        row: dict[int, int] = {}
        before = rows[-1] if rows else {}
        for diagonal in range(max(-edits, edits - 2 * m), min(edits, 2 * n - edits) + 1, 2):
            x = before.get(diagonal - 1, -2) + 1  # `_entered`, written out: half of a comparison's time goes by here
            if x > n:
                x = -1
            down = before.get(diagonal + 1, -1)
            if down > x and down - diagonal <= m:
                x = down
            if not edits:
                x = 0
            elif x < 0:
                continue
            y = x - diagonal
            while x < n and y < m and a[i + x] == b[j + y]:
                x, y = x + 1, y + 1
            row[diagonal] = x
        rows.append(row)
        if row.get(n - m) == n:
            return _follow_back(rows, n - m, i, j, n, m), len(a), len(b)
    best = max(row, key=lambda k: 2 * row[k] - k)
    x = row[best]
    return _follow_back(rows, best, i, j, n, m), i + x, j + x - best


def _entered(before: dict[int, int], diagonal: int, n: int, m: int) -> int:
    """Where a path with one more edit enters a diagonal: its furthest x, -1 when it cannot."""
    right, down = before.get(diagonal - 1, -2) + 1, before.get(diagonal + 1, -1)
    if right > n:
        right = -1
    if down - diagonal > m:
        down = -1
    return max(right, down)


def _follow_back(rows: list[dict[int, int]], diagonal: int, i: int, j: int, n: int, m: int) -> Pairs:
    """The pairs on the way to the furthest point of a diagonal."""
    pairs: Pairs = []
    x = rows[-1][diagonal]
    for edits in range(len(rows) - 1, -1, -1):
        before = rows[edits - 1] if edits else {}
        start = _entered(before, diagonal, n, m) if edits else 0
        pairs += [(i + step, j + step - diagonal) for step in range(x - 1, start - 1, -1)]
        if edits:
            right = before.get(diagonal - 1, -2) + 1
            diagonal += -1 if start == right else 1
            x = before[diagonal]
    return pairs[::-1]


def slide_gaps(
    pairs: Pairs, n: int, m: int, same: Callable[[int, int], bool], alike: Callable[[int, int], bool]
) -> Pairs:
    """Move each gap to where most of its neighbours are `alike`; every pair stays one of `same` tokens.

    In c c d, of which one c is gone, either may be: the subsequence does not say which, the rest of what is known does.
    n and m are the lengths of the two sequences.
    """
    made = _slide_first([(-1, -1), *pairs, (n, m)], same, alike)
    turned = _slide_first([(j, i) for i, j in made], lambda j, i: same(i, j), lambda j, i: alike(i, j))
    return [(i, j) for j, i in turned[1:-1]]


def _slide_first(made: Pairs, same: Callable[[int, int], bool], alike: Callable[[int, int], bool]) -> Pairs:
    """Slide the gaps that are in the first sequence alone. The first and the last pair are the sequences' ends."""
    for at in range(len(made) - 1):
        (i, j), (after, next_j) = made[at], made[at + 1]
        gap = after - i - 1
        if gap < 1 or next_j != j + 1:
            continue
        best = gain = total = step = 0
        while at - step >= 1:  # to the left: what was paired before the gap is paired with the gap's end
            x, y = made[at - step]
            if (x, y) != (i - step, j - step) or not same(x + gap, y):
                break
            total += alike(x + gap, y) - alike(x, y)
            step += 1
            if total > gain:
                best, gain = -step, total
        total = step = 0
        while at + 1 + step < len(made) - 1:  # to the right
            x, y = made[at + 1 + step]
            if (x, y) != (after + step, next_j + step) or not same(x - gap, y):
                break
            total += alike(x - gap, y) - alike(x, y)
            step += 1
            if total > gain:
                best, gain = step, total
        moved, by = (range(at + 1 + best, at + 1), gap) if best < 0 else (range(at + 1, at + 1 + best), -gap)
        for k in moved:
            made[k] = (made[k][0] + by, made[k][1])
    return made
