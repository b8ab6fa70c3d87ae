"""Where the parts of an old text stand in a new one, which was made of it by edits."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from cnnspec.base.text_change import find_change
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Place = tuple[int, int]
    Move = Callable[[int, int], Place | None]

WORD_GOES_ON = re.compile(r"\w\w")
MOST_LINES = 500  # between the first and the last edit, that are compared with one another


def find_moves(old: str, now: tree.Tree) -> Move:
    """A function from the place of a part of an old text to its place in a new one: of a node of its tree, which may have
    changed inside, or in what could not be read, where it stands as it was; None where it is gone."""
    nodes = [*tree.walk(now.body)]
    there = {(node.start, node.end) for node in nodes}
    unread = [(node.start, node.end) for node in nodes if isinstance(node, tree.Bad)]

    def stands(place: Place, whole: bool) -> bool:
        is_unread = whole and any([one <= place[0] and place[1] <= other for one, other in unread])
        return place in there or is_unread and stands_alone(*place, now)

    return make_move(old, now.source.text, stands)


def make_move(old: str, new: str, stands: Callable[[Place, bool], bool]) -> Move:
    """A function from a place of an old text to the place in a new one where what stood there `stands`, which is asked of
    the place and of whether all of it was kept; None where it does not."""
    kept = sorted(find_kept(old, new))
    starts = [start for start, _, _ in kept]

    def move(start: int, end: int) -> Place | None:
        first, last = bisect_right(starts, start) - 1, bisect_left(starts, end) - 1
        if first < 0 or last < 0 or start >= kept[first][1] or end > kept[last][1]:
            return None
        place = start + kept[first][2], end + kept[last][2]
        return place if stands(place, first == last) else None

    return move


def stands_alone(start: int, end: int, now: tree.Tree) -> bool:
    """Whether what could not be read stands there for itself: in no comment, and not as a part of a word."""
    number = bisect_right(now.comments, (start, end)) - 1
    if number >= 0 and start < now.comments[number][1]:
        return False
    return not any(WORD_GOES_ON.match(now.source.text, at - 1) for at in (start, end) if at)


def find_kept(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """The stretches of an old text that stand in a new one, as (start, end, how much further on): what comes before the
    first edit, what comes behind the last, and whole lines between."""
    start, old_end, new_end = find_change(old, new)
    yield 0, start, 0
    yield old_end, len(old), new_end - old_end
    before, after = old[start:old_end].splitlines(True), new[start:new_end].splitlines(True)
    if max(len(before), len(after)) <= MOST_LINES:
        from difflib import SequenceMatcher

        old_ends, new_ends = add_lengths(before, start), add_lengths(after, start)
        for i, j, count in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            if count:
                yield old_ends[i], old_ends[i + count], new_ends[j] - old_ends[i]


def add_lengths(lines: list[str], start: int) -> list[int]:
    """Where each line begins, and the last ends."""
    ends = [start]
    for line in lines:
        ends.append(ends[-1] + len(line))
    return ends
