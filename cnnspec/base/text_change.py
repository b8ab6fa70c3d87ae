"""What differs between two texts, or lists, of which one was made of the other by edits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def find_change(old: Sequence[object], new: Sequence[object]) -> tuple[int, int, int]:
    """What differs between the beginnings and the ends that agree of two texts, or lists: where it starts, and where it
    ends in each."""
    start = count_common(old, new)
    behind = count_common(old[start:][::-1], new[start:][::-1])
    return start, len(old) - behind, len(new) - behind


def count_common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many characters agree at the beginning of two texts, or items of two lists."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
