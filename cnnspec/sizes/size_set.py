"""Sets of sizes that repeat: from some size on, n is in the set exactly when n + period is.

Sets of tried sizes are ints used as bit sets, bit n for size n; sizes begin at 1.
"""

from __future__ import annotations

from math import lcm

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class SizeSet(Record):
    """The sizes `early`, and from `start` on those whose remainder by `period` is in `residues`.

    `period` is the smallest possible, and 1 for a finite set, which has no residues.
    """

    period: int
    residues: tuple[int, ...]
    start: int
    early: tuple[int, ...]

    def __contains__(self, n: object) -> bool:
        return isinstance(n, int) and (
            n in self.early if n < self.start else n % self.period in self.residues
        )  # fmt: skip

    def below(self, n: int) -> int | None:
        """The largest size below n."""
        lowest = max(self.start, n - self.period) if self.residues else n
        found = [m for m in range(lowest, n) if m in self]
        return found[-1] if found else max([m for m in self.early if m < n], default=None)

    def above(self, n: int) -> int | None:
        """The smallest size above n."""
        return next((m for m in self.members(n + 1)), None)

    def members(self, n: int = 1) -> Iterator[int]:
        """The sizes from n on, in order; no end where there are residues."""
        yield from [m for m in self.early if m >= n]
        m = max(n, self.start)
        while self.residues:
            if m in self:
                yield m
            m += 1


def find_size_set(tried: int, most: int, period: int) -> SizeSet | None:
    """The set whose sizes 1 … most were `tried`; None when the last two periods of them differ."""
    if most < 2 * period:
        return None
    last, before = tried >> most - period + 1, tried >> most - 2 * period + 1 & (1 << period) - 1
    if last != before:
        return None
    shortest = next(p for p in range(1, period + 1) if period % p == 0 and _repeats(last, period, p))
    digits = f"{tried:b}"[::-1].ljust(most + 1, "0")
    residues = {n % shortest for n in range(most - shortest + 1, most + 1) if digits[n] == "1"}
    start = most + 1
    while start > 1 and (digits[start - 1] == "1") == ((start - 1) % shortest in residues):
        start -= 1
    early = tuple([n for n in range(1, start) if digits[n] == "1"])
    return SizeSet(shortest, tuple(sorted(residues)), start, early)


def intersect(a: SizeSet, b: SizeSet) -> SizeSet:
    """The sizes that are in both."""
    period = lcm(a.period, b.period)
    most = max(a.start, b.start, *a.early, *b.early, 1) + 2 * period
    both = find_size_set(make_bit_set([n for n in range(1, most + 1) if n in a and n in b]), most, period)
    assert both is not None  # behind both starts, both repeat with this period
    return both


def find_likely_period(tried: list[int], most: int) -> int:
    """The shortest period with which several sets of the sizes 1 … most end four times over, and a quarter long;
    `most` where there is none."""
    for period in range(1, most // 4 + 1):
        length = max(4 * period, most // 4)
        ends = [mask >> most - length + 1 for mask in tried]
        if all((end ^ end >> period) & (1 << length - period) - 1 == 0 for end in ends):
            return period
    return most


def make_bit_set(sizes: Iterable[int]) -> int:
    """A bit set of sizes."""
    chosen = list(sizes)
    digits = ["0"] * (max(chosen, default=0) + 1)
    for n in chosen:
        digits[n] = "1"
    return int("".join(reversed(digits)), 2)


def list_members(tried: int) -> list[int]:
    """The sizes in a bit set, in order."""
    return [n for n, digit in enumerate(f"{tried:b}"[::-1]) if digit == "1"]


def _repeats(pattern: int, length: int, period: int) -> bool:
    piece = pattern & (1 << period) - 1
    return pattern == piece * (((1 << length) - 1) // ((1 << period) - 1))
