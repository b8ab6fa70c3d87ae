"""What differs between two texts of which one was made of the other by edits."""

from __future__ import annotations


def find_change(old: str, new: str) -> tuple[int, int, int]:
    """What differs between the beginnings and the ends that agree: where it starts, and where it ends in each text."""
    start = count_common(old, new)
    behind = count_common(old[start:][::-1], new[start:][::-1])
    return start, len(old) - behind, len(new) - behind


def count_common(one: str, other: str) -> int:
    """How many characters agree at the beginning of two texts."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
