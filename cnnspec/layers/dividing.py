"""Numbers of groups that divide channels: what to write in the place of one that does not."""

from __future__ import annotations

from math import gcd

from cnnspec.base.diagnostic import Problem

TRIED = 4096  # numbers from 1


def ungrouped(groups: int, *amounts: tuple[object, str]) -> Problem | None:
    """The problem of channels, each amount with its words, that cannot be split into so many groups. What is not known
    is left out."""
    known = [(amount, words) for amount, words in amounts if isinstance(amount, int)]
    for amount, words in known:
        if amount % groups:
            message = f"{words.format(amount)} cannot be split into {groups} groups"
            return Problem("E103", message, "groups", other_groups(groups, gcd(*[amount for amount, _ in known])))
    return None


def other_groups(groups: int, channels: int) -> str:
    """The nearest smaller and larger number of groups that divides some channels: "write groups=2 or groups=4"."""
    small = [g for g in range(1, min(channels, TRIED) + 1) if channels % g == 0]
    divisors = sorted({*small, *[channels // g for g in small]})
    near = [max([g for g in divisors if g < groups], default=0), min([g for g in divisors if g > groups], default=0)]
    return "write " + " or ".join([f"groups={g}" for g in near if g])
